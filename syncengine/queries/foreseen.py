"""What a change of settings would do, told before it is made; and who changed what before."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from syncengine.engine import configure, scope, vetting
from syncengine.entities import BY_KIND, EVERY, Entity
from syncengine.errors import ConfigurationError
from syncengine.inventory.tables import KINDS
from syncengine.queries.session import Session
from syncengine.store import rights, settings
from syncengine.store.outbox import LISTED
from syncengine.store.tables import Audit, Outbox

if TYPE_CHECKING:
    import pandas as pd

#: The lines of the audit trail that tell of a company's set-up.
EVENTS = ("setting changed", "disconnected", "connected", "connected again", "never to connect", "app keys kept", "renamed")


@dataclass(frozen=True)
class Foreseen:
    """What would become of a change of settings.

    Attributes:
        effects: what it does to what waits, in sentences, by the setting's name.
        refused: why it would be refused as it is, and what to do, by the setting's name.
    """

    effects: Mapping[str, tuple[str, ...]]
    refused: Mapping[str, str]


@rights.needs(rights.Permission.OWN)
def foresee_settings(session: Session, changes: Mapping[str, Any]) -> Foreseen:
    """What `commands.change_settings` would do with `changes`, told without doing it. Nothing is written."""
    with session.database.reading() as connection:
        before = settings.all_of(connection, session.company_id)
        meant, refused = _meant(changes)
        after = settings.Values({**before, **meant})
        told = vetting.of_company(connection, session.company_id, after)
        refused |= {name: str(told[name]) for name in meant if name in told and told[name].blocks}
        look = _Look(connection, session.company_id, before, after)
        effects = {name: tuple(look.at(name)) for name, value in meant.items() if before[name] != value}
    return Foreseen({name: said for name, said in effects.items() if said}, refused)


def _meant(changes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values that may stand, and why the others may not."""
    meant: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for name, given in changes.items():
        setting = settings.of(name)
        value = setting.parse(given)
        if setting.check(value):
            meant[name] = value
        else:
            refused[name] = f"{configure.label(name)}: it must be {setting.must}."
    return meant, refused


@dataclass(frozen=True)
class _Look:
    """The waiting records of a company, seen with its settings before and after a change."""

    connection: Connection
    company_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def at(self, name: str) -> Iterator[str]:
        """The sentences about one setting."""
        if name == "direction":
            yield from self._direction()
        elif name in {"closing_date", "not_before", "post_cogs_from"}:
            yield from self._day(name)
        elif entities := [each for each in EVERY if _switched(each, name)]:
            yield from self._switch(entities, on=self.after[name] not in {False, "off"})
        elif name == "conflict_policy" and self.after[name] != "ask":
            yield "Conflicts that are open now stay open until a person has chosen; new ones are decided so."

    def _direction(self) -> Iterator[str]:
        number = self._waiting()
        if scope.outward(self.before) and not scope.outward(self.after):
            yield f"{_records(number)} will rest, and none is lost." if number else "What is saved from now on will rest."
        elif scope.outward(self.after) and not scope.outward(self.before) and number:
            yield f"{_records(number)} will go to QuickBooks with the next sync."
        if scope.inward(self.before) and not scope.inward(self.after):
            yield "Changes made in QuickBooks no longer come here."
        elif scope.inward(self.after) and not scope.inward(self.before):
            yield "What changed in QuickBooks meanwhile is read with the next sync."

    def _switch(self, entities: Iterable[Entity], *, on: bool) -> Iterator[str]:
        number = self._waiting({each.name for each in entities}, {each.kind for each in entities})
        if number:
            yield f"{_records(number)} will {'go to QuickBooks with the next sync' if on else 'rest, and none is lost'}."

    def _day(self, name: str) -> Iterator[str]:
        """Waiting documents that the day keeps back, and what it lets go."""
        old, new = self.before[name], self.after[name]
        late = name == "closing_date"
        was, will = (self._dated(name, day, last=late) if day else 0 for day in (old, new))
        if will > was:
            more = "" if was == 0 else " more"
            yield f"{_records(will - was, more)} dated {'on or before it will rest' if late else 'earlier will be left out'}."
        elif was > will:
            yield f"{_records(was - will)} may go with the next sync."
        if old and not late and (new is None or new < old):
            yield "Documents that were too old until now are queued."

    def _dated(self, name: str, day: date, *, last: bool) -> int:
        """How many waiting documents are dated before `day`, or on it where `last` says so."""
        found = 0
        for kind, entities in BY_KIND.items():
            table = KINDS[kind].table
            for each in entities:
                if not each.document or (name == "post_cogs_from" and each.switch != "post_cogs"):
                    continue
                bound = table.c[each.day] <= day if last else table.c[each.day] < day
                wanted = select(func.count()).select_from(Outbox).join(table, table.c.id == Outbox.record_id)
                mine = (Outbox.company_id == self.company_id, LISTED, Outbox.kind == kind, Outbox.entity == each.name)
                found += self.connection.scalar(wanted.where(*mine, bound)) or 0
        return found

    def _waiting(self, names: Collection[str] = (), kinds: Collection[str] = ()) -> int:
        wanted = select(func.count()).select_from(Outbox).where(Outbox.company_id == self.company_id, LISTED)
        if names:
            wanted = wanted.where(Outbox.entity.in_(names), Outbox.kind.in_(kinds))
        return self.connection.scalar(wanted) or 0


def _switched(entity: Entity, name: str) -> bool:
    return entity.switch == name or (entity.feature is not None and scope.TRACKING.get(entity.feature) == name)


def _records(number: int, more: str = "") -> str:
    return f"1{more} waiting record" if number == 1 else f"{number:,}{more} waiting records"


_HISTORY = {"at": "datetime64[us, UTC]", **dict.fromkeys(("who", "event", "name", "setting", "before", "after"), "str")}


@rights.needs(rights.Permission.OWN)
def settings_history(session: Session, *, size: int = 50) -> pd.DataFrame:
    """Who changed the company's set-up, newest first: at, who, event, name, setting (its label), before and after (as words)."""
    from syncengine.queries._frames import frame

    wanted = select(Audit.at, Audit.actor, Audit.event, Audit.detail).where(
        Audit.company_id == session.company_id, Audit.kind == "", Audit.record_id.is_(None), Audit.event.in_(EVENTS)
    )
    with session.database.reading() as connection:
        rows = connection.execute(wanted.order_by(Audit.id.desc()).limit(size)).all()
    return frame([{"at": row.at, "who": row.actor, "event": row.event, **_told(row.detail or {})} for row in rows], _HISTORY)


def _told(detail: Mapping[str, Any]) -> dict[str, str]:
    name = str(detail.get("name") or "")
    before, after = detail.get("from"), detail.get("to")
    try:
        setting = settings.of(name)
    except ConfigurationError:  # the zone and the name stand with the company; a setting may be gone by now
        label = {"timezone": "Time zone", "company": "Name of the company"}.get(name, name)
        return {"name": name, "setting": label, "before": str(before or ""), "after": str(after or "")}
    return {"name": name, "setting": configure.label(name), "before": setting.shown(before), "after": setting.shown(after)}
