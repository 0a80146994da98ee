"""One object: read, create, update, delete and void."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import faults, verbs, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.faults import Refusal
from syncengine.emulator.operations.memory import REQUESTID, Memory, digest
from syncengine.emulator.operations.operation import Asked, Operation, Outcome, Pattern, json_body


def read(books: Books, asked: Asked) -> Outcome:
    """One object, also an inactive one (610 for a deleted or unknown one)."""
    entity, id_ = asked.about, "1" if asked.about.singleton else asked.id
    row = books.row(entity.name, id_)
    if row is None or row.deleted:
        if row is None and not id_.isdecimal():
            raise faults.invalid_id(id_)
        raise faults.not_found(deleted=row is not None and entity.dated)
    return Outcome(f'{{"{entity.name}":{row.body},"time":"{asked.time}"}}', coreplus=1, rows=1)


def write(books: Books, asked: Asked) -> Outcome:
    """Create, update, delete or void one object; under a requestid that is remembered the first answer comes again."""
    entity, operation, requestid = asked.about, asked.operation.name, asked.requestid
    if len(requestid) > REQUESTID:
        raise faults.request_id_format(len(requestid), REQUESTID)
    memory = Memory(books)
    mark = digest(operation, entity.name, asked.request.body)
    known = memory.recall(requestid, "", mark) if requestid else None
    if known is not None:
        return Outcome(known[1], core=int(known[0] == 200), replayed=True, status=known[0])
    try:
        with books.state.savepoint():
            text = perform(books, entity, operation, json_body(asked.request.body))
            books.settle()
    except Refusal as refusal:
        if not requestid or not books.switches["requestid_replays_errors"]:
            raise
        books.forget()
        del books.written[:]
        answer = f'{{"Fault":{wire.dumps(refusal.fault())},"time":"{asked.time}"}}'
        memory.keep(requestid, "", mark, refusal.status, answer)
        return Outcome(answer, status=refusal.status)
    answer = f'{{"{entity.name}":{text},"time":"{asked.time}"}}'
    if requestid:
        memory.keep(requestid, "", mark, 200, answer)
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


def writing(name: str) -> Operation:
    """The write that a request's parameters ask for; one that does not exist is refused when it is carried out."""
    return WRITES.get(name) or Operation(name, write)


#: `write` is a create or an update, as the object has an Id or not.
WRITES = {name: Operation(name, write) for name in ("write", "create", "update", "delete", "void")}
READ = Operation("read", read, reads=True)
PATTERNS: tuple[Pattern, ...] = (("GET", "{entity}/{id}", READ), ("POST", "{entity}", WRITES["write"]))
