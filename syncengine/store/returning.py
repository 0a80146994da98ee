"""Putting back into the queue what one removal took out, in a few statements however much that was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, Text, exists, func, insert, literal, null, select, type_coerce
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import aliased

from syncengine.db.types import Utc
from syncengine.store import audit, longacts, outbox
from syncengine.store.tables import Audit, Outbox
from syncengine.terms import OutboxState

#: The ids of rows that were taken out, or how they are found.
TakenOut = Select[Any] | Sequence[int]


def put_back(connection: Connection, company_id: int, at: datetime, taken: TakenOut, *, actor: str) -> int:
    """Queue at the end, in their former order, those rows of a removal whose records were not queued since; how many.

    `taken` are the rows, as `taken_out` finds them. The caller holds the queue's lock (`outbox.lock`).
    """
    place = outbox.next_position(connection, company_id)
    rank = func.row_number().over(order_by=(Outbox.position, Outbox.id))
    new: dict[str, Any] = {
        **{name: getattr(Outbox, name) for name in ("company_id", "entity", "kind", "record_id", "label", "operation")},
        "state": literal(OutboxState.AVAILABLE.value, String),
        "unanswered": literal(False),
        "position": literal(place - 1) + rank,
        **{name: literal(1) for name in ("revision", "version")},
        **{name: literal(0) for name in ("refusals", "attempts")},
        **{name: literal(at, Utc) for name in ("queued_at", "changed_at")},
        "queued_by": literal(actor, String),
    }
    rows = select(*new.values()).where(Outbox.company_id == company_id, Outbox.id.in_(taken), ~_queued_since())
    connection.execute(insert(Outbox).from_select(list(new), rows, include_defaults=False))
    return _told(connection, company_id, at, place, actor)


def queued_since(connection: Connection, company_id: int, taken: TakenOut) -> Sequence[RowMapping]:
    """Entity, kind and record of those rows of a removal whose records were queued again since, in their former order."""
    columns = (Outbox.entity, Outbox.kind, Outbox.record_id)
    wanted = select(*columns).where(Outbox.company_id == company_id, Outbox.id.in_(taken), _queued_since())
    return connection.execute(wanted.order_by(Outbox.position, Outbox.id)).mappings().all()


def taken_out(connection: Connection, company_id: int, line: RowMapping) -> Select[Any]:
    """The rows of a removal, given its line of the audit trail: their own lines name it first (`outbox.sweep`).

    Of one that was done in a click they stand behind its own, and are of the same moment; of a long one they stand before it.
    """
    long = longacts.of_line(connection, company_id, line["id"])
    if long is None:
        where, named = (Audit.id > line["id"], Audit.at == line["at"]), f'{{"act":{line["id"]},'
    else:
        where, named = (Audit.id > long["after_line"], Audit.id < line["id"]), f'{{"long_act":{long["id"]},'
    told = type_coerce(Audit.detail, Text).startswith(named)
    return select(Audit.outbox_id).where(*where, Audit.company_id == company_id, Audit.outbox_id.is_not(None), told)


def _queued_since() -> ColumnElement[bool]:
    later = aliased(Outbox)
    same = [getattr(later, name) == getattr(Outbox, name) for name in ("company_id", "kind", "record_id", "entity")]
    return exists().where(*same, later.id > Outbox.id)


def _told(connection: Connection, company_id: int, at: datetime, place: int, actor: str) -> int:
    """Write the lines of the rows from `place` on, as `outbox.add` does; how many rows that are."""
    parts = (literal('{"entity":"', Text), Outbox.entity, literal('","operation":"', Text), Outbox.operation, literal('"}', Text))
    detail = parts[0] + parts[1] + parts[2] + parts[3] + parts[4]
    told = (Outbox.company_id, literal(at, Utc), literal(actor, String), literal("queued", String), Outbox.kind, Outbox.record_id)
    mine = (Outbox.company_id == company_id, outbox.LISTED, Outbox.position >= place)
    audit.copy(connection, select(*told, null(), detail).where(*mine).order_by(Outbox.position))
    return connection.scalar(select(func.count()).select_from(Outbox).where(*mine)) or 0
