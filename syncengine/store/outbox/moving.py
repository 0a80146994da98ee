"""Moves of rows from state to state: one function makes every one, by the table of legal moves, and writes its audit line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Text,
    Update,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.engine import RowMapping

from syncengine.db.types import Utc
from syncengine.errors import IllegalMove, Refused
from syncengine.store import audit
from syncengine.store.outbox.reading import chunks, load, next_position
from syncengine.store.outbox.states import FEATURE, MOVES
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState


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
        connection.execute(_set(columns), values_list)
    for company_id, company_lines in lines.items():
        audit.write(connection, company_id, at, company_lines)


@cache
def _set(columns: tuple[str, ...]) -> Update:
    """Sets these columns of one row: put into SQL once, since there are few choices of them."""
    return update(Outbox).where(Outbox.id == bindparam("row_id")).values({name: bindparam(f"v_{name}") for name in columns})


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


def probe(row: RowMapping) -> str | None:
    """What `parked_by` of a row says while it is tried again."""
    return FEATURE if row["parked_by"] == FEATURE else None


def note(connection: Connection, outbox_id: int, **columns: Any) -> None:
    """Set columns that are no move: a reason, a place, the order of failing."""
    connection.execute(update(Outbox).where(Outbox.id == outbox_id).values(**columns))
