"""Tie-out: what the inventory's documents are worth now, against what QuickBooks holds of each. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine import drift
from syncengine.engine.overrides import Overrides
from syncengine.engine.reconcile import Base
from syncengine.engine.refs import Resolver
from syncengine.entities import BY_KIND, Entity, Flat, Record, total
from syncengine.entities._lines import substance
from syncengine.errors import RecordError
from syncengine.inventory import reader
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import wire
from syncengine.store import bindings, settings
from syncengine.terms import Direction

#: How a document and its twin may stand; only the first is well.
AGREES, NEVER, GONE, LINES, VALUE, CHANGED, UNKNOWN = (
    "agrees", "not in QuickBooks", "deleted in QuickBooks", "line missing", "value differs", "changed", "cannot be reckoned"
)  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One document and its twin.

    Attributes:
        state: one of the words above.
        total_sent: what the record is worth now, in its own currency; None where that cannot be reckoned.
        total_theirs: what QuickBooks holds; None where it holds nothing.
        fields: what else differs, by QuickBooks path, or why it cannot be reckoned.
    """

    entity: str
    kind: str
    record_id: int
    label: str
    txn_date: date | None
    qbo_id: str
    state: str
    total_sent: Decimal | None
    total_theirs: Decimal | None
    fields: list[str] = field(default_factory=list)


def posting(kind: str) -> list[Entity]:
    """The documents that records of a kind post and that only we ever write."""
    return [entity for entity in BY_KIND.get(kind, ()) if entity.direction is Direction.PUSH and entity.document]


def compare(connection: Connection, company_id: int, kind: str) -> Iterator[Compared]:
    """Every record of the kind with each of its twins, in ascending order of id; what posts nothing is left out."""
    records = reader.load(connection, kind, company_id)
    refs = Resolver(connection, company_id, settings.all_of(connection, company_id))
    overrides = Overrides(connection, company_id)
    refs.prefetch_posted(kind, records)
    refs.prefetch_paid(kind, records.values())
    for entity in posting(kind):
        bound = bindings.of_records(connection, company_id, entity.name, kind, records)
        copies = ledger.load(connection, company_id, entity.name, [row["qbo_id"] for row in bound.values()])
        for record_id, record in records.items():
            found = _one(entity, record, bound.get(record_id), copies, (refs, overrides))
            if found is not None:
                yield found


@dataclass(frozen=True)
class Pair:
    """One record and one of its twins, flat: QuickBooks path -> value.

    Attributes:
        ours: what the record says now; None where it does not go to this target as it is.
        problem: why what it says cannot be reckoned; empty where it can.
        base: what both sides last agreed on; None where they never did.
        theirs: what QuickBooks holds, as of the last sync; None where it holds nothing.
        deleted: whether QuickBooks has deleted it.
    """

    entity: Entity
    ours: Flat | None
    problem: str
    base: Base | None
    theirs: Flat | None
    deleted: bool

    def changed(self) -> list[dict[str, Any]]:
        """What either side has changed since they agreed: {"field", "base", "ours", "theirs"} by path, lines part by part."""
        if self.base is None or self.ours is None or self.theirs is None:
            return []
        here = self.entity.differences(self.ours, self.base.ours)
        there = self.entity.differences(self.theirs, self.base.theirs, computed=True)
        found: list[dict[str, Any]] = []
        for path in sorted(here | there):
            sides = [side.get(path) for side in (self.base.theirs, self.ours, self.theirs)]
            found += _of_lines(*sides) if path == "Line" else [_sides(path, *sides)]
        return found


def _sides(path: str, base: Any, ours: Any, theirs: Any) -> dict[str, Any]:
    return {"field": path, "base": base, "ours": ours, "theirs": theirs}


def _of_lines(*sides: Any) -> list[dict[str, Any]]:
    """Base, ours and theirs of the lines, part by part, where they are not all the same."""
    every = [[substance(line) for line in side or ()] for side in sides]
    found: list[dict[str, Any]] = []
    for place in range(max(len(side) for side in every)):
        lines = [side[place] if place < len(side) else {} for side in every]
        for path in sorted({path for line in lines for path in line}):
            values = [line.get(path) for line in lines]
            if any(value != values[0] for value in values[1:]):
                found.append(_sides(f"Line[{place + 1}].{path}", *values))
    return found


def pairs(connection: Connection, company_id: int, kind: str, record_id: int) -> list[Pair]:
    """One record with each target that its kind may go to, in sending order; nothing where there is no such record."""
    records = reader.load(connection, kind, company_id, [record_id])
    if record_id not in records:
        return []
    refs = Resolver(connection, company_id, settings.all_of(connection, company_id))
    overrides = Overrides(connection, company_id)
    refs.prefetch_posted(kind, records)
    refs.prefetch_paid(kind, records.values())
    return [_pair(connection, company_id, entity, records[record_id], (refs, overrides)) for entity in BY_KIND.get(kind, ())]


def _pair(connection: Connection, company_id: int, entity: Entity, record: Record, tools: tuple[Resolver, Overrides]) -> Pair:
    refs, overrides = tools
    ours, problem = None, ""
    try:
        ours = overrides.put(entity, record, refs) if entity.wanted(record, refs) else None
    except RecordError as error:
        problem = f"{error.cause} {error.remedy}".strip()
    binding = bindings.of_records(connection, company_id, entity.name, entity.kind, [record["id"]]).get(record["id"])
    if binding is None:
        return Pair(entity, ours, problem, None, None, deleted=False)
    copy = ledger.load(connection, company_id, entity.name, [binding["qbo_id"]]).get(binding["qbo_id"])
    theirs = entity.get(wire.loads(copy["payload"])) if copy is not None else None
    deleted = (copy is not None and copy["deleted"]) or binding["ended_by"] == "quickbooks"
    return Pair(entity, ours, problem, Base.read(binding["base"]), theirs, deleted=bool(deleted))


def _one(
    entity: Entity, record: Record, binding: RowMapping | None, copies: dict[str, RowMapping], tools: tuple[Resolver, Overrides]
) -> Compared | None:
    refs, overrides = tools
    alive = binding is not None and binding["ended_at"] is None
    try:
        wanted = entity.wanted(record, refs)
        ours = overrides.put(entity, record, refs) if wanted else None
    except RecordError as error:
        return _told(entity, record, "", UNKNOWN, None, None, [f"{error.field}: {error.cause}"])
    if ours is None or entity.worthless(ours):
        if not alive:
            return None
        ours = None
    worth = total(ours) if ours is not None else Decimal(0)
    if binding is None or not alive:
        gone = binding is not None and binding["ended_by"] == "quickbooks"
        return _told(entity, record, "", GONE if gone else NEVER, worth, None, [])
    copy = copies.get(binding["qbo_id"])
    if copy is None or copy["deleted"]:
        return _told(entity, record, binding["qbo_id"], GONE, worth, None, [])
    theirs = entity.get(wire.loads(copy["payload"]))
    state, fields = _state(entity, ours, theirs, Base.read(binding["base"]))
    return _told(entity, record, binding["qbo_id"], state, worth, total(theirs), fields)


def _state(entity: Entity, ours: Flat | None, theirs: Flat, base: Base) -> tuple[str, list[str]]:
    fields = [str(each["field"]) for each in drift.differences(entity, base, theirs)]
    if ours is None or total(ours) != total(theirs):
        return VALUE, fields
    if len(ours.get("Line") or ()) != len(theirs.get("Line") or ()):
        return LINES, fields
    return (CHANGED, fields) if fields else (AGREES, [])


def _told(entity: Entity, record: Record, qbo_id: str, state: str, ours: Any, theirs: Any, fields: list[str]) -> Compared:
    day = record.get(entity.day)
    label = reader.label(dict(record), entity.kind)
    dated = day if isinstance(day, date) else None
    return Compared(entity.name, entity.kind, int(record["id"]), label, dated, qbo_id, state, ours, theirs, fields)
