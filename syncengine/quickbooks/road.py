"""The one road that every operation takes: quota, token, one exchange, and what its trouble means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import count
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar
from urllib.parse import quote, urlencode

import requests

from syncengine.chance import Chance
from syncengine.clock import Clock
from syncengine.errors import ConnectionRevoked, ServiceDown, SyncEngineError, Throttled, TransportLost
from syncengine.quickbooks import answers, replies
from syncengine.quickbooks.calls import Answer, Call, CallKind
from syncengine.quickbooks.endpoints import Endpoints
from syncengine.quickbooks.hidden import Hidden, Unpicklable
from syncengine.quickbooks.oauth import App, OAuth
from syncengine.quickbooks.quota import QuotaLog
from syncengine.quickbooks.replies import Document
from syncengine.quickbooks.tokens import Keeper, Tokens, TokenStore
from syncengine.quickbooks.transport import Bearer, Errand, Reply, TokenRefused, Transport

Result = TypeVar("Result")

#: The floor and the default since August 2025; said aloud so that a later default changes nothing here.
MINOR_VERSION = "75"
#: Intuit cuts a request after 120 s; waiting a little longer than that turns a silence into an answer.
EXCHANGE_SECONDS = 125.0
#: One exchange, and before it a wait of up to 75 s: a full window of the quotas, or the pause after a 429.
DEADLINE_SECONDS = 200.0
#: A read may be asked again without harm; more than twice in a row only adds load to an outage.
READ_ATTEMPTS = 3
#: Up to this many seconds are added to each pause, so that companies throttled together do not return together.
_JITTER_SECONDS = 15.0
#: The longest requestid of a single call.
REQUESTID_MAX = 50

_ENTITY = re.compile(r"[A-Za-z]+", re.ASCII)


class Road(Unpicklable):
    """What the operations of a client share. See `client.Client` for what is handed in and what is raised."""

    def __init__(
        self,
        *,
        endpoints: Endpoints,
        realm_id: str,
        app: App,
        tokens: TokenStore,
        quota: QuotaLog,
        clock: Clock,
        chance: Chance,
        session: Callable[[], requests.Session],
        deadline_seconds: float = DEADLINE_SECONDS,
        on_call: Callable[[Call], None] | None = None,
    ) -> None:
        self._base = f"/v3/company/{quote(realm_id, safe='')}"
        self._host = endpoints.api.rstrip("/")
        self._realm_id = realm_id
        self._keys = Hidden((app.client_secret, app.client_id))
        self._quota = quota
        self._clock = clock
        self._chance = chance
        self._deadline_seconds = deadline_seconds
        # A third of a short deadline is for waiting, so that what is sent still has time to be answered.
        self._exchange_seconds = min(EXCHANGE_SECONDS, deadline_seconds * 2 / 3)
        self._transport = Transport(session, clock, on_call)
        self.oauth = OAuth(endpoints=endpoints, app=app, transport=self._transport, clock=clock)
        self._keeper = Keeper(tokens, clock, self.oauth.renew)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._host}, realm {self._realm_id})"

    def close(self) -> None:
        """Close the connections; a call that is under way ends first."""
        self._transport.close()

    def _one(self, path: str, entity: str, parameters: Mapping[str, str] | None = None) -> Answer:
        errand = self._errand(CallKind.READ, "GET", path, entity, parameters)
        return self._read(errand, lambda document: answers.answer(document, entity, self._clock.now(), written=False))

    def _errand(
        self,
        kind: CallKind,
        method: str,
        path: str,
        entity: str,
        parameters: Mapping[str, str] | None = None,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        requestid: str = "",
        weight: int | None = None,
    ) -> Errand:
        path = f"{self._base}/{path}"
        # quote, not quote_plus: a plus sign in an address is a blank to some servers and a plus to others.
        wishes = urlencode({**(parameters or {}), "minorversion": MINOR_VERSION}, quote_via=quote)
        content = {} if body is None else {"Content-Type": "application/json"}
        url = f"{self._host}{path}?{wishes}"
        return Errand(kind, method, url, path, entity, requestid, body, {**content, **(headers or {})}, weight)

    def _until(self) -> float:
        return self._clock.monotonic() + self._deadline_seconds

    def _read(self, errand: Errand, make: Callable[[Document], Result]) -> Result:
        """Send a read for a JSON document, a few times if need be and time allows."""
        return self._again(lambda until: self._authorized(errand, until, make))

    def _again(self, ask: Callable[[float], Result]) -> Result:
        """What `ask` gives, asked anew while it finds no usable answer and time allows; it is told the end of its time."""
        until = self._until()
        for attempt in count(1):
            try:
                return ask(until)
            except (TransportLost, ServiceDown):
                # Full jitter: ten threads that failed together do not come back together.
                pause = self._chance.random() * 2**attempt
                if attempt == READ_ATTEMPTS or self._clock.monotonic() + pause >= self._leaves_by(until):
                    raise
            self._clock.sleep(pause)
        raise AssertionError  # pragma: no cover -- the loop above has no end of its own

    def _authorized(self, errand: Errand, until: float, make: Callable[[Document], Result]) -> Result:
        """Send with a good token, and read the JSON document of the answer."""
        return self._carried(errand, until, lambda reply, hide: make(replies.understood(reply, hide=hide)))

    def _carried(self, errand: Errand, until: float, read: Callable[[Reply, Hidden], Result]) -> Result:
        """Send with a good token; where it is refused, renew it once and send the same bytes once more.

        `read` is given the answer, and what must show in nothing that it raises.
        """
        try:
            tokens = self._keeper.current()
        except SyncEngineError as trouble:
            trouble.wrote_nothing = True
            raise
        try:
            return self._send(errand, tokens, until, read)
        except TokenRefused:
            pass
        try:
            return self._send(errand, self._keeper.renewed(tokens), until, read)
        except TokenRefused:
            _refuse_grant(errand)
        except SyncEngineError as trouble:
            # That the first sending did nothing is known from a 401 alone, and such an answer may come after the fact.
            trouble.wrote_nothing = False if errand.kind.writes else trouble.wrote_nothing
            raise

    def _send(
        self, errand: Errand, tokens: Tokens, until: float, read: Callable[[Reply, Hidden], Result]
    ) -> Result:
        self._quota.acquire(errand.kind, self._leaves_by(until))
        try:
            ends = min(until, self._clock.monotonic() + self._exchange_seconds)
            hide = Hidden((tokens.access, tokens.refresh, *self._keys.value))
            return self._transport.send(errand, Bearer(tokens.access), ends, lambda reply: read(reply, hide))
        except Throttled as pause:
            # Blocked before the place in flight is free again, so that nobody slips through in between.
            self._pause(pause)
            raise
        finally:
            self._quota.release()

    def _pause(self, pause: Throttled) -> None:
        """Let the whole company be silent for as long as `pause` says, and a little longer."""
        pause.seconds += self._chance.random() * _JITTER_SECONDS
        self._quota.block(pause.seconds)

    def _leaves_by(self, until: float) -> float:
        """The last moment at which sending still leaves time for an answer."""
        return until - self._exchange_seconds


def segment(entity: str) -> str:
    """The entity as it stands in a path: lower case, and nothing that could leave the path."""
    if not _ENTITY.fullmatch(entity):
        raise ValueError(f"{entity!r} is no name of an entity")
    return entity.lower()


def including(include: Iterable[str]) -> dict[str, str]:
    """The parameter `include` for some of its words, or nothing for none."""
    wishes = ",".join(include)
    return {"include": wishes} if wishes else {}


def identified(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """`payload` if it says what to change and which state of it; without Id it would create."""
    for name in ("Id", "SyncToken"):
        if not isinstance(payload.get(name), str) or not payload[name]:
            raise ValueError(f"an update needs {name}, as text")
    return payload


def check_requestid(requestid: str, longest: int = REQUESTID_MAX) -> None:
    """Raise ValueError for a requestid that QuickBooks would not keep."""
    if not 0 < len(requestid) <= longest:
        raise ValueError(f"a requestid has 1 to {longest} characters, not {len(requestid)}")


def _refuse_grant(errand: Errand) -> NoReturn:
    """A fresh token is refused too: it is the grant that QuickBooks no longer honours."""
    error = ConnectionRevoked("QuickBooks refuses even a renewed sign-in. Connect the company to QuickBooks again.")
    error.wrote_nothing = None if not errand.kind.writes else False
    raise error from None
