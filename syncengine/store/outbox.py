"""The outbox: rows to be sent, in sending order; one function makes every move and writes its audit line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.engine import RowMapping

from syncengine.db.types import Utc
from syncengine.errors import IllegalMove, Refused
from syncengine.store import audit
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState

_S = OutboxState
#: The whole table of legal moves; docs/outbox.md draws it.
MOVES: Mapping[OutboxState, frozenset[OutboxState]] = {
    _S.AVAILABLE: frozenset({_S.RUNNING, _S.COMPLETED, _S.PARKED, _S.CANCELLED}),
    # Cancelled only where a newer edit of the same record waits behind it: that one carries the latest state.
    _S.RUNNING: frozenset({_S.COMPLETED, _S.RETRYABLE, _S.PARKED, _S.AVAILABLE, _S.CANCELLED}),
    _S.RETRYABLE: frozenset({_S.AVAILABLE, _S.RUNNING, _S.COMPLETED, _S.PARKED, _S.CANCELLED}),
    _S.PARKED: frozenset({_S.AVAILABLE, _S.COMPLETED, _S.CANCELLED}),
    _S.COMPLETED: frozenset(),
    _S.CANCELLED: frozenset(),
}
#: States in which a row is listed: everything but the two ends.
OPEN = (_S.AVAILABLE, _S.RUNNING, _S.RETRYABLE, _S.PARKED)
#: The same, word for word as the partial indexes say it: a bound value would keep the database from using them.
LISTED = text("state IN ('available','running','retryable','parked')")
#: Listed, and not in flight, in the words of the index that knows each record's one such row.
WAITS = text("(state IN ('available','retryable','parked') AND NOT unanswered)")
#: A write is on its way, or its answer never came; in the words of its index, for the same reason.
IN_FLIGHT = text("(state = 'running' OR unanswered)")
#: Rows that rest by `FEATURE`, in the words of their index.
RESTING = text("(parked_by = 'feature' AND state IN ('available','running','retryable','parked'))")
#: Parked, because QuickBooks has nothing of this kind in this company: all rows of the entity rest with it. The one that is
#: tried again keeps the word on its way: it is the row that the others wait for.
FEATURE = "feature"
#: Parked, because both sides changed the record: it waits until a person has chosen.
CONFLICT = "conflict"
#: SQLite takes 32,766 parameters a statement; a margin for those that are not ids.
CHUNK = 5_000
#: The first half of the advisory lock on a company's queue; migrations hold 7210, triggers 7211.
_LOCK = 7212
#: Who a row was queued by where only a trigger saw the change.
INVENTORY = "inventory"


# What every page of the queue asks for is put into SQL once: to build a statement anew takes longer than the database needs for it.
_ROWS = select(Outbox.__table__)
_MINE = Outbox.company_id == bindparam("company")
#: Only its own index has this order, so that no other looks as cheap to the database.
_IN_FLIGHT = _ROWS.where(_MINE, IN_FLIGHT).order_by(Outbox.entity, Outbox.kind, Outbox.record_id)
_BY_IDS = _ROWS.where(Outbox.id.in_(bindparam("ids", expanding=True)))
_BY_ID = _ROWS.where(Outbox.id == bindparam("row_id"))
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


@dataclass(frozen=True)
class Move:
    """One row's move to `to`; `changes` are other columns to set, `why` goes into the audit line.

    `version` is the version the mover saw: a row that has moved on since refuses the move. None means that the
    mover holds the company's lease and the row is its own.
    """

    outbox_id: int
    to: OutboxState
    version: int | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    why: Mapping[str, Any] = field(default_factory=dict)


def chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    """`ids` in lists that fit one statement."""
    every = list(ids)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def rows(connection: Connection, company_id: int, *, states: Sequence[OutboxState] = OPEN) -> list[RowMapping]:
    """All rows of a company in the given states, by position."""
    wanted = select(Outbox.__table__).where(Outbox.company_id == company_id, Outbox.state.in_(states))
    return list(connection.execute(wanted.order_by(Outbox.position, Outbox.id)).mappings().all())


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
    ahead = select(Outbox.entity).where(Outbox.company_id == company_id, RESTING, Outbox.state == _S.AVAILABLE)
    return set(connection.scalars(ahead))


def probe(row: RowMapping) -> str | None:
    """What `parked_by` of a row says while it is tried again."""
    return FEATURE if row["parked_by"] == FEATURE else None


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
        wanted = select(Outbox.__table__).where(Outbox.id.in_(part)).order_by(Outbox.id).with_for_update()
        found.update({row["id"]: row for row in connection.execute(wanted).mappings()})
    return found


def by_ids(connection: Connection, outbox_ids: Iterable[int]) -> list[RowMapping]:
    """Rows by id, by position; unlike `load` nobody else is kept from them."""
    found: list[RowMapping] = []
    for part in chunks(outbox_ids):
        found += connection.execute(_BY_IDS, {"ids": part}).mappings()
    return sorted(found, key=lambda row: (row["position"], row["id"]))


def move(
    connection: Connection,
    at: datetime,
    moves: Sequence[Move],
    *,
    actor: str = audit.ENGINE,
    cycle_id: int | None = None,
) -> None:
    """Make all `moves`, or none: each is checked against the table of legal moves and the version the mover saw.

    Raises:
        IllegalMove: a move that the table does not hold; a bug of ours.
        Refused: the row has moved on since the mover saw it, or is gone.
    """
    if not moves:
        return
    held = load(connection, [each.outbox_id for each in moves])
    lines: dict[int, list[audit.Line]] = {}
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for each in moves:
        row = held.get(each.outbox_id)
        if row is None or (each.version is not None and row["version"] != each.version):
            raise Refused("This row has moved on since you saw it. Look at the queue again.")
        if each.to not in MOVES[OutboxState(row["state"])]:
            raise IllegalMove(f"outbox row {each.outbox_id}: {row['state']} -> {each.to}")
        values = {"state": each.to.value, "version": row["version"] + 1, "changed_at": at, **each.changes}
        by_columns.setdefault(tuple(sorted(values)), []).append(
            {"row_id": each.outbox_id, **{f"v_{k}": v for k, v in values.items()}}
        )
        lines.setdefault(row["company_id"], []).append(
            audit.Line(
                f"{row['state']} -> {each.to}", actor, row["kind"], row["record_id"], each.outbox_id, cycle_id, dict(each.why)
            )
        )
    for columns, values_list in by_columns.items():
        statement = (
            update(Outbox).where(Outbox.id == bindparam("row_id")).values({name: bindparam(f"v_{name}") for name in columns})
        )
        connection.execute(statement, values_list)
    for company_id, company_lines in lines.items():
        audit.write(connection, company_id, at, company_lines)


def sweep(
    connection: Connection,
    at: datetime,
    rows: Iterable[Any],
    to: OutboxState,
    *,
    actor: str,
    changes: Mapping[str, Any],
    why: Mapping[str, Any],
) -> None:
    """Make one and the same move of many rows, in a few statements; `why` is said with each row's revision.

    Of each of `rows` its `id` and the `state` are told in which the caller has read it.

    Raises:
        IllegalMove: one of them may not make it from that state.
        Refused: one of them has moved on since it was read, or is gone.
    """
    head, _, tail = json.dumps({**why, "revision": "@"}, sort_keys=True, ensure_ascii=False, separators=(",", ":")).partition('"@"')
    detail = literal(head, Text) + cast(Outbox.revision, Text) + literal(tail, Text)
    event = Outbox.state + literal(f" -> {to}", String)
    read = {row.id: row.state for row in rows}
    for state in set(read.values()):
        if to not in MOVES[OutboxState(state)]:
            raise IllegalMove(f"outbox rows: {state} -> {to}")
    for part in chunks(read):
        # Whoever read a row without holding it learns of it here, rather than undoing what somebody else did meanwhile.
        mine = or_(*(and_(Outbox.state == state, Outbox.id.in_(ids)) for state, ids in _by_state(part, read).items()))
        audit.copy(connection, _lines(at, actor, event, detail, mine))
        values = {"state": to.value, "version": Outbox.version + 1, "changed_at": at, **changes}
        if connection.execute(update(Outbox).where(mine).values(values)).rowcount != len(part):
            raise Refused("Some of these rows have moved on since you saw them. Nothing was changed: look at the queue again.")


def _by_state(ids: Iterable[int], states: Mapping[int, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for each in ids:
        found.setdefault(states[each], []).append(each)
    return found


def send_last(connection: Connection, company_id: int, at: datetime, ids: Iterable[int], *, actor: str) -> None:
    """Give rows that the caller holds the last places of the company's queue, in their present order, in which `ids` come."""
    place = next_position(connection, company_id)
    for part in chunks(ids):
        rank = func.row_number().over(order_by=(Outbox.position, Outbox.id)).label("rank")
        ranked = select(Outbox.id, rank).where(Outbox.id.in_(part)).subquery()
        values = {"position": place - 1 + ranked.c.rank, "version": Outbox.version + 1, "changed_at": at}
        connection.execute(update(Outbox).where(Outbox.id == ranked.c.id).values(values))
        audit.copy(connection, _lines(at, actor, literal("moved to bottom", String), literal("{}", Text), Outbox.id.in_(part)))
        place += len(part)


def _lines(
    at: datetime, actor: str, event: ColumnElement[str], detail: ColumnElement[str], mine: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    """A line of the audit trail for each of the rows, by position, as `audit.copy` takes them."""
    told = (Outbox.company_id, literal(at, Utc), literal(actor, String), event, Outbox.kind, Outbox.record_id, Outbox.id, detail)
    return select(*told).where(mine).order_by(Outbox.position, Outbox.id)


def next_position(connection: Connection, company_id: int) -> int:
    """The place behind the last row of the company's queue."""
    last = connection.scalar(select(func.max(Outbox.position)).where(Outbox.company_id == company_id))
    return (last or 0) + 1


def lock(connection: Connection, company_id: int) -> None:
    """Be the only one, until the transaction ends, who decides which row of a record is its waiting one.

    On SQLite a writing transaction is alone in any case. Take it before any row of the queue is locked: who holds it may wait
    for a row, so that who holds a row must not wait for it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK, company_id)))


def add(connection: Connection, company_id: int, at: datetime, new: Sequence[Mapping[str, Any]], *, actor: str) -> None:
    """Queue new rows at the end, in the given order. Each gives entity, kind, record_id, label and operation."""
    if not new:
        return
    position = next_position(connection, company_id)
    common = {
        "company_id": company_id,
        "state": _S.AVAILABLE.value,
        "unanswered": False,
        "queued_at": at,
        "changed_at": at,
        "queued_by": actor,
        "revision": 1,
        "refusals": 0,
        "version": 1,
        "attempts": 0,
    }
    connection.execute(insert(Outbox), [{**common, "position": position + i, **row} for i, row in enumerate(new)])
    audit.write(
        connection,
        company_id,
        at,
        [
            audit.Line(
                "queued", actor, row["kind"], row["record_id"], None, None, {"entity": row["entity"], "operation": row["operation"]}
            )
            for row in new
        ],
    )


def refresh(
    connection: Connection,
    company_id: int,
    at: datetime,
    edited: Sequence[tuple[RowMapping, Mapping[str, Any]]],
    *,
    actor: str,
) -> None:
    """A waiting row's record was edited again: new revision, same place (P6), counting starts anew (D6)."""
    if not edited:
        return
    statement = (
        update(Outbox)
        .where(Outbox.id == bindparam("row_id"))
        .values(
            revision=Outbox.revision + 1,
            version=Outbox.version + 1,
            state=_S.AVAILABLE.value,
            changed_at=at,
            reason=None,
            message=None,
            parked_by=case((Outbox.parked_by == FEATURE, FEATURE), else_=None),
            failed_seq=None,
            label=bindparam("new_label"),
            operation=bindparam("new_operation"),
        )
    )
    connection.execute(
        statement, [{"row_id": row["id"], "new_label": new["label"], "new_operation": new["operation"]} for row, new in edited]
    )
    audit.write(
        connection,
        company_id,
        at,
        [
            audit.Line(
                f"{row['state']} -> available", actor, row["kind"], row["record_id"], row["id"], None, {"why": "edited again"}
            )
            for row, _ in edited
        ],
    )


def next_failure(connection: Connection, company_id: int) -> int:
    """The next number in the order in which rows of this company first failed (P3)."""
    last = connection.scalar(select(func.max(Outbox.failed_seq)).where(Outbox.company_id == company_id))
    return (last or 0) + 1


def note(connection: Connection, outbox_id: int, **columns: Any) -> None:
    """Set columns that are no move: a reason, a place, the order of failing."""
    connection.execute(update(Outbox).where(Outbox.id == outbox_id).values(**columns))


def overtaken(connection: Connection, rows: Iterable[RowMapping]) -> set[int]:
    """Those of `rows` (in flight until now) behind which a newer edit of the same record waits already."""
    found, every = set(), list(rows)
    for company_id in {row["company_id"] for row in every}:
        lock(connection, company_id)  # an edit that is being captured just now counts as well
    for row in every:
        newer = select(Outbox.id).where(
            Outbox.company_id == row["company_id"],
            Outbox.entity == row["entity"],
            Outbox.kind == row["kind"],
            Outbox.record_id == row["record_id"],
            Outbox.id != row["id"],
            Outbox.unanswered.is_(False),
            Outbox.state.in_([_S.AVAILABLE.value, _S.RETRYABLE.value, _S.PARKED.value]),
        )
        if connection.scalar(newer.limit(1)) is not None:
            found.add(row["id"])
    return found
