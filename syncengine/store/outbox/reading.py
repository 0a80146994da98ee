"""Rows of the outbox as they are asked for: of a company, a record, or a state, in sending order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, func, or_, select
from sqlalchemy.engine import RowMapping

from syncengine.store.outbox.states import IN_FLIGHT, OPEN, RESTING
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState

#: SQLite takes 32,766 parameters a statement; a margin for those that are not ids.
CHUNK = 5_000

# What every page of the queue asks for is put into SQL once: to build a statement anew takes longer than the database needs for it.
_ROWS = select(Outbox.__table__)
_MINE = Outbox.company_id == bindparam("company")
#: Only its own index has this order, so that no other looks as cheap to the database.
_IN_FLIGHT = _ROWS.where(_MINE, IN_FLIGHT).order_by(Outbox.entity, Outbox.kind, Outbox.record_id)
_BY_IDS = _ROWS.where(Outbox.id.in_(bindparam("ids", expanding=True)))
_BY_ID = _ROWS.where(Outbox.id == bindparam("row_id"))
_HELD = _BY_IDS.order_by(Outbox.id).with_for_update()
_IN_STATES = _ROWS.where(_MINE, Outbox.state.in_(bindparam("states", expanding=True))).order_by(Outbox.position, Outbox.id)
_LAST = select(func.max(Outbox.position)).where(_MINE)
_RESTING = (Outbox.entity, Outbox.position, Outbox.id)
_RESTING_NAMES = select(Outbox.entity, Outbox.label).where(_MINE, RESTING).order_by(*_RESTING)
_RESTING_ROWS = _ROWS.where(_MINE, RESTING).order_by(*_RESTING)
_OPEN = Outbox.state.in_([state.value for state in OPEN])
_OF_KIND = (_MINE, Outbox.entity == bindparam("of_entity"), Outbox.kind == bindparam("of_kind"))
_OPEN_OF_RECORDS = _ROWS.where(*_OF_KIND, Outbox.record_id.in_(bindparam("ids", expanding=True)), _OPEN)
_OPEN_OF_RECORD = (
    _ROWS.where(*_OF_KIND, Outbox.record_id == bindparam("of_record"), or_(_OPEN, Outbox.unanswered.is_(True)))
    .order_by(Outbox.id)
    .limit(1)
)


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """`ids` in lists that fit one statement."""
    every = list(ids)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def rows(connection: Connection, company_id: int, *, states: Sequence[OutboxState] = OPEN) -> list[RowMapping]:
    """All rows of a company in the given states, by position."""
    return list(connection.execute(_IN_STATES, {"company": company_id, "states": list(states)}).mappings())


def in_flight(connection: Connection, company_id: int) -> dict[tuple[str, str, int], RowMapping]:
    """The rows whose write is on its way or unanswered, by entity, kind and record: there is at most one for each."""
    found = connection.execute(_IN_FLIGHT, {"company": company_id}).mappings()
    return {(row["entity"], row["kind"], row["record_id"]): row for row in found}


def resting(connection: Connection, company_id: int) -> dict[str, str]:
    """The entities that rest, because QuickBooks has nothing of this kind here, each with what the first refused row is called."""
    found: dict[str, str] = {}
    for entity, label in connection.execute(_RESTING_NAMES, {"company": company_id}):
        found.setdefault(entity, label)
    return found


def resting_rows(connection: Connection, company_id: int) -> list[RowMapping]:
    """The rows themselves of what rests so."""
    return list(connection.execute(_RESTING_ROWS, {"company": company_id}).mappings())


def probed(connection: Connection, company_id: int) -> set[str]:
    """The entities that rest while a row of theirs waits to be tried again already."""
    ahead = select(Outbox.entity).where(Outbox.company_id == company_id, RESTING, Outbox.state == OutboxState.AVAILABLE)
    return set(connection.scalars(ahead))


def open_of_record(connection: Connection, company_id: int, entity: str, kind: str, record_id: int) -> RowMapping | None:
    """The row of one record that is still to be dealt with, or None; the one in flight where a second waits behind it."""
    asked = {"company": company_id, "of_entity": entity, "of_kind": kind, "of_record": record_id}
    return connection.execute(_OPEN_OF_RECORD, asked).mappings().first()


def open_of_records(connection: Connection, company_id: int, records: Iterable[tuple[str, str, int]]) -> list[RowMapping]:
    """The open rows of many records, each an entity, a kind and an id; by position."""
    groups: dict[tuple[str, str], list[int]] = {}
    for entity, kind, record_id in records:
        groups.setdefault((entity, kind), []).append(record_id)
    found: list[RowMapping] = []
    for (entity, kind), ids in groups.items():
        for part in chunks(sorted(ids)):
            asked = {"company": company_id, "of_entity": entity, "of_kind": kind, "ids": part}
            found += connection.execute(_OPEN_OF_RECORDS, asked).mappings().all()
    return sorted(found, key=lambda row: (row["position"], row["id"]))


def state_of(connection: Connection, outbox_id: int) -> RowMapping | None:
    """One row in whatever state it is, not locked."""
    return connection.execute(_BY_ID, {"row_id": outbox_id}).mappings().first()


def load(connection: Connection, outbox_ids: Iterable[int]) -> dict[int, RowMapping]:
    """Rows by id, locked against other writers where the database can."""
    found: dict[int, RowMapping] = {}
    for part in chunks(outbox_ids):
        # In one order everywhere, so that two writers never wait for each other.
        found.update({row["id"]: row for row in connection.execute(_HELD, {"ids": part}).mappings()})
    return found


def by_ids(connection: Connection, outbox_ids: Iterable[int]) -> list[RowMapping]:
    """Rows by id, by position; unlike `load` nobody else is kept from them."""
    found: list[RowMapping] = []
    for part in chunks(outbox_ids):
        found += connection.execute(_BY_IDS, {"ids": part}).mappings()
    return sorted(found, key=lambda row: (row["position"], row["id"]))


def next_position(connection: Connection, company_id: int) -> int:
    """The place behind the last row of the company's queue."""
    last = connection.scalar(_LAST, {"company": company_id})
    return (last or 0) + 1


def next_failure(connection: Connection, company_id: int) -> int:
    """The next number in the order in which rows of this company first failed (P3)."""
    last = connection.scalar(select(func.max(Outbox.failed_seq)).where(Outbox.company_id == company_id))
    return (last or 0) + 1
