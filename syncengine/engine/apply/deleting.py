"""Deleting: objects that are gone from QuickBooks take their records along, unless these hold edits that wait."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import RowMapping

from syncengine.engine import owners, scope
from syncengine.engine.apply import drifting
from syncengine.engine.apply._work import Work, locked
from syncengine.engine.reconcile import Base
from syncengine.engine.stirs import guarded
from syncengine.entities import ENTITIES, POSTINGS, Entity
from syncengine.errors import RecordError
from syncengine.inventory import reader, writer
from syncengine.ledger import writer as ledger
from syncengine.store import audit, bindings, conflicts, errors, inbox, outbox
from syncengine.store.conflicts import WHOLE, Clash
from syncengine.terms import Direction, OutboxState


def deleted(work: Work, name: str, qbo_ids: Sequence[str]) -> None:
    """Objects that QuickBooks has deleted (verified): their records go too, unless we have edits that wait."""
    entity = ENTITIES.get(name)
    ledger.mark_deleted(work.connection, work.company_id, name, qbo_ids, work.at)
    drifting.gone(work, name, qbo_ids)
    if entity is None or entity.direction is Direction.PULL:
        return
    bound = bindings.of_objects(work.connection, work.company_id, name, qbo_ids)
    for qbo_id in qbo_ids:
        row = bound.get(qbo_id)
        inbox.drop(work.connection, work.company_id, name, qbo_id)
        if row is not None and row["ended_at"] is None and owners.receives(name, row["kind"]):
            _delete_one(work, POSTINGS[name, row["kind"]], row)


def _delete_one(work: Work, entity: Entity, row: RowMapping) -> None:
    record = locked(work.connection, entity, work.company_id, row["record_id"])
    bindings.end(work.connection, work.at, [row["id"]], by="quickbooks")
    work.received += 1
    if record is None:
        cancel_rows(work, entity, row["record_id"], "QuickBooks has deleted it too.")
        return
    base = Base.read(row["base"])
    try:
        edited = bool(entity.differences(work.overrides.put(entity, record, work.refs), base.ours))
    except RecordError:
        edited = True
    if work.too_old(entity, {}, row):
        return  # it stays here
    if edited or not scope.inward(work.settings) or not delete_record(work, entity, row["record_id"]):
        _deletion_conflict(work, entity, row, record)
        return
    cancel_rows(work, entity, row["record_id"], "QuickBooks has deleted it.")
    audit.write(
        work.connection,
        work.company_id,
        work.at,
        [
            audit.Line(
                "deleted",
                kind=entity.kind,
                record_id=row["record_id"],
                cycle_id=work.cycle_id,
                detail={"entity": entity.name, "qbo_id": row["qbo_id"], "why": "deleted in QuickBooks"},
            )
        ],
    )


def delete_record(work: Work, entity: Entity, record_id: int) -> bool:
    """Delete a record here; False where others refer to it."""
    try:
        with work.connection.begin_nested(), guarded(work.connection, work.company_id):
            writer.delete(work.connection, entity.kind, work.company_id, record_id)
    except RecordError:
        return False
    return True


def _deletion_conflict(work: Work, entity: Entity, row: RowMapping, record: reader.Record) -> None:
    label = str(reader.label(record, entity.kind))
    conflicts.record(
        work.connection,
        work.company_id,
        work.at,
        entity=entity.name,
        kind=entity.kind,
        record_id=row["record_id"],
        label=label,
        clashes=[Clash(WHOLE, None, label, None)],
    )


def cancel_rows(work: Work, entity: Entity, record_id: int, why: str, by: str = audit.ENGINE) -> None:
    """Take a record's waiting rows out of the queue."""
    there = outbox.open_of_records(work.connection, work.company_id, [(entity.name, entity.kind, record_id)])
    rows = [row for row in there if not row["unanswered"] and row["state"] != OutboxState.RUNNING]
    outbox.move(
        work.connection,
        work.at,
        [outbox.Move(row["id"], OutboxState.CANCELLED, why={"why": why}) for row in rows],
        actor=by,
        cycle_id=work.cycle_id,
    )
    errors.close(work.connection, [row["id"] for row in rows], work.at, "removed")
