"""One HTTP exchange: sent once, bounded as a whole, journaled whatever comes of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import TypeVar

import requests
import urllib3
from requests.auth import AuthBase

from syncengine.clock import Clock
from syncengine.errors import ConnectionRevoked, TransportLost
from syncengine.failpoints import failpoint
from syncengine.quickbooks.calls import Call, CallKind
from syncengine.quickbooks.hidden import Unpicklable
from syncengine.quickbooks.sessions import SessionPool

_log = logging.getLogger(__name__)
Result = TypeVar("Result")

#: Seconds for the TCP and TLS handshakes: nothing was sent yet, so giving up early costs nothing.
CONNECT_SECONDS = 10.0
#: A full page of 1,000 rows is 1.5-3 MB; what is twenty times that is no answer of QuickBooks, or a compressed trap.
BODY_MAX_BYTES = 64 * 1024 * 1024
#: Bytes read between two looks at the clock.
_PIECE_BYTES = 64 * 1024


#: What can stand in a header; a token with anything else in it would be quoted by whoever refuses to send it.
TOKEN = re.compile(r"[\x21-\x7e]+")


class TokenRefused(Exception):  # noqa: N818 -- an answer, handled inside the client
    """QuickBooks does not accept the access token; handled inside the client and never raised out of it."""


class Nobody(AuthBase):
    """Puts nothing on a request: for addresses that are a key by themselves, where neither token nor `.netrc` belongs."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Leave the request as it is."""
        request.headers.pop("Authorization", None)
        return request


class Bearer(AuthBase, Unpicklable):
    """Puts the access token on a request; an auth object, so that no `.netrc` and no redirect can put another there.

    Raises ConnectionRevoked for a token that no header can carry: what is stored is none.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        del token  # no traceback that shows local variables shall show this one
        if not TOKEN.fullmatch(self._token):
            raise ConnectionRevoked("What is stored as a sign-in is none. Connect the company to QuickBooks again.")

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Add the header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def __repr__(self) -> str:
        return "Bearer(hidden)"


@dataclass(frozen=True)
class Errand:
    """One request to be made, the same bytes however often it is sent.

    Attributes:
        kind, entity, requestid: for the journal, see `Call`.
        method, url: HTTP method and full address, query included.
        path: the address without host and query.
        body: bytes to send, None for a GET.
        headers: beside those that every request carries.
        weight: what it weighs in Intuit's meter if it succeeds; None is one for a read and nothing for a write.
        body_max: bytes that its answer may have; None is `BODY_MAX_BYTES`.
    """

    kind: CallKind
    method: str
    url: str = field(repr=False)
    path: str
    entity: str = ""
    requestid: str = ""
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    weight: int | None = None
    body_max: int | None = None


@dataclass(frozen=True)
class Reply:
    """An answer as it came: complete, decompressed, not yet understood."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def tid(self) -> str:
        """Intuit's number of the exchange, under whichever of its two spellings."""
        return self.headers.get("intuit_tid") or self.headers.get("intuit-tid") or ""

    @property
    def service_ms(self) -> int | None:
        """QuickBooks' own time, from `Service-Time: total=56, db=18`."""
        found = re.search(r"total=(\d{1,9})\b", self.headers.get("Service-Time") or "")
        return int(found[1]) if found else None

    @property
    def date(self) -> datetime | None:
        """The server's time when it answered, in whole seconds, from `Date`."""
        return http_date(self.headers.get("Date") or "")


def http_date(text: str) -> datetime | None:
    """The instant of an HTTP date, in UTC; None where it is none."""
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


class Transport(Unpicklable):
    """Sends errands and journals them.

    Args:
        make_session: gives a `requests.Session` that nobody else uses.
        clock: for deadlines and durations.
        on_call: told about every exchange, from the thread that made it.
    """

    def __init__(self, make_session: Callable[[], requests.Session], clock: Clock, on_call: Callable[[Call], None] | None) -> None:
        self._sessions = SessionPool(make_session)
        self._clock = clock
        self._on_call = on_call

    def close(self) -> None:
        """Close the connections."""
        self._sessions.close()

    def send(self, errand: Errand, auth: AuthBase | None, until: float, read: Callable[[Reply], Result]) -> Result:
        """Send `errand` once and hand its answer to `read`, whose value is returned.

        `until` is a moment of the clock's `monotonic`. Raises TransportLost where no whole answer came by then, and
        whatever `read` raises about the answer; both are journaled.
        """
        began = self._clock.monotonic()
        reply: Reply | None = None
        try:
            reply = self._exchange(errand, auth, until)
            result = read(reply)
        except Exception as problem:
            self._report(errand, reply, began, str(problem) or type(problem).__name__)
            raise
        self._report(errand, reply, began, "")
        return result

    def _exchange(self, errand: Errand, auth: AuthBase | None, until: float) -> Reply:
        left = until - self._clock.monotonic()
        if left <= 0:
            raise _lost("No time was left to ask QuickBooks.", unsent=True)
        if errand.kind.writes:
            failpoint("http.pre")
        trouble: TransportLost | None = None
        try:
            reply = self._answered(errand, auth, left, until)
        except (requests.RequestException, urllib3.exceptions.HTTPError, HTTPException, OSError, ValueError) as problem:
            # Only the kind of trouble is told: such exceptions carry the request, token and all, and so do their frames.
            trouble = _lost(f"No usable answer came from QuickBooks ({type(problem).__name__}).", unsent=_never_left(problem))
        if trouble is not None:
            # Raised out here, where it has no context either.
            raise trouble
        if errand.kind.writes:
            failpoint("http.post")
        return reply

    def _answered(self, errand: Errand, auth: AuthBase | None, left: float, until: float) -> Reply:
        with (
            self._sessions.session() as session,
            session.request(
                errand.method,
                errand.url,
                data=errand.body,
                headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "Tieout", **errand.headers},
                auth=auth,
                timeout=(min(CONNECT_SECONDS, left), left),
                allow_redirects=False,  # a redirected write would be sent twice; QuickBooks redirects nothing
                stream=True,
            ) as response,
        ):
            return Reply(response.status_code, response.headers, self._body(response, until, errand.body_max or BODY_MAX_BYTES))

    def _body(self, response: requests.Response, until: float, body_max: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        for piece in response.iter_content(_PIECE_BYTES):
            size += len(piece)
            if size > body_max:
                raise TransportLost("The answer from QuickBooks was far larger than any answer can be.")
            if self._clock.monotonic() > until:
                raise TransportLost("The answer from QuickBooks did not end in time.")
            pieces.append(piece)
        return b"".join(pieces)

    def _report(self, errand: Errand, reply: Reply | None, began: float, error: str) -> None:
        if self._on_call is None:
            return
        call = Call(
            kind=errand.kind,
            method=errand.method,
            path=errand.path,
            entity=errand.entity,
            metered=0 if error else int(errand.kind.metered) if errand.weight is None else errand.weight,
            requestid=errand.requestid,
            status=reply.status if reply else None,
            tid=reply.tid if reply else "",
            service_ms=reply.service_ms if reply else None,
            seconds=self._clock.monotonic() - began,
            error=error,
        )
        try:
            self._on_call(call)
        except Exception:  # noqa: BLE001 -- whatever goes wrong in a journal that was handed in
            # The answer of a write is worth more than a line in a journal: it must not be lost on the way home.
            _log.exception("A call could not be journaled")


def _lost(message: str, *, unsent: bool) -> TransportLost:
    """That no answer came; `unsent` where the request never left this machine, so that nothing can have been written."""
    lost = TransportLost(message)
    lost.wrote_nothing = True if unsent else None
    return lost


def _never_left(problem: Exception) -> bool:
    """Whether no connection came about at all (no such host, nobody listens, no answer to the handshake)."""
    if isinstance(problem, requests.ConnectTimeout):
        return True
    cause = getattr(problem.args[0] if problem.args else None, "reason", None)
    return isinstance(cause, urllib3.exceptions.NewConnectionError)
