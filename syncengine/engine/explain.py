"""Explain: what a failure means in plain words and what can be done about it, as `corrections/` has it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.engine import RowMapping

from syncengine.corrections import CONNECTION, LOCAL, Correction, Facts, Klass, Trouble, fitting
from syncengine.errors import RecordError, SyncEngineError
from syncengine.quickbooks import Fault, wire
from syncengine.store.errors import Report


def report(trouble: Trouble, facts: Facts, fault: Fault, world: str | None = None) -> Report:
    """What to tell a person about a refusal."""
    chosen = first(trouble)
    cause, remedy = chosen.told(trouble, facts)
    said = trouble.words
    shown = trouble.code or f"HTTP {fault.http_status}"
    return _report(chosen, trouble, facts, Report(shown, said, cause, remedy, fault.tid or None, world=world))


def local(trouble: Trouble, facts: Facts, error: RecordError) -> Report:
    """What to tell a person about a record that cannot be built: the mapping's own words are the most exact."""
    return _report(first(trouble), trouble, facts, Report(LOCAL, "", trouble.words, error.remedy))


def connection(error: SyncEngineError) -> Report:
    """What to tell a person about trouble of the connection as a whole."""
    trouble = Trouble(CONNECTION, str(error), what=type(error).__name__)
    facts = Facts("", "", "")
    chosen = first(trouble)
    return _report(chosen, trouble, facts, Report(CONNECTION, str(error), *chosen.told(trouble, facts)))


def first(trouble: Trouble) -> Correction:
    """The correction that a trouble is put down to until QuickBooks was asked: the most hopeful one."""
    return fitting(trouble)[0]


def chosen(correction: Correction, trouble: Trouble, facts: Facts, error: RowMapping, *, helpless: bool) -> Report:
    """What an open error says once it is known which correction applies; `helpless` where it can do nothing after all."""
    cause, remedy = (error["cause"], error["remedy"]) if trouble.code == LOCAL else correction.told(trouble, facts)
    known = Report(error["code"], error["message"], cause, remedy, error["tid"], world=error["world"])
    told = _report(correction, trouble, facts, known)
    return replace(told, klass=Klass.NO.value) if helpless else told


def hopeful(trouble: Trouble) -> bool:
    """Whether the machine may be able to do something about it."""
    return any(each.decide is not None and each.klass is not Klass.NO for each in fitting(trouble))


def _report(correction: Correction, trouble: Trouble, facts: Facts, said: Report) -> Report:
    return Report(
        said.code,
        said.message,
        said.cause,
        said.remedy,
        said.tid,
        trouble.element or None,
        correction.group_key(trouble, facts),
        correction.klass.value,
        correction.name,
        said.world,
    )


def fingerprint(copies: Iterable[Any], settings: Mapping[str, Any], preferences: Mapping[str, Any]) -> str:
    """Of what a failed record refers to, and of what decides about its kind: it changes when one of them does."""
    own = {name: value for name, value in settings.items() if name.endswith("_account") or name.startswith("allow_")}
    section = {name: preferences.get(name) for name in ("AccountingInfoPrefs", "SalesFormsPrefs", "CurrencyPrefs", "TaxPrefs")}
    text = wire.dumps([sorted(map(str, copies)), own, section])
    return hashlib.sha256(text).hexdigest()[:32]
