"""Cases: the failing records as the corrections see them, and which correction applies to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.corrections import LOCAL, Correction, Facts, Klass, Trouble, Verdict, fitting
from syncengine.engine import explain
from syncengine.engine.facts import Gatherer, fault_of, trouble_of
from syncengine.engine.refusals import GRACE_CYCLES
from syncengine.entities import POSTINGS
from syncengine.quickbooks import Payload, wire
from syncengine.store import attempts
from syncengine.store.corrections import FAILED

#: New errors whose corrections are looked up in the cycle that first sees them; the others wait until they are due.
_SHOWN_EARLY = 50


@dataclass
class Case:
    """One failing record: its error, its row, why it failed, what is known of it, and which corrections failed already."""

    error: RowMapping
    row: RowMapping
    trouble: Trouble
    facts: Facts
    tried: tuple[RowMapping, ...]
    told: list[tuple[str, Payload]] = field(default_factory=list)

    @property
    def due(self) -> bool:
        """Whether the grace is over (D4)."""
        return bool(self.error["tries"] >= GRACE_CYCLES)


def build(
    connection: Connection, gatherer: Gatherer, error: RowMapping, row: RowMapping, tried: Sequence[RowMapping]
) -> Case | None:
    """The case of an open error; None where no correction could do anything about it."""
    entity = POSTINGS[error["entity"], error["kind"]]
    item = attempts.last_of(connection, row["id"])
    if error["code"] == LOCAL:
        trouble = Trouble(LOCAL, error["cause"], error["element"] or "", entity=entity.name, document=entity.document)
    elif item is not None and item["fault"]:
        trouble = trouble_of(item, fault_of(item["fault"]))
    else:
        return None
    if not explain.hopeful(trouble):
        return None
    facts = gatherer.gather(entity, row, item)
    return Case(error, row, trouble, facts, tuple(each for each in tried if each["state"] == FAILED))


def failure(error: RowMapping) -> list[str | None]:
    """What tells one failure of a record from another: code, words and element; of one that is our own, our words."""
    return [error["code"], error["cause"] if error["code"] == LOCAL else error["message"], error["element"]]


def made_for(row: RowMapping, error: RowMapping) -> bool:
    """Whether an offer was made for the failure that the error stands for now."""
    return bool(row["verdict"].get("failure") == failure(error))


def not_too_many(found: Sequence[RowMapping]) -> list[RowMapping]:
    """All that are due, and as many of the others as may be asked about already."""
    early = [error for error in found if error["tries"] < GRACE_CYCLES][:_SHOWN_EARLY]
    return [*early, *(error for error in found if error["tries"] >= GRACE_CYCLES)]


def choose(case: Case, allowed: Callable[[str, str], bool]) -> tuple[Correction, Verdict | None]:
    """The first correction that applies, one that may run by itself before one that needs a person's wish."""
    offered: tuple[Correction, Verdict] | None = None
    for each in fitting(case.trouble):
        if each.decide is None:
            if each.klass is Klass.NO and not each.catch_all:
                return offered or (each, None)
            continue
        verdict = each.decide(case.trouble, case.facts)
        if verdict is None or _in_vain(case, each.name, verdict):
            continue
        if allowed(each.name, each.klass.value):
            return each, _with_earlier(case, verdict, allowed)
        offered = offered or (each, _with_earlier(case, verdict, allowed))
    # Where only what fits everything is left, the words of the best guess say more.
    return offered or (fitting(case.trouble)[0], None)


def _in_vain(case: Case, name: str, verdict: Verdict) -> bool:
    """Whether the same has been done for this error before, by itself or with more."""
    wanted = set(_acts(verdict.stored()))
    return any(each["name"] == name and wanted <= set(_acts(each["verdict"])) for each in case.tried)


def _with_earlier(case: Case, verdict: Verdict, allowed: Callable[[str, str], bool]) -> Verdict:
    """With the stand-ins of corrections after which the record failed in another way: it has more than one fault.

    What the owner does not allow any more is not among them.
    """
    acts, says = list(verdict.acts), [verdict.says]
    for row in reversed(case.tried):
        earlier = Verdict.read(row["says"], row["verdict"])
        if not earlier.reversible or made_for(row, case.error) or not allowed(row["name"], row["klass"]):
            continue
        taken = {act.args.get("path") for act in acts}
        more = [act for act in earlier.acts if act.args["path"] not in taken]
        acts += more
        says += [earlier.says] if more else []
    return replace(verdict, says=" ".join(says), acts=tuple(acts))


def _acts(stored: Mapping[str, Any]) -> list[str]:
    return [wire.dumps(act).decode() for act in stored["acts"]]


def kept(case: Case, verdict: Verdict) -> list[list[str]]:
    """The objects that the acts name, as QuickBooks told them: nobody asks again when the verdict is carried out."""
    named = {str(act.args.get("qbo_id")) for act in verdict.acts}
    return [[name, wire.dumps(payload).decode()] for name, payload in case.told if str(payload.get("Id")) in named]
