"""What goes over the wire and what comes back, as values: calls, answers, pages, batches, changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from syncengine.quickbooks.faults import Fault
from syncengine.quickbooks.outcomes import Effect, Outcome, outcome
from syncengine.quickbooks.wire import Payload, moment

#: Objects that a change data capture answer holds at most; what is beyond is cut without a word.
CDC_MAX = 1000


class CallKind(StrEnum):
    """What a call is, for quotas and metering."""

    #: One object, its PDF, company info or preferences; metered (CorePlus).
    READ = "read"
    #: A query; metered.
    QUERY = "query"
    #: Change data capture; metered once, however many entities it asks for.
    CDC = "cdc"
    #: A report; metered, and with a limit of its own.
    REPORT = "report"
    #: One create, update, delete, void, upload or e-mail; free (Core).
    WRITE = "write"
    #: Up to 30 writes and queries in one request; its writes are free.
    BATCH = "batch"
    #: Sign-in, refresh, revocation or user info, at another host: free and outside all quotas.
    TOKEN = "token"  # noqa: S105 -- a word, no secret
    #: The bytes of an attachment, from the store in which they lie: free and outside all quotas.
    FILE = "file"

    @property
    def metered(self) -> bool:
        """Whether Intuit charges for it as data out (CorePlus)."""
        return self in {CallKind.READ, CallKind.QUERY, CallKind.CDC, CallKind.REPORT}

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
        metered: its weight in Intuit's monthly ledger: 1 for a read that succeeded, 0 for a write or a failure; a batch
            weighs one for each query in it.
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


class Held:
    """What every object that QuickBooks holds can say of itself."""

    payload: Payload

    @property
    def id(self) -> str:
        """Its Id, opaque; "" for what has none (an exchange rate)."""
        return _text(self.payload.get("Id"))

    @property
    def sync_token(self) -> str:
        """The state that an update has to name; "" for what has none."""
        return _text(self.payload.get("SyncToken"))

    @property
    def created_at(self) -> datetime | None:
        """When it was made, in UTC, to the second; None where QuickBooks does not say."""
        return self._meta("CreateTime")

    @property
    def updated_at(self) -> datetime | None:
        """When it last changed, in UTC, to the second; None where QuickBooks does not say."""
        return self._meta("LastUpdatedTime")

    @property
    def active(self) -> bool:
        """Whether it can be used; what knows no such thing can."""
        return self.payload.get("Active") not in (False, "false")

    @property
    def deleted(self) -> bool:
        """Whether this is the stub of something that is gone."""
        return self.payload.get("status") == "Deleted"

    def _meta(self, name: str) -> datetime | None:
        meta = self.payload.get("MetaData")
        return moment(meta.get(name)) if isinstance(meta, dict) else None


@dataclass(frozen=True)
class Record(Held):
    """One object among others: a row of a page, or of a walk through a list.

    Attributes:
        entity: the name under which it came, "CreditCardPaymentTxn" for a CreditCardPayment.
        payload: the object itself.
    """

    entity: str
    payload: Payload = field(repr=False)


@dataclass(frozen=True)
class Answer(Held):
    """One object as QuickBooks holds it after the call; for a deletion the stub `{"Id", "status": "Deleted"}`.

    Attributes:
        payload: the object itself, without its envelopes; Id and SyncToken are text.
        time: the server's time at the start of the request, in UTC.
        tid: `intuit_tid`.
        service_ms: see `Call`.
        status: HTTP status.
        entity: the name under which it came: the innermost envelope, so "Invoice" for the template of a recurring invoice.
    """

    payload: Payload = field(repr=False)
    time: datetime
    tid: str
    service_ms: int | None
    status: int
    entity: str = ""


@dataclass(frozen=True)
class Page:
    """One page of a query.

    Attributes:
        objects: the objects in the order in which they came.
        start: position of the first object in the whole result, from 1; 0 for an empty page.
        count: how many objects are on this page.
        total: size of the whole result where QuickBooks says so (always for COUNT(*)), else None.
        time: the server's time at the start of the request, in UTC.
        entity: the name under which the objects came, "" for an empty page.
    """

    objects: list[Payload] = field(repr=False)
    start: int
    count: int
    total: int | None
    time: datetime
    entity: str = ""

    @property
    def records(self) -> list[Record]:
        """The objects with what they can say of themselves."""
        return [Record(self.entity, payload) for payload in self.objects]


@dataclass(frozen=True)
class Changes:
    """What change data capture told.

    Attributes:
        objects: per entity asked for, live objects, in the order of their last change.
        deleted: per entity asked for, the stubs of deleted objects.
        count: live objects and stubs together; at 1,000 the answer was cut and is no checkpoint.
        time: the server's time at the start of the request, in UTC: what the cursor is made from.
    """

    objects: dict[str, list[Payload]] = field(repr=False)
    deleted: dict[str, list[Payload]] = field(repr=False)
    count: int
    time: datetime

    @property
    def saturated(self) -> bool:
        """Whether more changed than an answer holds: deletions are cut first, and this is no checkpoint."""
        return self.count >= CDC_MAX


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
class BatchQuery:
    """One query inside a batch: metered like any other, and blind to what the batch writes.

    Attributes:
        bid: its name in the batch, as for a `BatchItem`.
        statement: what a single query would ask.
    """

    bid: str
    statement: str


@dataclass(frozen=True)
class BatchAnswer:
    """What became of each item of a batch.

    Attributes:
        answers: per bId of a write the answer, or the fault; a query's fault is here too.
        unknown: bIds about which the answer said nothing, or two different things: the outcome is unknown.
        time: the server's time at the start of the request, in UTC.
        tid, service_ms: see `Answer`.
        pages: per bId of a query its page.
    """

    answers: dict[str, Answer | Fault]
    unknown: tuple[str, ...]
    time: datetime
    tid: str
    service_ms: int | None
    pages: dict[str, Page] = field(default_factory=dict)

    def outcome(self, bid: str) -> Outcome:
        """What became of one item. An item that QuickBooks answers with a failure of its own is unknown, as a call would be.

        Raises KeyError for a bId that was not in the batch.
        """
        if bid in self.unknown:
            return Outcome(Effect.UNKNOWN)
        return outcome(self.pages[bid] if bid in self.pages else self.answers[bid])


@dataclass(frozen=True)
class Upload:
    """One file to be uploaded.

    Attributes:
        name: its name, at most 1,000 characters.
        content: its bytes.
        content_type: such as "application/pdf"; QuickBooks judges by it, and by the name's ending.
        attach_to: pairs of entity and Id to which it is attached, such as ("Invoice", "130").
        include_on_send: whether it goes along when the transaction is sent by e-mail.
        note: a remark that is kept with it.
        more: further properties of the Attachable, such as Category or Tag.
    """

    name: str
    content: bytes = field(repr=False)
    content_type: str
    attach_to: Sequence[tuple[str, str]] = ()
    include_on_send: bool = False
    note: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class UploadAnswer:
    """What became of each file of an upload.

    Attributes:
        files: per file, in the order of the call: the Attachable, the fault, or None where the answer says nothing of it.
        time, tid, service_ms: see `Answer`.
    """

    files: tuple[Answer | Fault | None, ...]
    time: datetime
    tid: str
    service_ms: int | None

    def outcome(self, number: int) -> Outcome:
        """What became of the file with this number, counted from 0."""
        found = self.files[number]
        return Outcome(Effect.UNKNOWN) if found is None else outcome(found)


@dataclass(frozen=True)
class Content:
    """The bytes of a PDF or of an attachment.

    Attributes:
        data: the bytes.
        content_type: what the server calls them, "" where it does not say.
        tid: `intuit_tid`, "" from a file store.
    """

    data: bytes = field(repr=False)
    content_type: str
    tid: str = ""


def _text(value: Any) -> str:
    return "" if value is None else str(value)
