"""Merging: an object that is bound meets its record, field by field."""

from __future__ import annotations

from sqlalchemy.engine import RowMapping

from syncengine.engine import drift, scope
from syncengine.engine.apply._work import Work, check_lines, locked
from syncengine.engine.reconcile import Base, Decision, decide, left_there, line_ids
from syncengine.engine.stirs import guarded
from syncengine.entities import Entity, Flat, Payload
from syncengine.errors import RecordError
from syncengine.inventory import reader, writer
from syncengine.store import audit, bindings, conflicts
from syncengine.store.drifts import VOIDED


def merge(work: Work, entity: Entity, payload: Payload, row: RowMapping) -> None:
    """Three-way: their changes come in, ours stay to be sent, fields that both changed become conflicts."""
    record = locked(work.connection, entity, work.company_id, row["record_id"])
    if record is None:
        _against_our_deletion(work, payload, row)
        return
    theirs = entity.get(payload)
    base = Base.read(row["base"])
    try:
        ours = work.overrides.put(entity, record, work.refs)
    except RecordError:
        ours = dict(base.ours)  # what cannot be sent is no change of ours; the plan will name it
    check_lines(entity, payload)
    chosen = conflicts.chosen(
        work.connection, work.company_id, entity.name, entity.kind, row["record_id"], row["last_success_at"]
    )
    choices = {path: each["resolution"] for path, each in chosen.items()}
    decision = decide(entity, base, ours, theirs, policy=work.settings["conflict_policy"], chosen=choices)
    if not scope.inward(work.settings):
        decision = left_there(decision, base)
    take(work, entity, row["record_id"], record, theirs, decision, base)
    if decision.take and drift.what(entity, base, payload) == VOIDED:
        detail = {"entity": entity.name, "qbo_id": row["qbo_id"], "why": "voided in QuickBooks"}
        line = audit.Line("voided", kind=entity.kind, record_id=row["record_id"], cycle_id=work.cycle_id, detail=detail)
        audit.write(work.connection, work.company_id, work.at, [line])
    agree(work, entity, payload, row, decision)
    conflicts.record(
        work.connection,
        work.company_id,
        work.at,
        entity=entity.name,
        kind=entity.kind,
        record_id=row["record_id"],
        label=entity.label(payload),
        clashes=decision.clashes,
    )


def take(work: Work, entity: Entity, record_id: int, record: reader.Record, theirs: Flat, decision: Decision, base: Base) -> None:
    """Write QuickBooks' values into the record, where the decision takes them."""
    if not decision.take:
        return
    columns = entity.columns(theirs, decision.take, work.refs)
    lines = None
    if entity.lines is not None and "Line" in decision.take:
        ids = {qbo: line for line, qbo in line_ids(base)}
        there = work.overrides.restored(entity, record, work.refs, theirs["Line"], ids)
        lines = entity.lines.inward(there, record.get("lines") or [], ids, work.refs)
    with guarded(work.connection, work.company_id):
        writer.save(work.connection, entity.kind, work.company_id, columns, record_id=record_id, lines=lines)
    work.received += 1
    audit.write(
        work.connection,
        work.company_id,
        work.at,
        [
            audit.Line(
                "received",
                kind=entity.kind,
                record_id=record_id,
                cycle_id=work.cycle_id,
                detail={
                    "entity": entity.name,
                    "fields": sorted(decision.take),
                    "conflicts": [clash.field for clash in decision.clashes],
                },
            )
        ],
    )


def agree(work: Work, entity: Entity, payload: Payload, row: RowMapping, decision: Decision) -> None:
    """Write down what both sides agree on now."""
    base = decision.base
    if decision.take:
        record = reader.load(work.connection, entity.kind, work.company_id, [row["record_id"]])[row["record_id"]]
        now = work.ours(entity, record)
        base = Base({**base.ours, **{path: now[path] for path in decision.take if path in now}}, base.theirs)
    bindings.agree(
        work.connection,
        work.at,
        [{"id": row["id"], "qbo_id": row["qbo_id"], "sync_token": str(payload.get("SyncToken", "0")), "base": base.stored()}],
    )


def _against_our_deletion(work: Work, payload: Payload, row: RowMapping) -> None:
    """We deleted what they edited. The base keeps its words, so that the plan sees their edit and asks a person."""
    bindings.agree(
        work.connection,
        work.at,
        [{"id": row["id"], "qbo_id": row["qbo_id"], "sync_token": str(payload.get("SyncToken", "0")), "base": row["base"]}],
    )


def choice(work: Work, entity: Entity, payload: Payload, row: RowMapping, decision: Decision) -> Flat:
    """Carry out what a person or the policy chose, for the fields that become theirs. Returns our words afterwards.

    Raises RecordError where their value has no place here.
    """
    record = locked(work.connection, entity, work.company_id, row["record_id"])
    if record is None:
        raise RecordError(entity.name, "", "The record was deleted here a moment ago.", "Sync once more.")
    if "Line" in decision.take:
        check_lines(entity, payload)
    take(work, entity, row["record_id"], record, entity.get(payload), decision, Base.read(row["base"]))
    agree(work, entity, payload, row, decision)
    after = reader.load(work.connection, entity.kind, work.company_id, [row["record_id"]])[row["record_id"]]
    return work.overrides.put(entity, after, work.refs)
