"""Batch: up to 30 operations in one request, each on its own."""

from __future__ import annotations

import json
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import BY_ENVELOPE, BY_PATH
from syncengine.emulator.faults import Refusal
from syncengine.emulator.operations.memory import BATCH_REQUESTID, BID, Memory, digest
from syncengine.emulator.operations.operation import Asked, Operation, Outcome, Pattern, json_body
from syncengine.emulator.operations.single import perform
from syncengine.emulator.select import select


def batch(books: Books, asked: Asked) -> Outcome:
    """Up to 30 items, each on its own: one that is refused leaves the others alone."""
    requestid = asked.requestid
    if len(requestid) > BATCH_REQUESTID:
        raise faults.request_id_format(len(requestid), BATCH_REQUESTID)
    items = _items(books, json_body(asked.request.body), requestid)
    order = list(range(len(items)))
    if books.switches["batch_order"] == "shuffled":
        order.sort(key=lambda place: digest(str(books.company.seed), str(items[place].get("bId")), str(place).encode()))
    done: dict[int, Outcome] = {place: _item(books, items[place], requestid) for place in order}
    books.settle()
    if books.switches["batch_reply_order"] == "shuffled":
        done = {place: done[place] for place in sorted(done, key=lambda place: digest("reply", str(place), requestid.encode()))}
    else:
        done = {place: done[place] for place in sorted(done)}
    metered = sum(each.coreplus for each in done.values())
    if books.switches["batch_metered"] == "call":
        metered = min(metered, 1)
    return Outcome(
        f'{{"BatchItemResponse":[{",".join(each.body for each in done.values())}],"time":"{asked.time}"}}',
        coreplus=metered,
        core=sum(each.core for each in done.values()),
        rows=sum(each.rows for each in done.values()),
        writes=sum(each.writes for each in done.values()),
        replayed=any(each.replayed for each in done.values()),
        bids=tuple(str(item.get("bId", "")) for item in items),
    )


def _items(books: Books, payload: Any, requestid: str) -> list[dict[str, Any]]:
    items = payload.get("BatchItemRequest") if isinstance(payload, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise faults.required("BatchItemRequest")
    maximum = books.switches["batch_max_items"]
    if len(items) > maximum:
        raise faults.batch_too_large(maximum, len(items))
    for item in items:
        bid = str(item.get("bId", ""))
        if requestid and len(bid) > BID:
            raise faults.request_id_format(len(bid), BID)
    return items


def _item(books: Books, item: dict[str, Any], requestid: str) -> Outcome:
    bid = str(item.get("bId", ""))
    try:
        with books.attempt():
            return _performed(books, item, requestid, bid)
    except Refusal as refusal:
        answer = f'{{"Fault":{wire.dumps(refusal.item_fault())},"bId":{wire.dumps(bid)}}}'
        if requestid and bid and "Query" not in item and books.switches["requestid_replays_errors"]:
            Memory(books).keep(requestid, bid, _item_digest(item), 400, answer)
        return Outcome(answer)


def _performed(books: Books, item: dict[str, Any], requestid: str, bid: str) -> Outcome:
    if "Query" in item:
        books.settle()
        page = select(books, str(item["Query"]))
        return Outcome(f'{{"QueryResponse":{page.text()},"bId":{wire.dumps(bid)}}}', coreplus=1, rows=len(page.bodies))
    entity, payload = _subject(item)
    options = str(item.get("optionsData", "")).lower()
    operation = str(item.get("operation", "")).lower() or "write"
    if operation == "update" and "void" in options:
        operation = "void"
    memory = Memory(books)
    mark = _item_digest(item) if requestid and bid else ""
    known = memory.recall(requestid, bid, mark) if requestid and bid else None
    if known is not None:
        return Outcome(known[1], core=int(known[0] == 200), replayed=True)
    outer, books.include = books.include, books.include | frozenset(options.split(","))
    try:
        text = perform(books, entity, operation, payload)
    finally:
        books.include = outer
    answer = f'{{"{entity.envelope}":{text},"bId":{wire.dumps(bid)}}}'
    if requestid and bid:
        memory.keep(requestid, bid, mark, 200, answer)
    return Outcome(answer, core=1, writes=1)


def _subject(item: dict[str, Any]) -> tuple[Entity, Any]:
    """The entity that an item carries, and its object."""
    for name, payload in item.items():
        if name in {"bId", "operation", "optionsData"}:
            continue
        entity = BY_PATH.get(name.lower()) or BY_ENVELOPE.get(name)
        if entity is None or name not in {entity.name, entity.envelope}:
            raise faults.unknown_property(name, "BatchItemRequest", ("bId", "operation", "optionsData", "Query"))
        return entity, payload
    raise faults.required("IntuitObject", "")


def _item_digest(item: dict[str, Any]) -> str:
    return digest("item", "", json.dumps(item, default=str).encode())


PATTERNS: tuple[Pattern, ...] = (("POST", "batch", Operation("batch", batch, quota="batch")),)
