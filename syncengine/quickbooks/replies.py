"""What an HTTP answer of the accounting API means: a document, or one of the errors that callers know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from syncengine.errors import AccessDenied, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import faults, wire
from syncengine.quickbooks.calls import Answer, BatchAnswer, BatchItem, Changes, Page
from syncengine.quickbooks.faults import Fault, FaultClass, FaultError
from syncengine.quickbooks.transport import Reply, http_date
from syncengine.quickbooks.wire import Payload

#: Intuit's own advice after a 429; it was never seen to send Retry-After.
THROTTLE_SECONDS = 60.0
#: A longer Retry-After is taken for a mistake: asking once an hour does no harm.
_THROTTLE_MAX_SECONDS = 3600.0


class TokenRefused(Exception):  # noqa: N818 -- an answer, handled inside the client
    """QuickBooks does not accept the access token; handled inside the client and never raised out of it."""


@dataclass(frozen=True)
class Document:
    """A successful answer.

    Attributes:
        body: the JSON object, envelope included.
        time: the envelope's time in UTC, else the `Date` header, else None.
        tid, service_ms, status: see `Answer`.
    """

    body: Payload = field(repr=False)
    time: datetime | None
    tid: str
    service_ms: int | None
    status: int


def understood(reply: Reply) -> Document:
    """The document in `reply`.

    Raises, by what the answer means: TransportLost (a success that cannot be read: the outcome is unknown), ServiceDown
    (5xx, 10000: unknown), Throttled, AccessDenied, TokenRefused, or FaultError (refused: nothing was written).
    """
    if not 200 <= reply.status < 300:
        if reply.status < 400:
            raise TransportLost(f"QuickBooks answered {reply.status}, which is no answer to anything it was asked.")
        raise_fault(faults.parse(reply.status, reply.body, tid=reply.tid), reply.headers)
    try:
        body = wire.loads(reply.body)
    except ValueError:
        body = None
    # A success status proves nothing: faults were seen under 200, in JSON and, from the gateway, in XML.
    fault = faults.hidden(reply.status, reply.body, tid=reply.tid) if body is None else _fault_in(body, reply)
    if fault is not None:
        raise_fault(fault, reply.headers)
    if not isinstance(body, dict) or not body:
        raise TransportLost(f"QuickBooks answered {reply.status} with a body that cannot be read.")
    return Document(body, wire.moment(body.get("time")) or reply.date, reply.tid, reply.service_ms, reply.status)


def raise_fault(fault: Fault, headers: Mapping[str, str]) -> NoReturn:
    """Raise what `fault` means to a caller; FaultError for everything that concerns this one request."""
    meaning = faults.classify(fault)
    support = f" (intuit_tid {fault.tid})" if fault.tid else ""
    if meaning is FaultClass.THROTTLE:
        raise Throttled(f"QuickBooks asks for a pause: {fault}{support}", _pause(headers))
    if meaning is FaultClass.TOKEN:
        raise TokenRefused(str(fault))
    if meaning is FaultClass.ACCESS:
        raise AccessDenied(f"QuickBooks refuses this connection: {fault}{support}")
    if meaning is FaultClass.TRANSIENT:
        raise ServiceDown(f"QuickBooks is out of order: {fault}{support}")
    raise FaultError(fault)


def answer(document: Document, entity: str, now: datetime, *, written: bool) -> Answer:
    """The one object in `document`; `now` stands in for a missing time.

    Raises TransportLost where there is none, or, after a write, one without an Id.
    """
    payload = _object(document.body, entity)
    if payload is None or (written and not _has_id(payload)):
        raise TransportLost(f"QuickBooks' answer holds no {entity}.")
    return Answer(payload, document.time or now, document.tid, document.service_ms, document.status)


def page(document: Document, now: datetime) -> Page:
    """The rows of a query's answer."""
    response = document.body.get("QueryResponse")
    if not isinstance(response, dict):
        raise TransportLost("QuickBooks' answer holds no QueryResponse.")
    rows = next((value for value in response.values() if isinstance(value, list)), [])
    start = response.get("startPosition")
    total = response.get("totalCount")
    return Page(
        objects=[row for row in rows if isinstance(row, dict)],
        start=start if rows and isinstance(start, int) else 0,
        count=len(rows),
        total=total if isinstance(total, int) else None,
        time=document.time or now,
    )


def changes(document: Document, entities: Sequence[str]) -> Changes:
    """The changes in a CDC answer, matched by name, since their order is not promised.

    Raises TransportLost where the server's time is missing: no cursor can be made without it.
    """
    if document.time is None:
        raise TransportLost("QuickBooks' answer does not say when it was made.")
    asked = {entity.lower(): entity for entity in entities}
    live: dict[str, list[Payload]] = {entity: [] for entity in entities}
    deleted: dict[str, list[Payload]] = {entity: [] for entity in entities}
    for response in _responses(document):
        for name, rows in response.items():
            if not isinstance(rows, list):
                continue
            entity = asked.get(name.lower(), name)
            for row in rows:
                side = deleted if row.get("status") == "Deleted" else live
                side.setdefault(entity, []).append(row)
    found = sum(len(rows) for side in (live, deleted) for rows in side.values())
    return Changes(live, deleted, found, document.time)


def batch(document: Document, items: Sequence[BatchItem], now: datetime) -> BatchAnswer:
    """What became of each of `items`; the answers are matched by bId alone."""
    rows = document.body.get("BatchItemResponse")
    if not isinstance(rows, list):
        raise TransportLost("QuickBooks' answer holds no BatchItemResponse.")
    time = document.time or now
    said: dict[str, list[Payload]] = {item.bid: [] for item in items}
    for row in rows:
        if isinstance(row, dict) and row.get("bId") in said and row not in said[row["bId"]]:
            said[row["bId"]].append(row)
    answers: dict[str, Answer | Fault] = {}
    for item in items:
        # One bId with two different answers is as good as none: nobody can tell which of them is true.
        outcome = _outcome(said[item.bid][0], item, document, time) if len(said[item.bid]) == 1 else None
        if outcome is not None:
            answers[item.bid] = outcome
    unknown = tuple(item.bid for item in items if item.bid not in answers)
    return BatchAnswer(answers, unknown, time, document.tid, document.service_ms)


def _outcome(row: Payload, item: BatchItem, document: Document, time: datetime) -> Answer | Fault | None:
    fault = faults.from_document(row, status=document.status, tid=document.tid, raw=str(row.get("Fault") or ""))
    if fault is not None:
        return fault
    payload = _object({name: value for name, value in row.items() if name != "bId"}, item.entity)
    if payload is None or not _has_id(payload):
        return None
    return Answer(payload, time, document.tid, document.service_ms, document.status)


def _fault_in(body: Any, reply: Reply) -> Fault | None:
    return faults.from_document(body, status=reply.status, tid=reply.tid, raw=reply.body[:4000].decode(errors="replace"))


def _object(body: Mapping[str, Any], entity: str) -> Payload | None:
    found = body.get(entity)
    if isinstance(found, dict):
        return found
    # The envelope is not always the entity's name: a CreditCardPayment comes as CreditCardPaymentTxn.
    others = [value for value in body.values() if isinstance(value, dict)]
    return others[0] if len(others) == 1 else None


def _has_id(payload: Payload) -> bool:
    return isinstance(payload.get("Id"), str) and payload["Id"] != ""


def _responses(document: Document) -> list[Payload]:
    """The elements of a CDC answer; a fault in place of one entity's rows is raised as a fault of the whole."""
    outer = document.body.get("CDCResponse")
    if not isinstance(outer, list):
        raise TransportLost("QuickBooks' answer holds no CDCResponse.")
    found: list[Payload] = []
    for part in outer:
        _refuse_fault(part, document)
        responses = part.get("QueryResponse") if isinstance(part, dict) else None
        for response in responses if isinstance(responses, list) else []:
            _refuse_fault(response, document)
            found.append(response)
    return found


def _refuse_fault(part: Any, document: Document) -> None:
    fault = faults.from_document(part, status=document.status, tid=document.tid)
    if fault is not None:
        raise_fault(fault, {})


def _pause(headers: Mapping[str, str]) -> float:
    """Seconds to wait after a refusal for haste: a minute, or as long as Retry-After says if that is longer."""
    wish = (headers.get("Retry-After") or "").strip()
    until, now = http_date(wish), http_date(headers.get("Date") or "")
    if wish.isascii() and wish.isdigit():
        seconds = float(wish)
    elif until and now:
        seconds = (until - now).total_seconds()
    else:
        seconds = 0.0
    return min(max(THROTTLE_SECONDS, seconds), _THROTTLE_MAX_SECONDS)
