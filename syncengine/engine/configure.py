"""Configure: what follows from a change of settings, inside the transaction that changes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from syncengine.corrections import CORRECTIONS, Correction, Klass
from syncengine.engine import capture, vetting
from syncengine.engine.days import today
from syncengine.entities import BY_KIND, Entity
from syncengine.errors import ConfigurationError, Refused
from syncengine.inventory.tables import KINDS
from syncengine.store import settings

#: The settings by which a company consents to corrections of class policy (D9).
CONSENTS: Mapping[str, Correction] = {each.setting: each for each in CORRECTIONS.values() if each.klass is Klass.POLICY}


def label(name: str) -> str:
    """What people call a setting.

    >>> label("allow_next_number"), label("closing_date")
    ('Use the next free number', 'Closing date')
    """
    return CONSENTS[name].consent if name in CONSENTS else settings.of(name).label


def told(name: str) -> str:
    """What a consent lets Tieout do, and where that can happen today; empty for any other setting."""
    known = CONSENTS.get(name)
    return " ".join(filter(None, (known.does, known.idle))) if known else ""


def wanted(
    connection: Connection, company_id: int, before: Mapping[str, Any], changes: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """What a person's changes come to: texts read as values, what is so already left out, what follows added.

    Raises Refused for what Tieout alone sets and where nothing would change, ConfigurationError for an unknown name.
    """
    if forbidden := sorted(name for name in changes if settings.of(name).own):
        raise Refused(f"Tieout sets {', '.join(forbidden)} itself.")
    for name in changes:
        if name.startswith(settings.ALLOW) and name not in CONSENTS:
            raise ConfigurationError(f"There is no setting {name!r}: consents are {', '.join(CONSENTS)}.")
    meant = {name: settings.of(name).parse(value) for name, value in changes.items()}
    new = {name: value for name, value in meant.items() if before[name] != value or type(before[name]) is not type(value)}
    if not new:
        raise Refused("Nothing has changed: the settings are so already.")
    if new.get("post_cogs") is True and "post_cogs_from" not in changes:
        new["post_cogs_from"] = today(connection, company_id, now)
    return new


def check(connection: Connection, company_id: int, changed: Iterable[str]) -> None:
    """Refuse new values that QuickBooks is known to contradict; ConfigurationError with every sentence."""
    names = set(changed)
    told = vetting.of_company(connection, company_id, settings.all_of(connection, company_id))
    wrong = [str(problem) for name, problem in told.items() if name in names and problem.blocks]
    if wrong:
        raise ConfigurationError(" ".join(wrong))


def let_in(connection: Connection, company_id: int, before: Mapping[str, Any], at: datetime, *, by: str) -> int:
    """Queue the documents that were too old to travel and are no more; returns how many."""
    after = settings.all_of(connection, company_id)
    queued = 0
    for kind, entities in BY_KIND.items():
        ids = set[int]()
        for name in ("not_before", "post_cogs_from"):
            if before[name] is not None and before[name] != after[name]:
                for day in {each.day for each in entities if _dated(each, name)}:
                    ids |= _between(connection, company_id, kind, day, after[name], before[name])
        if ids:
            capture.enqueue(connection, company_id, kind, sorted(ids), at, by=by)
            queued += len(ids)
    return queued


def _dated(entity: Entity, name: str) -> bool:
    return entity.document and (name == "not_before" or entity.switch == "post_cogs")


def _between(connection: Connection, company_id: int, kind: str, day: str, first: date | None, until: date) -> set[int]:
    """The records whose day, in the column `day`, is from `first` on and before `until`."""
    table = KINDS[kind].table
    found = select(table.c.id).where(table.c.company_id == company_id, table.c[day] < until)
    return set(connection.scalars(found if first is None else found.where(table.c[day] >= first)))
