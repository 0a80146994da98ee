"""The verbs, written once over the catalogue: create, update, delete and void."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncengine.emulator import applying, bankfeed, checks, crediting, faults, linking, merging, renaming, wire
from syncengine.emulator.books import Books, Row
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.kinds import Visit
from syncengine.emulator.catalogue.registry import ENTITIES, SEQUENCES
from syncengine.emulator.postings import ledger, openings
from syncengine.emulator.rules import addresses, shown
from syncengine.emulator.rules.draft import Draft
from syncengine.emulator.rules.names import plain_name

#: Properties that belong to the envelope of an object and are never taken from what was sent.
_ENVELOPE = frozenset({"Id", "SyncToken", "MetaData", "domain", "sparse", "status"})
_SUFFIX = " (deleted)"


def create(books: Books, entity: Entity, payload: Any) -> dict[str, Any]:
    """Write a new object; returns it as it stands in the books.

    Raises:
        Refusal: QuickBooks would not take it; nothing was written then.
    """
    if not entity.creatable:
        raise faults.operation_not_supported("create")
    obj, visit = _checked(entity, payload)
    obj = {name: value for name, value in obj.items() if value is not None and name not in entity.read_only}
    _require(entity, obj)
    sent = frozenset(obj)
    _defaults(entity, obj)
    checks.references(books, visit.references)
    linking.keep_own_links(entity, obj, None)
    draft = Draft(books, entity.name, obj, None, sent)
    if entity.deactivatable and obj.get("Active") is False and entity.name_property and obj.get(entity.name_property):
        obj[entity.name_property] += _SUFFIX
    _prepare(draft, entity)
    applying.check(books, entity.name, obj, None)
    linking.in_home_currency(books, entity, obj)
    id_ = books.next_id(entity.sequence, SEQUENCES[entity.sequence], entity.first_id, entity.id_step)
    obj = {**obj, "domain": "QBO", "sparse": False, "Id": id_, "SyncToken": "0", "MetaData": {}}
    openings.begin(books, entity.name, None, obj)
    books.insert(entity.name, obj, checks.keys(entity, obj))
    _effects(books, entity, None, obj)
    if not entity.dated:
        return _settled(books, entity, obj)
    crediting.apply(books, entity.name, obj, lambda payment: create(books, ENTITIES["Payment"], payment))
    return books.known(entity.name, id_) or obj


def _settled(books: Books, entity: Entity, obj: dict[str, Any]) -> dict[str, Any]:
    """A member of a list as it is once what it begins with is in its balance."""
    if (entity.name, obj["Id"]) in books.pending:
        books.settle()
    return books.known(entity.name, obj["Id"]) or obj


def update(books: Books, entity: Entity, payload: Any) -> dict[str, Any]:
    """Change an object, wholly or (`"sparse": true`) only in what is sent; returns it as it then stands.

    Raises:
        Refusal: 610, 5010, or whatever else QuickBooks would not take.
    """
    if not entity.updatable:
        raise faults.operation_not_supported("update")
    obj, visit = _checked(entity, payload)
    old = _current(books, entity, obj)
    linking.not_deposited(old)
    sent = {name: value for name, value in obj.items() if name not in _ENVELOPE and name not in entity.read_only}
    for name in entity.fixed & sent.keys() & old.keys():
        del sent[name]
    checks.references(books, visit.references)
    new = _merged(old, sent) if obj.get("sparse") else _replaced(entity, old, sent)
    _require(entity, new)
    survivor = merging.namesake(books, entity, old, new)
    if survivor is not None:
        return merging.merge(books, entity, old, survivor)
    _mark_inactive(entity, new)
    linking.keep_own_links(entity, new, old)
    draft = Draft(books, entity.name, {**new, "Id": old["Id"]}, old, frozenset(sent), bool(obj.get("sparse")))
    _prepare(draft, entity)
    applying.check(books, entity.name, draft.obj, old)
    linking.in_home_currency(books, entity, draft.obj)
    return _save(books, entity, old, draft.obj)


def _save(books: Books, entity: Entity, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    new.pop("Id")
    own = {name: value for name, value in old.items() if name not in _ENVELOPE}
    # Lists: what changes nothing moves neither SyncToken nor LastUpdatedTime. Transactions move both (recorded for SalesReceipt).
    if not entity.dated and own == new:
        return old
    new = {**new, "domain": "QBO", "sparse": False, "Id": old["Id"], "SyncToken": old["SyncToken"], "MetaData": old["MetaData"]}
    openings.begin(books, entity.name, old, new)
    gone = entity.deactivatable and old.get("Active", True) and new.get("Active") is False
    linking.bump(books, entity, new, "deactivate" if gone else "update")
    _effects(books, entity, old, new)
    renaming.renamed(books, entity, old, new)
    return linking.settled_anew(books, entity, old, new) if entity.dated else _settled(books, entity, new)


def delete(books: Books, entity: Entity, payload: Any) -> dict[str, Any]:
    """Delete an object; returns the short form that QuickBooks answers with."""
    if not entity.deletable:
        raise faults.operation_not_supported("delete")
    old = _current(books, entity, _identity(payload), token_needed=entity.name != "Attachable")
    linking.not_deposited(old)
    bankfeed.not_matched(books, entity, old)
    checks.open_books(books, entity, old)
    if entity.buries is not None:
        entity.buries(books, old)
    books.bury(entity.name, old["Id"])
    linking.let_go(books, entity, old)
    _effects(books, entity, old, None)
    return entity.buried(old) if entity.buried else {"domain": "QBO", "status": "Deleted", "Id": old["Id"]}


def void(books: Books, entity: Entity, payload: Any) -> dict[str, Any]:
    """Void a transaction: amounts become 0, links are let go of; it stays an object and comes back as an update."""
    if not entity.voidable or entity.void is None:
        raise faults.operation_not_supported("void")
    old = _current(books, entity, _identity(payload))
    linking.not_deposited(old)
    checks.open_books(books, entity, old)
    new: dict[str, Any] = wire.clone(old)
    entity.void(new)
    if "LinkedTxn" in new:
        new["LinkedTxn"] = []
    linking.bump(books, entity, new, "void")
    linking.let_go(books, entity, old)
    _effects(books, entity, old, new)
    return new


def current(books: Books, entity: Entity, payload: Any) -> dict[str, Any]:
    """The object that a request names by Id and SyncToken, as it stands."""
    return _current(books, entity, _identity(payload))


def _checked(entity: Entity, payload: Any) -> tuple[dict[str, Any], Visit]:
    visit = Visit()
    return entity.record.check(payload, "", visit), visit


def _identity(payload: Any) -> dict[str, Any]:
    """Id and SyncToken alone: whatever else comes along on a delete or void is not looked at."""
    if not isinstance(payload, dict):
        raise faults.wrong_type()
    return {name: str(payload[name]) for name in ("Id", "SyncToken") if payload.get(name) is not None}


def _current(books: Books, entity: Entity, obj: dict[str, Any], *, token_needed: bool = True) -> dict[str, Any]:
    """The object that a write is about, as it stands (610, 2030, 2020, 5010)."""
    id_ = obj.get("Id")
    if id_ is None:
        raise faults.required("Id")
    row = books.row(entity.name, id_)
    if row is None and not id_.isdecimal():
        raise faults.invalid_id(id_)
    if row is None or row.deleted:
        raise faults.not_found(deleted=row is not None and entity.dated)
    _same_token(books, entity, row, obj.get("SyncToken"), token_needed=token_needed)
    current = books.known(entity.name, id_)
    if current is None:
        raise faults.not_found()
    return current


def _same_token(books: Books, entity: Entity, row: Row, token: str | None, *, token_needed: bool) -> None:
    if token is None:
        if token_needed:
            raise faults.required("SyncToken")
    elif token != str(row.token):
        raise faults.stale(entity=entity.name if books.switches["stale_text"] == "entity" else "")


def _require(entity: Entity, obj: Mapping[str, Any]) -> None:
    for name in entity.required:
        if obj.get(name) is None:
            raise faults.required(name)


def _defaults(entity: Entity, obj: dict[str, Any]) -> None:
    for name in _ENVELOPE:
        obj.pop(name, None)
    for name, value in entity.defaults.items():
        if obj.get(name) is None:
            obj[name] = dict(value) if isinstance(value, dict) else value


def _merged(old: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """A sparse update: what is not sent stays, what is sent as null or "" goes; Line is a whole replacement."""
    merged = {name: wire.clone(value) for name, value in old.items() if name not in _ENVELOPE}
    for name, value in sent.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value
    return merged


def _replaced(entity: Entity, old: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """A full update: what is not sent becomes empty or its default, but for what QuickBooks computes or keeps."""
    new = {name: value for name, value in sent.items() if value is not None}
    for name in (entity.read_only | entity.fixed) & old.keys():
        new[name] = wire.clone(old[name])
    _defaults(entity, new)
    return new


def _mark_inactive(entity: Entity, new: dict[str, Any]) -> None:
    """The name of an inactive row ends in ` (deleted)`; made active again it loses that."""
    if entity.deactivatable and entity.name_property and new.get(entity.name_property):
        name = plain_name(new[entity.name_property])
        new[entity.name_property] = name + _SUFFIX if new.get("Active") is False else name


def _prepare(draft: Draft, entity: Entity) -> None:
    if entity.prepare is not None:
        entity.prepare(draft)
    shown.complete(draft)
    addresses.number(draft.books, draft.obj, draft.old)
    checks.unique_name(draft, entity)
    checks.document_number(draft, entity)
    checks.open_books(draft.books, entity, draft.old, draft.obj)


def _effects(books: Books, entity: Entity, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
    """What the change moves elsewhere: linked transactions, balances of names and accounts."""
    if new is not None and old is None:
        ledger.post(books, entity.name, [new])
    elif old is not None:
        ledger.repost(books, entity.name, old["Id"], new)
    if old is not None and new is not None:
        ledger.follow(books, entity.name, old, new)
    linking.relink(books, entity, (new or old or {})["Id"], old, new)
