"""Arriving: objects without a record here are linked to one that fits, or become new records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.engine import RowMapping

from syncengine.engine import arrivals, scope
from syncengine.engine.apply import linking
from syncengine.engine.apply._work import Work, check_lines
from syncengine.engine.reconcile import Base
from syncengine.engine.stirs import guarded
from syncengine.entities import Entity, Payload
from syncengine.errors import RecordError
from syncengine.inventory import reader, writer
from syncengine.store import audit, bindings, inbox

#: QuickBooks nests names five levels deep, so a parent that came after its child is found within so many rounds.
_LEVELS = 6


def new(work: Work, entity: Entity, payloads: Sequence[Payload]) -> None:
    """Take objects in that are bound to nothing, parents before their children."""
    left = linking.adopt(work, entity, payloads)
    if not scope.inward(work.settings):
        return  # what has no record here waits until QuickBooks' changes are wanted again: then everything is read anew
    for _ in range(_LEVELS):
        waiting = [payload for payload in left if _parent_is_coming(payload, left)]
        ready = [payload for payload in left if payload not in waiting] if waiting else left
        _insert(work, entity, ready)
        left = waiting
        if not left:
            return
    for payload in left:
        work.guard_one(entity, payload, lambda payload=payload: insert_one(work, entity, payload))


def _parent_is_coming(payload: Payload, others: Sequence[Payload]) -> bool:
    parent = (payload.get("ParentRef") or {}).get("value")
    return parent is not None and any(str(other["Id"]) == str(parent) for other in others)


def _insert(work: Work, entity: Entity, payloads: Sequence[Payload]) -> None:
    """Create inventory records in bulk; where one of them cannot be carried, one by one."""
    if not payloads:
        return
    _prefetch(work, entity, payloads)
    try:
        with work.connection.begin_nested():
            drafts = [_draft(work, entity, payload) for payload in payloads]
            with guarded(work.connection, work.company_id):
                saved = writer.save_many(work.connection, entity.kind, work.company_id, drafts)
            _bind(work, entity, list(zip([each.id for each in saved], payloads, strict=True)))
    except RecordError:
        for payload in payloads:
            work.guard_one(entity, payload, lambda payload=payload: insert_one(work, entity, payload))
        return
    for payload in payloads:
        inbox.drop(work.connection, work.company_id, entity.name, str(payload["Id"]))


def insert_one(work: Work, entity: Entity, payload: Payload) -> None:
    """Create one inventory record. Raises RecordError where it has no place here."""
    with guarded(work.connection, work.company_id):
        draft = _draft(work, entity, payload)
        record_id = writer.save(work.connection, entity.kind, work.company_id, draft.values, lines=draft.lines)
    _bind(work, entity, [(record_id, payload)])


def _draft(work: Work, entity: Entity, payload: Payload) -> writer.Draft:
    check_lines(entity, payload)
    flat = entity.get(payload)
    columns = entity.columns(flat, flat.keys(), work.refs)
    lines = entity.lines.inward(flat["Line"], [], {}, work.refs) if entity.lines else None
    return writer.Draft(columns, None, lines)


def _prefetch(work: Work, entity: Entity, payloads: Iterable[Payload]) -> None:
    wanted: dict[str, set[str]] = {}
    for payload in payloads:
        flat = entity.get(payload)
        for fields, values in ((entity.fields, [flat]), (entity.lines.fields if entity.lines else (), flat.get("Line") or [])):
            for each in fields:
                name = getattr(each, "refers_to", "")
                if name:
                    wanted.setdefault(name, set()).update(str(v[each.path]) for v in values if v.get(each.path) is not None)
    for name, ids in wanted.items():
        work.refs.prefetch_records(name, ids)


def _bind(work: Work, entity: Entity, pairs: Sequence[tuple[int, Payload]]) -> None:
    """Bind new records to their objects; the base is what each side says at this moment."""
    records = reader.load(work.connection, entity.kind, work.company_id, [record_id for record_id, _ in pairs])
    old = bindings.of_objects(work.connection, work.company_id, entity.name, [str(payload["Id"]) for _, payload in pairs])
    fresh, lines = [], []
    for record_id, payload in pairs:
        work.refs.learn(entity.name, entity.kind, record_id, str(payload["Id"]))
        base = Base(work.ours(entity, records[record_id]), entity.get(payload))
        row = {
            "entity": entity.name,
            "kind": entity.kind,
            "record_id": record_id,
            "qbo_id": str(payload["Id"]),
            "sync_token": str(payload.get("SyncToken", "0")),
            "base": base.stored(),
        }
        if row["qbo_id"] in old:
            _rebind(work, old[row["qbo_id"]], row)
        else:
            fresh.append(row)
        lines.append(
            audit.Line(
                "arrived",
                kind=entity.kind,
                record_id=record_id,
                cycle_id=work.cycle_id,
                detail={"entity": entity.name, "qbo_id": row["qbo_id"], "sync_token": row["sync_token"]},
            )
        )
    bindings.add(work.connection, work.company_id, work.at, fresh)
    audit.write(work.connection, work.company_id, work.at, lines)
    work.received += len(pairs)
    # What comes back after a deletion has made what it makes already.
    first = [(record_id, payload) for record_id, payload in pairs if str(payload["Id"]) not in old]
    arrivals.follow(work.connection, work.company_id, work.settings, work.at, entity, first, work.cycle_id)


def _rebind(work: Work, old: RowMapping, row: Mapping[str, Any]) -> None:
    bindings.rebind(work.connection, old["id"], row["record_id"])
    bindings.agree(work.connection, work.at, [{**row, "id": old["id"]}])
