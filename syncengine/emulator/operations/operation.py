"""What an operation is: a name, what it does with a request, and what it counts as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.http import Request


@dataclass(frozen=True)
class Asked:
    """One request, as the operations see it.

    Attributes:
        operation: the operation it asks for; the journal and the faults know it by its name.
        request: the HTTP request.
        entity: the entity that the path names, None where it names none.
        id: what the path says in the place of an id: an object's Id, the name of a report.
        time: the envelope's time, in the company's zone.
    """

    operation: Operation
    request: Request
    entity: Entity | None = None
    id: str = ""
    time: str = ""

    @property
    def requestid(self) -> str:
        """The `requestid` parameter, "" without one."""
        return self.request.query.get("requestid", "")

    @property
    def about(self) -> Entity:
        """The entity, for operations whose path names one."""
        if self.entity is None:
            raise faults.operation_not_supported(self.operation.name)
        return self.entity


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
        content: the bytes of an answer that is no JSON (a PDF, a file), None for one that is.
        media_type: the Content-Type of `content`.
    """

    body: str = ""
    coreplus: int = 0
    core: int = 0
    rows: int = 0
    writes: int = 0
    replayed: bool = False
    bids: tuple[str, ...] = ()
    status: int = 200
    content: bytes | None = None
    media_type: str = ""


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        name: what the journal and the faults call it.
        act: carries it out in the company's books.
        reads: whether it only reads: data goes out, the call is metered, nothing is written.
        quota: the limit that it counts into beside the one for all requests.
    """

    name: str
    act: Callable[[Books, Asked], Outcome]
    reads: bool = False
    quota: Literal["request", "batch"] = "request"


#: (HTTP method, path behind the realm, operation). In the path `{entity}` is an entity's segment and `{id}` any one segment.
Pattern = tuple[str, str, Operation]


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
