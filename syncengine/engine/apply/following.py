"""Following: what was merged in QuickBooks leads to the one that stays, here and in everything that refers to it.

QuickBooks can merge two members of a list: one goes for good, and whatever named it names the other. Here the pair follows. Where
only the one that goes has a record here, that record belongs to the one that stays. Where both have one, the record of the one that
goes is kept as an alias: it is made inactive, everything here that referred to it refers to the other record, and whatever names it
later is sent with the Id of the one that stays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import RowMapping

from syncengine.engine import renames
from syncengine.engine.apply import deleting, drifting
from syncengine.engine.apply._work import Work
from syncengine.engine.reconcile import Base
from syncengine.engine.stirs import guarded
from syncengine.entities import ENTITIES, POSTINGS, Entity, Flat
from syncengine.entities._entity import ACCOUNTS
from syncengine.entities._links import Reference
from syncengine.inventory import reader, writer
from syncengine.inventory.tables import KINDS
from syncengine.ledger import reader as ledger_reader
from syncengine.ledger import writer as ledger
from syncengine.quickbooks import wire
from syncengine.store import audit, bindings, conflicts, inbox


def merged(work: Work, name: str, loser: str, survivor: str) -> None:
    """`loser` was merged into `survivor`, both Ids of one list."""
    ledger.mark_deleted(work.connection, work.company_id, name, [loser], work.at)
    inbox.drop(work.connection, work.company_id, name, loser)
    if name == "Account":
        held = ledger_reader.load(work.connection, work.company_id, name, [loser, survivor])
        if loser in held and survivor in held:
            names = {held[loser]["name"]: held[survivor]["name"]}
            renames.follow(work.connection, work.company_id, names, work.at, work.cycle_id)
    bound = bindings.of_objects(work.connection, work.company_id, name, [loser, survivor])
    gone, stays = bound.get(loser), bound.get(survivor)
    if gone is not None and gone["ended_at"] is None:
        if stays is not None and stays["ended_at"] is None:
            _alias(work, ENTITIES[name], gone, stays)
        else:
            _rebind(work, gone, stays, survivor)
    _rewrite(work, name, loser, survivor)
    work.received += 1


def _rebind(work: Work, gone: RowMapping, old: RowMapping | None, survivor: str) -> None:
    """Only the one that goes has a record here: it belongs to the one that stays, which tells its own values next."""
    if old is not None:
        bindings.forget(work.connection, old["id"])
    bindings.follow(work.connection, gone["id"], survivor)
    inbox.drop(work.connection, work.company_id, gone["entity"], survivor)
    work.refs.learn(gone["entity"], gone["kind"], gone["record_id"], survivor)
    _told(work, gone["kind"], [gone["record_id"]], {"entity": gone["entity"], "from": gone["qbo_id"], "into": survivor})


def _alias(work: Work, entity: Entity, gone: RowMapping, stays: RowMapping) -> None:
    """Both have a record here: the one that goes becomes an alias of the other."""
    _repoint(work, entity.kind, gone["record_id"], stays["record_id"])
    with guarded(work.connection, work.company_id):
        if reader.load_headers(work.connection, entity.kind, work.company_id, [gone["record_id"]]):
            writer.save(work.connection, entity.kind, work.company_id, {"active": False}, record_id=gone["record_id"])
    bindings.end(work.connection, work.at, [gone["id"]], by=bindings.MERGED)
    bindings.lead(work.connection, gone, stays["qbo_id"])
    work.refs.learn(entity.name, entity.kind, gone["record_id"], stays["qbo_id"])
    deleting.cancel_rows(work, entity, gone["record_id"], "It was merged into another in QuickBooks.")
    conflicts.record(
        work.connection, work.company_id, work.at, entity=entity.name, kind=entity.kind, record_id=gone["record_id"], label="",
        clashes=(),
    )  # fmt: skip
    detail = {
        "entity": entity.name, "from": gone["qbo_id"], "into": stays["qbo_id"], "record": gone["record_id"],
        "into_record": stays["record_id"],
    }  # fmt: skip
    _told(work, entity.kind, [gone["record_id"], stays["record_id"]], detail)


def _told(work: Work, kind: str, record_ids: list[int], detail: dict[str, Any]) -> None:
    lines = [audit.Line("merged", kind=kind, record_id=each, cycle_id=work.cycle_id, detail=detail) for each in record_ids]
    audit.write(work.connection, work.company_id, work.at, lines)


def _repoint(work: Work, kind: str, gone: int, stays: int) -> None:
    """Everything here that refers to one record refers to the other; QuickBooks has done the same, so nothing is to be sent."""
    with guarded(work.connection, work.company_id):
        for known in KINDS.values():
            for column in (column for column, other in known.references.items() if other == kind):
                own = update(known.table).where(known.table.c.company_id == work.company_id, known.table.c[column] == gone)
                if known.name == kind:
                    own = own.where(known.table.c.id != stays)
                work.connection.execute(own.values({column: stays}))
            if known.lines is None:
                continue
            for column in (column for column, other in known.line_references.items() if other == kind):
                work.connection.execute(update(known.lines).where(known.lines.c[column] == gone).values({column: stays}))


def _rewrite(work: Work, name: str, loser: str, survivor: str) -> None:
    """What both sides agreed on names the one that stays, so that neither side seems to have changed it."""
    lines = []
    for row in bindings.naming(work.connection, work.company_id, loser):
        if row["ended_by"] == bindings.MERGED and row["entity"] == name and row["base"].get(bindings.INTO) == loser:
            bindings.lead(work.connection, row, survivor)
            continue
        entity = POSTINGS.get((row["entity"], row["kind"]))
        if entity is None:
            continue
        base = Base.read(row["base"])
        new = Base(renamed(entity, base.ours, name, loser, survivor), renamed(entity, base.theirs, name, loser, survivor))
        if new != base:
            bindings.saw(work.connection, row["id"], row["sync_token"], {**row["base"], **new.stored()})
            _again(work, row)
            about = {"entity": row["entity"], "list": name, "from": loser, "into": survivor}
            place = {"kind": row["kind"], "record_id": row["record_id"], "cycle_id": work.cycle_id}
            lines.append(audit.Line("followed a merge", **place, detail=about))
    audit.write(work.connection, work.company_id, work.at, lines)


def _again(work: Work, row: RowMapping) -> None:
    """A drift that named the one that goes is told anew, or goes away."""
    copy = ledger_reader.load(work.connection, work.company_id, row["entity"], [row["qbo_id"]]).get(row["qbo_id"])
    if copy is not None and not copy["deleted"]:
        drifting.seen(work, row["entity"], [wire.loads(copy["payload"])])


def renamed(entity: Entity, flat: Flat, name: str, loser: str, survivor: str) -> Flat:
    """A flat record in which references to one object of `name` lead to another. Pure."""
    swap = _swap(name, loser, survivor)
    new = dict(flat)
    for field in entity.fields:
        if field.path in new:
            new[field.path] = swap(field, new[field.path])
    if name == "Account" and new.get(ACCOUNTS):
        new[ACCOUNTS] = {place: survivor if qbo_id == loser else qbo_id for place, qbo_id in new[ACCOUNTS].items()}
    if entity.lines is not None and new.get("Line"):
        fields = {field.path: field for field in entity.lines.fields}
        new["Line"] = [
            {path: swap(fields[path], value) if path in fields else value for path, value in line.items()} for line in new["Line"]
        ]
    return new


def _swap(name: str, loser: str, survivor: str) -> Callable[[Any, Any], Any]:
    def swap(field: Any, value: Any) -> Any:
        if isinstance(field, Reference) and field.refers_to == name and value == loser:
            return survivor
        # A party is written with its type: see `_posted.Party`.
        return f"{name}/{survivor}" if value == f"{name}/{loser}" else value

    return swap
