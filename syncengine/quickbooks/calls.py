"""What goes over the wire and what comes back, as values: calls, answers, pages, batches, changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from syncengine.quickbooks.faults import Fault
from syncengine.quickbooks.wire import Payload


class CallKind(StrEnum):
    """What a call is, for quotas and metering."""

    #: One object, company info or preferences; metered (CorePlus).
    READ = "read"
    #: A query; metered.
    QUERY = "query"
    #: Change data capture; metered once, however many entities it asks for.
    CDC = "cdc"
    #: One create, update, delete or void; free (Core).
    WRITE = "write"
    #: Up to 30 writes in one request; free.
    BATCH = "batch"
    #: Sign-in, refresh or revocation, at another host: free and outside all quotas.
    TOKEN = "token"  # noqa: S105 -- a word, no secret

    @property
    def metered(self) -> bool:
        """Whether Intuit charges for it as data out (CorePlus)."""
        return self in {CallKind.READ, CallKind.QUERY, CallKind.CDC}

    @property
    def writes(self) -> bool:
        """Whether it can change the company's books."""
        return self in {CallKind.WRITE, CallKind.BATCH}


@dataclass(frozen=True)
class Call:
    """One HTTP exchange as it happened, for the journal; it holds no token and no body.

    Attributes:
        kind: what it was for.
        method, path: HTTP method and path, without host and query.
        entity: QuickBooks' name of what it was about; several are joined by commas, "" where there is none.
        metered: its weight in Intuit's monthly ledger: 1 for a read that succeeded, else 0.
        requestid: a write's own id, "" for reads.
        status: HTTP status, None where no answer came.
        tid: `intuit_tid`, "" where none came.
        service_ms: the time that QuickBooks says it took (`Service-Time`), None where it does not say.
        seconds: the time from sending to the end of the answer, on our side.
        error: "" for a success, else what went wrong.
    """

    kind: CallKind
    method: str
    path: str
    entity: str
    metered: int
    requestid: str
    status: int | None
    tid: str
    service_ms: int | None
    seconds: float
    error: str


@dataclass(frozen=True)
class Answer:
    """One object as QuickBooks holds it after the call; for a deletion the stub `{"Id", "status": "Deleted"}`.

    Attributes:
        payload: the object itself, without its envelope.
        time: the server's time at the start of the request, in UTC.
        tid: `intuit_tid`.
        service_ms: see `Call`.
        status: HTTP status.
    """

    payload: Payload
    time: datetime
    tid: str
    service_ms: int | None
    status: int


@dataclass(frozen=True)
class Page:
    """One page of a query.

    Attributes:
        objects: the objects in the order in which they came.
        start: position of the first object in the whole result, from 1; 0 for an empty page.
        count: how many objects are on this page.
        total: size of the whole result where QuickBooks says so (always for COUNT(*)), else None.
        time: the server's time at the start of the request, in UTC.
    """

    objects: list[Payload]
    start: int
    count: int
    total: int | None
    time: datetime


@dataclass(frozen=True)
class Changes:
    """What change data capture told.

    Attributes:
        objects: per entity asked for, live objects, in the order of their last change.
        deleted: per entity asked for, the stubs of deleted objects.
        count: live objects and stubs together; at 1,000 the answer was cut and is no checkpoint.
        time: the server's time at the start of the request, in UTC: what the cursor is made from.
    """

    objects: dict[str, list[Payload]]
    deleted: dict[str, list[Payload]]
    count: int
    time: datetime


@dataclass(frozen=True)
class BatchItem:
    """One write inside a batch.

    Attributes:
        bid: its name in the batch, at most 10 characters; with the batch's requestid the key of its replay.
        operation: create, update or delete; a void is an update with the option `void`.
        entity: QuickBooks' name, such as "Invoice".
        payload: what a single call would send.
        options: `optionsData`, such as ("void",) or ("allowduplicatedocnum",).
    """

    bid: str
    operation: Literal["create", "update", "delete"]
    entity: str
    payload: Mapping[str, Any]
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class BatchAnswer:
    """What became of each item of a batch.

    Attributes:
        answers: per bId the answer or the fault.
        unknown: bIds about which the answer said nothing, or two different things: the outcome is unknown.
        time: the server's time at the start of the request, in UTC.
        tid, service_ms: see `Answer`.
    """

    answers: dict[str, Answer | Fault]
    unknown: tuple[str, ...]
    time: datetime
    tid: str
    service_ms: int | None
