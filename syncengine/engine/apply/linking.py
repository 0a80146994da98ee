"""Linking: what both sides have already becomes a pair instead of two."""

from __future__ import annotations

from collections.abc import Sequence

from syncengine.engine.apply import merging
from syncengine.engine.apply._work import Work
from syncengine.engine.reconcile import Base
from syncengine.entities import Entity, Payload, marker, total
from syncengine.errors import RecordError
from syncengine.inventory import reader
from syncengine.inventory.tables import KINDS
from syncengine.store import audit, bindings, outbox


def adopt(work: Work, entity: Entity, payloads: Sequence[Payload]) -> list[Payload]:
    """Link objects to unbound records of the same kind and name (or number, party, date and total). Returns the rest."""
    payloads = _ours_already(work, entity, payloads)
    column = entity.matched_by or KINDS[entity.kind].label
    names = {entity.label(payload): payload for payload in payloads}
    found = reader.find(work.connection, entity.kind, work.company_id, column, names, fold=not entity.document) if names else {}
    candidates = {name: ids for name, ids in found.items() if ids}
    if not candidates:
        return list(payloads)
    every = [record_id for ids in candidates.values() for record_id in ids]
    bound = bindings.of_records(work.connection, work.company_id, entity.name, entity.kind, every)
    records = reader.load(work.connection, entity.kind, work.company_id, every)
    left = []
    for payload in payloads:
        free = [
            i for i in candidates.get(entity.label(payload), []) if i not in bound and _same(work, entity, records[i], payload)
        ]
        if len(free) != 1 or not work.guard_one(entity, payload, lambda p=payload, i=free[0]: _link(work, entity, i, p)):
            left.append(payload)
        else:
            bound[free[0]] = bindings.of_records(work.connection, work.company_id, entity.name, entity.kind, free)[free[0]]
    return left


def _ours_already(work: Work, entity: Entity, payloads: Sequence[Payload]) -> list[Payload]:
    """Without those that carry the marker of a record of ours: their creation succeeded and only its answer was lost.

    While the attempt is open its repetition will bind the two; otherwise they are linked here.
    """
    if not entity.document:
        return list(payloads)
    waiting = {
        marker(work.company_id, entity.key, row["record_id"]): row
        for row in outbox.rows(work.connection, work.company_id)
        if (row["entity"], row["kind"]) == (entity.name, entity.kind)
    }
    left = []
    for payload in payloads:
        row = next((each for mark, each in waiting.items() if mark in str(payload.get("PrivateNote") or "")), None)
        if row is None or (
            not row["unanswered"]
            and not work.guard_one(entity, payload, lambda p=payload, i=row["record_id"]: _link(work, entity, i, p))
        ):
            left.append(payload)
    return left


def _same(work: Work, entity: Entity, record: reader.Record, payload: Payload) -> bool:
    try:
        ours, theirs = work.overrides.put(entity, record, work.refs), entity.get(payload)
    except RecordError:
        return False
    if not entity.document:
        # Names of customers, vendors and items are unique; those of classes and departments only under one parent.
        return entity.natural_key != "Name" or ours.get("ParentRef") == theirs.get("ParentRef")
    same_party = ours.get(entity.party) == theirs.get(entity.party)
    return same_party and ours["TxnDate"] == theirs["TxnDate"] and total(ours) == total(theirs)


def link(work: Work, entity: Entity, record_id: int, payload: Payload, *, why: str, base: Base | None = None) -> None:
    """Bind a record to an object that is known to be the same. Raises RecordError where the two cannot be merged.

    `base` is what both sides are known to have agreed on, such as what was sent of it; by default, nothing yet.
    """
    old = bindings.of_records(work.connection, work.company_id, entity.name, entity.kind, [record_id])
    for each in old.values():
        bindings.forget(work.connection, each["id"])
    _link(work, entity, record_id, payload, why, base)


def _link(
    work: Work,
    entity: Entity,
    record_id: int,
    payload: Payload,
    why: str = "same name, not linked before",
    base: Base | None = None,
) -> None:
    defaults = entity.defaults(work.refs)
    bindings.add(
        work.connection,
        work.company_id,
        work.at,
        [
            {
                "entity": entity.name,
                "kind": entity.kind,
                "record_id": record_id,
                "qbo_id": str(payload["Id"]),
                "sync_token": "-1",
                "base": (base or Base(defaults, dict(defaults))).stored(),
            }
        ],
    )
    work.refs.learn(entity.name, entity.kind, record_id, str(payload["Id"]))
    audit.write(
        work.connection,
        work.company_id,
        work.at,
        [
            audit.Line(
                "linked",
                kind=entity.kind,
                record_id=record_id,
                cycle_id=work.cycle_id,
                detail={"entity": entity.name, "qbo_id": str(payload["Id"]), "why": why},
            )
        ],
    )
    row = bindings.of_records(work.connection, work.company_id, entity.name, entity.kind, [record_id])[record_id]
    merging.merge(work, entity, payload, row)
