"""Drifting: what QuickBooks says of documents that are only ever sent is compared with what was sent, and never taken over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import RowMapping

from syncengine.engine import drift
from syncengine.engine.apply._work import Work, locked
from syncengine.engine.reconcile import Base
from syncengine.entities import EVERY, POSTINGS, Entity, Flat, Payload
from syncengine.errors import RecordError
from syncengine.inventory import reader
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import wire
from syncengine.store import bindings, drifts
from syncengine.terms import Direction

#: Names of QuickBooks' entities to which something is only sent.
_NAMES = frozenset(each.name for each in EVERY if each.direction is Direction.PUSH)


def seen(work: Work, name: str, payloads: Sequence[Payload]) -> None:
    """Compare live objects with what was sent; those that nothing was sent to are no business of this."""
    bound = _bound(work, name, [str(each["Id"]) for each in payloads if each.get("Id")])
    for payload in payloads:
        row = bound.get(str(payload.get("Id")))
        if row is not None:
            _one(work, POSTINGS[name, row["kind"]], payload, row)


def gone(work: Work, name: str, qbo_ids: Sequence[str]) -> None:
    """Objects that QuickBooks has deleted (verified): a drift each, where the record that was sent is still here (P9)."""
    for row in _bound(work, name, qbo_ids).values():
        if row["ended_at"] is not None:
            continue
        bindings.end(work.connection, work.at, [row["id"]], by="quickbooks")
        label = _label(work, row)
        if label is None:
            drifts.gone(work.connection, work.company_id, work.at, row)
            continue
        work.received += 1
        drifts.record(
            work.connection, work.company_id, work.at, row, label=label, what=drifts.DELETED, fields=drift.deletion(label),
        )  # fmt: skip


def _bound(work: Work, name: str, qbo_ids: Sequence[str]) -> dict[str, RowMapping]:
    if name not in _NAMES or not qbo_ids:
        return {}
    found = bindings.of_objects(work.connection, work.company_id, name, qbo_ids)
    return {key: row for key, row in found.items() if _pushed(name, row["kind"])}


def _pushed(name: str, kind: str) -> bool:
    entity = POSTINGS.get((name, kind))
    return entity is not None and entity.direction is Direction.PUSH


def _label(work: Work, row: RowMapping) -> str | None:
    """What the record is called; None where it is gone."""
    record = reader.load_headers(work.connection, row["kind"], work.company_id, [row["record_id"]]).get(row["record_id"])
    return None if record is None else str(reader.label(record, row["kind"]))


def _one(work: Work, entity: Entity, payload: Payload, row: RowMapping) -> None:
    token = str(payload.get("SyncToken", "0"))
    if _older(token, row["sync_token"]):
        return  # an old page, which says less than we know
    if row["ended_at"] is not None:
        if row["ended_by"] != "quickbooks":
            return  # we deleted it, or it was left to QuickBooks
        bindings.revive(work.connection, row["id"])  # it was called deleted and lives
    base, theirs = Base.read(row["base"]), entity.get(payload)
    if row["sync_token"] == bindings.FOUND:
        base = drift.filled_in(base, theirs)
    bindings.saw(work.connection, row["id"], token, base.stored())
    fields = drift.differences(entity, base, theirs)
    if not fields:
        drifts.gone(work.connection, work.company_id, work.at, row)
        return
    work.received += token != row["sync_token"]
    drifts.record(
        work.connection, work.company_id, work.at, row, label=_label(work, row) or entity.label(payload),
        what=drift.what(entity, base, payload), fields=fields,
    )  # fmt: skip


def _older(token: str, known: str) -> bool:
    try:
        return int(token) < int(known)
    except ValueError:
        return False


def together(work: Work, entity: Entity, row: RowMapping, ours: Flat, held: Payload) -> None:
    """An edit here has come to say what somebody changed in QuickBooks: both sides agree again."""
    _agree(work, row, Base(ours, entity.get(held)))
    drifts.gone(work.connection, work.company_id, work.at, row)


def accept(work: Work, entity: Entity, row: RowMapping) -> None:
    """Somebody let QuickBooks' document stand as it is: ours counts as agreed until it is edited again (D19, P9).

    Where nothing is there to agree with, because QuickBooks deleted the document or ours posts nothing any more, the pair is
    over and the record is out of the sync until it is edited.
    """
    ours = _ours(work, entity, row)
    copy = ledger.load(work.connection, work.company_id, row["entity"], [row["qbo_id"]]).get(row["qbo_id"])
    if row["ended_at"] is not None:
        bindings.end_again(work.connection, row["id"], "left")
    elif ours is None or copy is None:
        bindings.end(work.connection, work.at, [row["id"]], by="left")
    else:
        _agree(work, row, Base(ours, entity.get(wire.loads(copy["payload"]))))


def _agree(work: Work, row: RowMapping, base: Base) -> None:
    same = {name: row[name] for name in ("id", "qbo_id", "sync_token")}
    bindings.agree(work.connection, work.at, [{**same, "base": base.stored()}])


def _ours(work: Work, entity: Entity, row: RowMapping) -> Flat | None:
    """Our words at this moment; those last agreed on where they cannot be said, and None where there is nothing to say."""
    record = locked(work.connection, entity, work.company_id, row["record_id"])
    if record is None or not entity.wanted(record, work.refs):
        return None
    work.refs.missing.clear()
    try:
        ours = work.overrides.put(entity, record, work.refs)
    except RecordError:
        return Base.read(row["base"]).ours
    if entity.worthless(ours):
        return None
    return Base.read(row["base"]).ours if work.refs.missing else ours
