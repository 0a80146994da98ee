"""What an HTTP answer of the accounting API means: a document, or one of the errors that callers know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from syncengine.errors import AccessDenied, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import faults, wire
from syncengine.quickbooks.calls import Content
from syncengine.quickbooks.faults import Fault, FaultClass, FaultError
from syncengine.quickbooks.hidden import Hidden
from syncengine.quickbooks.transport import Reply, TokenRefused, http_date
from syncengine.quickbooks.wire import Payload

#: What an answer must not be quoted with, where there is no such thing.
_NOTHING = Hidden(())
#: Intuit's own advice after a 429; it was never seen to send Retry-After.
THROTTLE_SECONDS = 60.0
#: A longer Retry-After is taken for a mistake: asking once an hour does no harm.
_THROTTLE_MAX_SECONDS = 3600.0


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


def understood(reply: Reply, *, hide: Hidden = _NOTHING) -> Document:
    """The document in `reply`; no error shows what `hide` holds, should the answer quote it.

    Raises, by what the answer means: TransportLost (a success that cannot be read: the outcome is unknown), ServiceDown
    (5xx, 10000: unknown), Throttled, AccessDenied, TokenRefused, or FaultError (refused: nothing was written).
    """
    refuse_failure(reply, hide)
    body = _parsed(reply)
    # A success status proves nothing: faults were seen under 200, in JSON and, from the gateway, in XML.
    found = Hidden(faults.hidden(reply.status, reply.body, tid=reply.tid) if body.value is None else _fault_in(body.value, reply))
    if found.value is not None:
        raise_fault(faults.without(found.value, hide.value), reply.headers)
    if not isinstance(body.value, dict) or not body.value:
        raise TransportLost(f"QuickBooks answered {reply.status} with a body that cannot be read.")
    return _document(body.value, reply)


def _parsed(reply: Reply) -> Hidden:
    """The JSON in an answer, None where it holds none."""
    try:
        return Hidden(wire.loads(reply.body))
    except ValueError:
        return Hidden(None)


def _document(body: Payload, reply: Reply) -> Document:
    return Document(body, wire.moment(body.get("time")) or reply.date, reply.tid, reply.service_ms, reply.status)


def refuse_failure(reply: Reply, hide: Hidden) -> None:
    """Raise what an answer without a success status means."""
    if 200 <= reply.status < 300:
        return
    if reply.status < 400:
        raise TransportLost(f"QuickBooks answered {reply.status}, which is no answer to anything it was asked.")
    raise_fault(faults.without(faults.parse(reply.status, reply.body, tid=reply.tid), hide.value), reply.headers)


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


def pdf(reply: Reply, hide: Hidden = _NOTHING) -> Content:
    """The PDF in `reply`. Raises as `understood` does, TransportLost for a success that is no PDF."""
    refuse_failure(reply, hide)
    if not reply.body.startswith(b"%PDF-"):
        found = Hidden(faults.hidden(reply.status, reply.body, tid=reply.tid))
        if found.value is not None:
            raise_fault(faults.without(found.value, hide.value), reply.headers)
        raise TransportLost(f"QuickBooks answered {reply.status} with something that is no PDF.")
    return Content(reply.body, reply.headers.get("Content-Type") or "", reply.tid)


def _fault_in(body: Any, reply: Reply) -> Fault | None:
    return faults.from_document(body, status=reply.status, tid=reply.tid, raw=reply.body[:4000].decode(errors="replace"))


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
