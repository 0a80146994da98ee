"""What an operation is: a name, what it does with a request, and what it counts as."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
        used_up: the app's reads of the month are used up; only a batch still gets this far, for its writes.
    """

    operation: Operation
    request: Request
    entity: Entity | None = None
    id: str = ""
    time: str = ""
    used_up: bool = False

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
        consumes: the media types that its body may have; empty where that is its own business.
        envelope: it answers with an envelope, in JSON or XML, to nobody who takes neither.
    """

    name: str
    act: Callable[[Books, Asked], Outcome]
    reads: bool = False
    quota: Literal["request", "batch", "report"] = "request"
    consumes: frozenset[str] = frozenset()
    envelope: bool = False

    def check_content_type(self, request: Request, switches: Mapping[str, Any]) -> None:
        """Refuse a body of a kind that the operation does not read (500 on HTTP 400); one that names no kind is taken."""
        named = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if self.consumes and named and named not in self.consumes and switches["content_types"] == "checked":
            raise faults.content_type()


#: (HTTP method, path behind the realm, operation). In the path `{entity}` is an entity's segment and `{id}` any one segment.
Pattern = tuple[str, str, Operation]


#: What objects may be written in.
OBJECTS = frozenset({"application/json", "text/json", "application/xml", "text/xml"})
#: Deeper than any object of QuickBooks, and far from where Python itself would give up.
_DEEPEST = 100


def in_xml(request: Request) -> bool:
    """Whether a request's body is XML: it says so, or says nothing and looks like it."""
    named = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return named.endswith("xml") or (not named and request.body[:64].lstrip().startswith(b"<"))


def json_body(body: bytes) -> Any:
    """The JSON of a request's body, behind a byte order mark or not (500 for bytes that are no UTF-8, 2010 for no JSON)."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise faults.bad_utf8() from None
    if _depth(text) > _DEEPEST:
        raise faults.unreadable()
    try:
        value = wire.loads(text)
    except ValueError:
        raise faults.unreadable() from None
    return _writable(value) if "\\ud" in text or "\\uD" in text else value


def _depth(text: str) -> int:
    """How deep brackets are nested at most, 0 where there are too few of them for that to matter."""
    if text.count("[") + text.count("{") <= _DEEPEST:
        return 0
    deepest = depth = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def _writable(value: Any) -> Any:
    """The value with half surrogate pairs, which no encoding can write, as question marks."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\ufffd", "?")
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if isinstance(value, dict):
        return {_writable(name): _writable(item) for name, item in value.items()}
    return value
