"""Capture: turns the triggers' marks into waiting outbox rows, one per record and QuickBooks target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.engine import RowMapping

from syncengine.clock import Clock
from syncengine.db.engine import Database
from syncengine.engine import deposits, drop_ship
from syncengine.engine.needless import Needless
from syncengine.entities import BY_KIND, POSTINGS, Entity
from syncengine.errors import ConfigurationError, Refused
from syncengine.failpoints import failpoint
from syncengine.inventory import changes, reader
from syncengine.inventory.tables import KINDS
from syncengine.inventory.triggers import FOLLOW
from syncengine.store import errors, numbers, outbox
from syncengine.store.outbox import INVENTORY
from syncengine.store.tables import Outbox
from syncengine.terms import WAITING, OutboxState

#: Marks taken per transaction: enough to keep up with an import, few enough to let others write in between.
_CHUNK = 5_000
#: The advisory lock of capturing; 7210 to 7212 belong to migrations, triggers and queues.
_LOCK = 7213
# Locked, and so looked at again: a row that a cycle claims at this moment waits no longer. Put into SQL once.
_WAITING = (
    select(Outbox.__table__)
    .where(
        Outbox.company_id == bindparam("company"), Outbox.entity == bindparam("of_entity"), Outbox.kind == bindparam("of_kind"),
        Outbox.record_id.in_(bindparam("ids", expanding=True)), Outbox.state.in_([state.value for state in WAITING]),
        Outbox.unanswered.is_(False),
    )
    .order_by(Outbox.id)
    .with_for_update()
)  # fmt: skip


def capture(database: Database, clock: Clock) -> int:
    """Take up all marks of all companies; returns how many. One read where there are none."""
    taken = 0
    while True:
        with database.reading() as connection:
            if not changes.marks(connection, limit=1):
                return taken
        with database.writing() as connection:
            _one_at_a_time(connection)
            marks = changes.marks(connection, limit=_CHUNK)
            failpoint("capture.pre")
            _take(connection, marks, clock.now())
            changes.consume(connection, [mark.id for mark in marks])
        failpoint("capture.committed")
        taken += len(marks)


def _one_at_a_time(connection: Connection) -> None:
    """Two workers that capture at once would take the same marks up; on SQLite a writing transaction is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _take(connection: Connection, marks: Sequence[changes.Mark], at: datetime) -> None:
    grouped: dict[tuple[int, str], list[int]] = {}
    paid: dict[int, list[int]] = {}
    for mark in marks:
        if mark.operation == FOLLOW:
            paid.setdefault(mark.company_id, []).append(mark.record_id)
        elif mark.kind in BY_KIND:
            grouped.setdefault((mark.company_id, mark.kind), []).append(mark.record_id)
    for (company_id, kind), record_ids in grouped.items():
        if kind == "purchase_order":
            drop_ship.close(connection, company_id, record_ids, at)
        enqueue(connection, company_id, kind, list(dict.fromkeys(record_ids)), at, by=INVENTORY)
    for company_id, order_ids in paid.items():
        _follow_payments(connection, company_id, order_ids, at)


def _follow_payments(connection: Connection, company_id: int, order_ids: Iterable[int], at: datetime) -> None:
    """Queue those of the orders whose entry no longer is what payments leave of their deposit, unless they wait already."""
    orders = deposits.stale(connection, company_id, order_ids)
    waiting = _waiting(connection, company_id, POSTINGS["JournalEntry", "sales_order"], orders)
    if fresh := [order_id for order_id in orders if order_id not in waiting]:
        enqueue(connection, company_id, "sales_order", fresh, at, by=INVENTORY)


def enqueue(
    connection: Connection,
    company_id: int,
    kind: str,
    record_ids: Sequence[int],
    at: datetime,
    *,
    by: str,
    called: Mapping[int, str] | None = None,
    only: str = "",
) -> None:
    """Queue records: what waits already gets a new revision and keeps its place, what does not is added at the end.

    Whether a record is saved or deleted is read from the inventory itself: a record that is gone was deleted.
    What it was called is looked up in the queue, unless `called` says it. What a record does not post, and never has
    posted, is not queued: a receipt that becomes a bill waits for no purchase. `only` names the one target that is meant.
    """
    outbox.lock(connection, company_id)
    record_ids = list(dict.fromkeys(record_ids))
    records = reader.load(connection, kind, company_id, record_ids)
    gone = [record_id for record_id in record_ids if record_id not in records]
    labels = {**_labels(connection, company_id, kind, gone), **(called or {})}
    needless = Needless(connection, company_id)
    for entity in (each for each in BY_KIND[kind] if only in {"", each.name}):
        waiting = _waiting(connection, company_id, entity, record_ids)
        fresh, edited = [], []
        left_out = needless.of(entity, {each: records.get(each) for each in record_ids if each not in waiting})
        for record_id in record_ids:
            if record_id in left_out:
                continue
            new = _row(entity, kind, record_id, records.get(record_id), labels)
            if record_id in waiting:
                edited.append((waiting[record_id], new))
            else:
                fresh.append(new)
        outbox.add(connection, company_id, at, fresh, actor=by)
        if entity.numbered:
            numbers.give(connection, company_id, entity.name, kind, [row["record_id"] for row in fresh])
        outbox.refresh(connection, company_id, at, edited, actor=by)
        errors.close(connection, [row["id"] for row, _ in edited], at, "edited")


def _row(entity: Entity, kind: str, record_id: int, record: reader.Record | None, labels: Mapping[int, str]) -> dict[str, Any]:
    if record is None:
        label, operation = labels.get(record_id) or f"{kind.replace('_', ' ')} {record_id}", "delete"
    else:
        label, operation = str(reader.label(record, kind)), "save"
    return {"entity": entity.name, "kind": kind, "record_id": record_id, "label": label[:500], "operation": operation}


def _labels(connection: Connection, company_id: int, kind: str, record_ids: Iterable[int]) -> dict[int, str]:
    """What records that are gone were called when they were last queued."""
    found: dict[int, str] = {}
    for part in outbox.chunks(record_ids):
        wanted = select(Outbox.record_id, Outbox.label).where(
            Outbox.company_id == company_id, Outbox.kind == kind, Outbox.record_id.in_(part)
        )
        found.update(connection.execute(wanted.order_by(Outbox.id)).all())
    return found


def _waiting(connection: Connection, company_id: int, entity: Entity, record_ids: Iterable[int]) -> dict[int, RowMapping]:
    found: dict[int, RowMapping] = {}
    for part in outbox.chunks(record_ids):
        asked = {"company": company_id, "of_entity": entity.name, "of_kind": entity.kind, "ids": part}
        found.update({row["record_id"]: row for row in connection.execute(_WAITING, asked).mappings()})
    return found


def add_to_sync(connection: Connection, company_id: int, kind: str, record_id: int, at: datetime, by: str) -> None:
    """Queue a record that a person wants to be sent (again), without editing it."""
    if kind not in KINDS or kind not in BY_KIND:
        raise ConfigurationError(f"Records of kind {kind!r} do not travel to QuickBooks.")
    if not reader.load(connection, kind, company_id, [record_id]):
        raise Refused(f"There is no {kind} {record_id} in this company.")
    enqueue(connection, company_id, kind, [record_id], at, by=by)


__all__ = ["INVENTORY", "OutboxState", "add_to_sync", "capture", "enqueue"]
