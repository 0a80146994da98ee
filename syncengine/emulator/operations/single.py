"""One object: read, create, update, delete and void."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import checks, faults, mail, verbs, wire, xmlread
from syncengine.emulator.books import Books, Row
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.http import Request
from syncengine.emulator.links import shared
from syncengine.emulator.operations.memory import answered_once
from syncengine.emulator.operations.operation import OBJECTS, Asked, Operation, Outcome, Pattern, in_xml, json_body


def read(books: Books, asked: Asked) -> Outcome:
    """One object, also an inactive one (610 for a deleted or unknown one)."""
    entity, id_ = asked.about, "1" if asked.about.singleton else asked.id
    body = shared(books, entity, entity.text(_row(books, entity, id_).body))
    return Outcome(f'{{"{entity.envelope}":{body},"time":"{asked.time}"}}', coreplus=1, rows=1)


def _row(books: Books, entity: Entity, id_: str) -> Row:
    row = books.row(entity.name, id_)
    if row is None or row.deleted:
        if row is None and not id_.isdecimal():
            raise faults.invalid_id(id_)
        raise faults.not_found(deleted=row is not None and entity.dated)
    return row


def existing(books: Books, entity: Entity, id_: str) -> dict[str, Any]:
    """A living object by its Id; not to be changed (610 and 2030 as for a read)."""
    _row(books, entity, id_)
    found = books.known(entity.name, id_)
    if found is None:
        raise faults.not_found()
    return found


def write(books: Books, asked: Asked) -> Outcome:
    """Create, update, delete or void one object; under a requestid that is remembered the first answer comes again."""
    entity, name = asked.about, asked.operation.name
    return answered_once(books, asked, entity.envelope, lambda: perform(books, entity, name, payload_of(asked.request, entity)))


def payload_of(request: Request, entity: Entity) -> Any:
    """The object that a request carries, in JSON or XML."""
    return xmlread.entity_object(request.body, entity) if in_xml(request) else json_body(request.body)


def perform(books: Books, entity: Entity, operation: str, payload: Any) -> str:
    """Carry out one write; returns the JSON text of the object as it then is."""
    if books.switches["subscription"] == "ended":
        raise faults.subscription_ended()
    if entity.opened is not None:
        payload = entity.opened(payload)
    if operation == "write":
        operation = "update" if isinstance(payload, dict) and payload.get("Id") else "create"
    checks.allowed(books, entity, payload, create=operation == "create")
    verb = _VERBS.get(operation)
    if verb is None:
        raise faults.operation_not_supported(operation)
    obj = verb(books, entity, payload)
    if operation == "delete":
        return wire.dumps(obj)
    text = books.texts.get((entity.name, obj["Id"])) or books.text(entity.name, obj)
    return shared(books, entity, entity.text(text))


def _send(books: Books, entity: Entity, payload: Any) -> dict[str, Any]:
    """What `operation: send` of a batch item asks for: the form goes to the address that it holds."""
    if entity.name not in mail.SENDABLE:
        raise faults.operation_not_supported("send")
    return mail.send(books, entity, verbs.current(books, entity, payload))


_VERBS = {"create": verbs.create, "update": verbs.update, "delete": verbs.delete, "void": verbs.void, "send": _send}


def writing(name: str) -> Operation:
    """The write that a request's parameters ask for; one that does not exist is refused when it is carried out."""
    return WRITES.get(name) or Operation(name, write, consumes=OBJECTS, envelope=True)


#: `write` is a create or an update, as the object has an Id or not.
WRITES = {name: Operation(name, write, consumes=OBJECTS, envelope=True) for name in ("write", "create", "update", "delete", "void")}
READ = Operation("read", read, reads=True, envelope=True)
PATTERNS: tuple[Pattern, ...] = (("GET", "{entity}/{id}", READ), ("POST", "{entity}", WRITES["write"]))
