"""Batch: up to 30 operations in one request, each on its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from syncengine.emulator import cdc, faults, wire, xmlread
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import BY_ENVELOPE, BY_PATH
from syncengine.emulator.faults import Refusal
from syncengine.emulator.http import Request
from syncengine.emulator.operations.memory import BATCH_REQUESTID, BID, Memory, digest
from syncengine.emulator.operations.operation import OBJECTS, Asked, Operation, Outcome, Pattern, in_xml, json_body
from syncengine.emulator.operations.reports import reported
from syncengine.emulator.operations.single import perform
from syncengine.emulator.select import select

#: What an item asks that only reads: (books, its value, how many objects may still go out) -> an outcome whose body is the
#: member of the item's answer, `"QueryResponse":{...}`.
Ask = Callable[[Books, Any, int], Outcome]
#: What stands in an item beside what it is about.
_AROUND = ("bId", "operation", "optionsData")


def batch(books: Books, asked: Asked) -> Outcome:
    """Up to 30 items, each on its own: one that is refused leaves the others alone."""
    requestid = asked.requestid
    if len(requestid) > BATCH_REQUESTID:
        raise faults.request_id_format(len(requestid), BATCH_REQUESTID)
    items = _items(books, _payload(asked.request), requestid)
    order = list(range(len(items)))
    if books.switches["batch_order"] == "shuffled":
        order.sort(key=lambda place: digest(str(books.company.seed), str(items[place].get("bId")), str(place).encode()))
    done: dict[int, Outcome] = {}
    for place in order:
        room = books.switches["batch_object_cap"] - sum(each.rows for each in done.values())
        done[place] = _item(books, items[place], asked, room)
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


def _payload(request: Request) -> Any:
    return xmlread.batch(request.body) if in_xml(request) else json_body(request.body)


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


def _item(books: Books, item: dict[str, Any], asked: Asked, room: int) -> Outcome:
    bid, requestid = str(item.get("bId", "")), asked.requestid
    try:
        with books.attempt():
            question = next((name for name in item if name in ASKS), None)
            if question is not None:
                return _answered(books, question, item[question], bid, room, used_up=asked.used_up)
            return _performed(books, item, requestid, bid)
    except Refusal as refusal:
        answer = f'{{"Fault":{wire.dumps(faults.worded(refusal, books.switches).item_fault())},"bId":{wire.dumps(bid)}}}'
        if requestid and bid and not ASKS.keys() & item.keys() and books.switches["requestid_replays_errors"]:
            Memory(books).keep(requestid, bid, _item_digest(item), 400, answer)
        return Outcome(answer)


def _answered(books: Books, question: str, value: Any, bid: str, room: int, *, used_up: bool) -> Outcome:
    """An item that only reads."""
    if used_up:
        message, detail = faults.THROTTLE
        raise Refusal("3001", message, detail, type_="SERVICE")
    books.settle()
    found = ASKS[question](books, value, max(0, room))
    return Outcome(f'{{{found.body},"bId":{wire.dumps(bid)}}}', coreplus=found.coreplus, rows=found.rows)


def _query(books: Books, value: Any, room: int) -> Outcome:
    if not isinstance(value, str):
        raise faults.wrong_type()
    page = select(books, value, room)
    return Outcome(f'"QueryResponse":{page.text()}', coreplus=1, rows=len(page.bodies))


def _changes(books: Books, value: Any, room: int) -> Outcome:
    """`{"Entities", "ChangedSince"}`, as the published schema has it."""
    if not isinstance(value, dict):
        raise faults.wrong_type()
    wish = {name.lower(): text for name, text in value.items()}
    text, rows = cdc.changes(books, _text(wish.get("entities")), _text(wish.get("changedsince")), room)
    return Outcome(f'"CDCResponse":{text}', coreplus=books.switches["cdc_weight"], rows=rows)


def _text(value: Any) -> str:
    return ",".join(str(each) for each in value) if isinstance(value, list) else str(value or "")


def _report(books: Books, value: Any, _room: int) -> Outcome:
    """The name of a report, with parameters behind it or without: `TrialBalance?date_macro=today`."""
    if not isinstance(value, str):
        raise faults.wrong_type()
    name, _, parameters = value.removeprefix("reports/").partition("?")
    found = reported(books, name, dict(parse_qsl(parameters)))
    return Outcome(f'"Report":{found}', coreplus=1, rows=1)


#: Name of an item's member -> what it asks.
ASKS: dict[str, Ask] = {"Query": _query, "CDCQuery": _changes, "ReportQuery": _report}


def _performed(books: Books, item: dict[str, Any], requestid: str, bid: str) -> Outcome:
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
        if name in _AROUND:
            continue
        entity = BY_PATH.get(name.lower()) or BY_ENVELOPE.get(name)
        if entity is None or name not in {entity.name, entity.envelope}:
            raise faults.unknown_property(name, "BatchItemRequest", (*_AROUND, *ASKS))
        return entity, payload
    raise faults.required("IntuitObject", "")


def _item_digest(item: dict[str, Any]) -> str:
    return digest("item", "", json.dumps(item, default=str).encode())


PATTERNS: tuple[Pattern, ...] = (("POST", "batch", Operation("batch", batch, quota="batch", consumes=OBJECTS, envelope=True)),)
