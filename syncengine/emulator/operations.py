"""The operations of the API inside one company: read, write, query, batch and change data capture."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncengine.emulator import cdc, faults, verbs, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import BY_PATH
from syncengine.emulator.faults import Refusal
from syncengine.emulator.select import select

#: Lengths that Intuit allows (basic field definitions).
_REQUESTID, _BATCH_REQUESTID, _BID = 50, 36, 10


@dataclass(frozen=True)
class Route:
    """What a request asks for: an operation, on which entity, on which object."""

    operation: str
    entity: Entity | None = None
    id: str = ""

    @property
    def reads(self) -> bool:
        """Whether it is metered: data goes out."""
        return self.operation in {"read", "query", "cdc"}


def route(method: str, tail: str, query: Mapping[str, str]) -> Route | None:
    """What is asked by the part of the path behind the realm; None where there is no such thing."""
    name, _, rest = tail.strip("/").partition("/")
    if name == "query" and not rest and method in {"GET", "POST"}:
        return Route("query")
    if (method, name, rest) == ("POST", "batch", ""):
        return Route("batch")
    if (method, name, rest) == ("GET", "cdc", ""):
        return Route("cdc")
    entity = BY_PATH.get(name)
    if entity is None or "/" in rest:
        return None
    if method == "GET":
        singleton = entity.name in {"Preferences", "CompanyInfo"}
        return Route("read", entity, "1" if singleton else rest) if rest or singleton else None
    return Route(_write(query), entity) if method == "POST" and not rest else None


def _write(query: Mapping[str, str]) -> str:
    operation = query.get("operation", "").lower()
    if operation == "void" or "void" in query.get("include", "").lower().split(","):
        return "void"
    return operation or "write"


@dataclass
class Outcome:
    """What an operation answers with, and what it counts as.

    Attributes:
        body: the JSON text of the envelope.
        coreplus: metered reads.
        core: successful writes.
        rows: objects in the answer, for the latency model.
        writes: write items, for the latency model.
        replayed: it is a remembered answer.
        bids: the bIds of a batch.
        status: HTTP status of a remembered answer.
    """

    body: str
    coreplus: int = 0
    core: int = 0
    rows: int = 0
    writes: int = 0
    replayed: bool = False
    bids: tuple[str, ...] = ()
    status: int = 200


def json_body(body: bytes) -> Any:
    """The JSON of a request's body (500 for bytes that are no UTF-8, 2010 for text that is no JSON)."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise faults.bad_utf8() from None
    try:
        return wire.loads(text)
    except ValueError as error:
        raise faults.unreadable(str(error)) from None


def read(books: Books, entity: Entity, id_: str, time: str) -> Outcome:
    """One object, also an inactive one (610 for a deleted or unknown one)."""
    row = books.row(entity.name, id_)
    if row is None or row.deleted:
        if row is None and not id_.isdecimal():
            raise faults.invalid_id(id_)
        raise faults.not_found(deleted=row is not None and entity.dated)
    return Outcome(f'{{"{entity.name}":{row.body},"time":"{time}"}}', coreplus=1, rows=1)


def query(books: Books, statement: str, time: str) -> Outcome:
    """The answer to a statement of the query language."""
    page = select(books, statement)
    return Outcome(f'{{"QueryResponse":{page.text()},"time":"{time}"}}', coreplus=1, rows=len(page.bodies))


def change_data(books: Books, asked: Mapping[str, str], time: str) -> Outcome:
    """What changed since a moment."""
    text, rows = cdc.changes(books, asked.get("entities", ""), asked.get("changedSince", ""))
    return Outcome(f'{{"CDCResponse":{text},"time":"{time}"}}', coreplus=books.switches["cdc_weight"], rows=rows)


def write(books: Books, asked: Route, body: bytes, requestid: str, time: str) -> Outcome:
    """Create, update, delete or void one object; under a requestid that is remembered the first answer comes again."""
    if asked.entity is None:
        raise faults.operation_not_supported(asked.operation)
    if len(requestid) > _REQUESTID:
        raise faults.request_id_format(len(requestid), _REQUESTID)
    memory = Memory(books)
    digest = _digest(asked.operation, asked.entity.name, body)
    known = memory.recall(requestid, "", digest) if requestid else None
    if known is not None:
        return Outcome(known[1], core=int(known[0] == 200), replayed=True, status=known[0])
    try:
        with books.state.savepoint():
            text = perform(books, asked.entity, asked.operation, json_body(body))
            books.settle()
    except Refusal as refusal:
        if not requestid or not books.switches["requestid_replays_errors"]:
            raise
        books.forget()
        del books.written[:]
        answer = f'{{"Fault":{wire.dumps(refusal.fault())},"time":"{time}"}}'
        memory.keep(requestid, "", digest, refusal.status, answer)
        return Outcome(answer, status=refusal.status)
    answer = f'{{"{asked.entity.name}":{text},"time":"{time}"}}'
    if requestid:
        memory.keep(requestid, "", digest, 200, answer)
    return Outcome(answer, core=1, writes=1)


def perform(books: Books, entity: Entity, operation: str, payload: Any) -> str:
    """Carry out one write; returns the JSON text of the object as it then is."""
    if books.switches["subscription"] == "ended":
        raise faults.subscription_ended()
    if operation == "write":
        operation = "update" if isinstance(payload, dict) and payload.get("Id") else "create"
    verb = {"create": verbs.create, "update": verbs.update, "delete": verbs.delete, "void": verbs.void}.get(operation)
    if verb is None:
        raise faults.operation_not_supported(operation)
    obj = verb(books, entity, payload)
    if operation == "delete":
        return wire.dumps(obj)
    return books.texts.get((entity.name, obj["Id"])) or wire.dumps(obj)


def batch(books: Books, body: bytes, requestid: str, time: str) -> Outcome:
    """Up to 30 items, each on its own: one that is refused leaves the others alone."""
    if len(requestid) > _BATCH_REQUESTID:
        raise faults.request_id_format(len(requestid), _BATCH_REQUESTID)
    items = _items(books, json_body(body), requestid)
    order = list(range(len(items)))
    if books.switches["batch_order"] == "shuffled":
        order.sort(key=lambda place: _digest(str(books.company.seed), str(items[place].get("bId")), str(place).encode()))
    done: dict[int, Outcome] = {place: _item(books, items[place], requestid) for place in order}
    books.settle()
    if books.switches["batch_reply_order"] == "shuffled":
        done = {place: done[place] for place in sorted(done, key=lambda place: _digest("reply", str(place), requestid.encode()))}
    else:
        done = {place: done[place] for place in sorted(done)}
    metered = sum(each.coreplus for each in done.values())
    if books.switches["batch_metered"] == "call":
        metered = min(metered, 1)
    return Outcome(
        f'{{"BatchItemResponse":[{",".join(each.body for each in done.values())}],"time":"{time}"}}',
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
        if requestid and len(bid) > _BID:
            raise faults.request_id_format(len(bid), _BID)
    return items


def _item(books: Books, item: dict[str, Any], requestid: str) -> Outcome:
    bid = str(item.get("bId", ""))
    before = dict(books.pending), len(books.written)
    try:
        with books.state.savepoint():
            return _performed(books, item, requestid, bid)
    except Refusal as refusal:
        books.forget()
        books.pending.clear()
        books.pending.update(before[0])
        del books.written[before[1] :]
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
    digest = _item_digest(item) if requestid and bid else ""
    known = memory.recall(requestid, bid, digest) if requestid and bid else None
    if known is not None:
        return Outcome(known[1], core=int(known[0] == 200), replayed=True)
    outer, books.include = books.include, books.include | frozenset(options.split(","))
    try:
        text = perform(books, entity, operation, payload)
    finally:
        books.include = outer
    answer = f'{{"{entity.name}":{text},"bId":{wire.dumps(bid)}}}'
    if requestid and bid:
        memory.keep(requestid, bid, digest, 200, answer)
    return Outcome(answer, core=1, writes=1)


def _subject(item: dict[str, Any]) -> tuple[Entity, Any]:
    """The entity that an item carries, and its object."""
    for name, payload in item.items():
        if name in {"bId", "operation", "optionsData"}:
            continue
        entity = BY_PATH.get(name.lower())
        if entity is None or entity.name != name:
            raise faults.unknown_property(name, "BatchItemRequest", ("bId", "operation", "optionsData", "Query"))
        return entity, payload
    raise faults.required("IntuitObject", "")


def _item_digest(item: dict[str, Any]) -> str:
    return _digest("item", "", json.dumps(item, default=str).encode())


def _digest(first: str, second: str, body: bytes) -> str:
    return hashlib.blake2b(f"{first}\0{second}\0".encode() + body, digest_size=16).hexdigest()


class Memory:
    """What was answered to which requestid; how long it is kept is a switch."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def recall(self, requestid: str, bid: str, digest: str) -> tuple[int, str] | None:
        """Status and body of the first answer, None where none is remembered (600 by switch, if the content is another)."""
        books = self._books
        seconds = books.switches["requestid_memory_seconds"]
        if seconds == 0:
            return None
        row = books.state.execute(
            "SELECT at, digest, status, body FROM replay WHERE company = ? AND requestid = ? AND bid = ?",
            (books.company.key, requestid, bid),
        ).fetchone()
        if row is None or (seconds > 0 and row[0] + seconds <= books.now.timestamp()):
            return None
        if row[1] != digest and books.switches["requestid_other_body"] == "600":
            raise faults.duplicate_request_id()
        return row[2], row[3]

    def keep(self, requestid: str, bid: str, digest: str, status: int, body: str) -> None:
        """Remember an answer."""
        books = self._books
        books.state.execute(
            "INSERT OR REPLACE INTO replay (company, requestid, bid, at, digest, status, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (books.company.key, requestid, bid, books.now.timestamp(), digest, status, body),
        )
