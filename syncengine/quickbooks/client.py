"""The client of one QuickBooks company: every operation that Tieout needs, each under a total deadline."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlencode

import requests

from syncengine.chance import Chance
from syncengine.clock import Clock
from syncengine.errors import ConnectionRevoked, ServiceDown, Throttled, TransportLost
from syncengine.quickbooks import replies, wire
from syncengine.quickbooks.calls import Answer, BatchAnswer, BatchItem, Call, CallKind, Changes, Page
from syncengine.quickbooks.endpoints import Endpoints
from syncengine.quickbooks.oauth import App, OAuth
from syncengine.quickbooks.quota import QuotaLog
from syncengine.quickbooks.replies import Document, TokenRefused
from syncengine.quickbooks.tokens import Keeper, Tokens, TokenStore
from syncengine.quickbooks.transport import Bearer, Errand, Transport

Result = TypeVar("Result")

#: The floor and the default since August 2025; said aloud so that a later default changes nothing here.
MINOR_VERSION = "75"
#: Intuit cuts a request after 120 s; waiting a little longer than that turns a silence into an answer.
EXCHANGE_SECONDS = 125.0
#: One exchange, and before it a wait of up to 75 s: a full window of the quotas, or the pause after a 429.
DEADLINE_SECONDS = 200.0
#: A read may be asked again without harm; more than twice in a row only adds load to an outage.
READ_ATTEMPTS = 3
#: Above this a statement goes in the body: no server's limit for an address is near.
_QUERY_IN_URL_MAX = 2000
#: Up to this many seconds are added to each pause, so that companies throttled together do not return together.
_JITTER_SECONDS = 15.0

_REQUESTID_MAX, _BATCH_REQUESTID_MAX, _BID_MAX, _BATCH_MAX = 50, 36, 10, 30
_ENTITY = re.compile(r"[A-Za-z]+", re.ASCII)
#: These are voided by an update that says so; only Invoice has an operation of its own.
_VOIDED_BY_UPDATE = frozenset({"Payment", "SalesReceipt", "BillPayment"})


class Client:
    """Talks to one company. Safe to share between threads; holds no state but connections and the token pair.

    Reads are repeated inside the deadline when no usable answer came. A write is sent once (and once more, the same bytes
    under the same requestid, after a renewed sign-in), because only the caller knows what an unanswered write means.

    Every operation raises, beside what it names itself:
        FaultError: QuickBooks refused this request; nothing was written.
        TransportLost, ServiceDown: no usable answer; whether a write took effect is unknown.
        Throttled: the quotas leave no room before the deadline, or QuickBooks asked for a pause.
        ConnectionRevoked, AccessDenied: nothing works until a person acts.

    Args:
        endpoints: where QuickBooks is.
        realm_id: the company's id.
        app: who asks, for renewing tokens.
        tokens, quota: where the token pair and the sent calls are kept; hand the same ones to all who share a realm.
        clock, chance: time and jitter.
        session: gives a new `requests.Session`; none is ever used by two threads at once.
        deadline_seconds: how long one operation may take as a whole, waiting for quotas and repeats included.
        on_call: told about each HTTP exchange, renewals too; may be called from several threads.
    """

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
        return f"Client({self._host}, realm {self._realm_id})"

    def close(self) -> None:
        """Close the connections; a call that is under way ends first."""
        self._transport.close()

    # Reading: metered, repeated inside the deadline.

    def company_info(self) -> Answer:
        """The company's name, address, zone and country."""
        return self._one(f"companyinfo/{quote(self._realm_id, safe='')}", "CompanyInfo")

    def preferences(self) -> Answer:
        """The company's preferences: closing date, tracking of classes and departments, numbering."""
        return self._one("preferences", "Preferences")

    def read(self, entity: str, id: str) -> Answer:  # noqa: A002 -- the wire's own word
        """One object, inactive ones too. A deleted or unknown Id is a FaultError with code 610."""
        return self._one(f"{_segment(entity)}/{quote(id, safe='')}", entity)

    def query(self, statement: str) -> Page:
        """One page of a query; see `query.select` for how to write a statement."""
        entity = _entity_of(statement)
        if len(statement) > _QUERY_IN_URL_MAX:
            body, headers = statement.encode(), {"Content-Type": "application/text"}
            errand = self._errand(CallKind.QUERY, "POST", "query", entity, body=body, headers=headers)
        else:
            errand = self._errand(CallKind.QUERY, "GET", "query", entity, {"query": statement})
        return self._read(errand, lambda document: replies.page(document, self._clock.now()))

    def cdc(self, entities: Sequence[str], changed_since: datetime) -> Changes:
        """What changed in `entities` since a moment at most 30 days ago (aware; anything else is a ValueError).

        At 1,000 objects the answer is cut, deletions first: such an answer is no checkpoint.
        """
        if changed_since.tzinfo is None:
            raise ValueError("changed_since needs an offset")
        names = ",".join(entities)
        since = {"entities": names, "changedSince": changed_since.isoformat(timespec="milliseconds")}
        errand = self._errand(CallKind.CDC, "GET", "cdc", names, since)
        return self._read(errand, lambda document: replies.changes(document, entities))

    # Writing: never repeated here, named by a requestid.

    def create(self, entity: str, payload: Mapping[str, Any], *, requestid: str, include: Iterable[str] = ()) -> Answer:
        """Create one object. Raises ValueError for a payload with an Id: QuickBooks would take it for an update."""
        if "Id" in payload:
            raise ValueError("a payload with an Id updates; it cannot create")
        return self._write(entity, payload, requestid, _including(include))

    def update(self, entity: str, payload: Mapping[str, Any], *, requestid: str, include: Iterable[str] = ()) -> Answer:
        """Update one object: only what the payload names if it says `"sparse": True`, else all of it."""
        return self._write(entity, _identified(payload), requestid, _including(include))

    def delete(self, entity: str, id: str, sync_token: str, *, requestid: str) -> Answer:  # noqa: A002 -- the wire's own word
        """Delete one transaction; name lists are deactivated instead."""
        return self._write(entity, {"Id": id, "SyncToken": sync_token}, requestid, {"operation": "delete"})

    def void(self, entity: str, id: str, sync_token: str, *, requestid: str) -> Answer:  # noqa: A002 -- the wire's own word
        """Void one transaction: it stays, worth nothing. Raises ValueError for an entity that cannot be voided."""
        payload: dict[str, Any] = {"Id": id, "SyncToken": sync_token}
        if entity == "Invoice":
            return self._write(entity, payload, requestid, {"operation": "void"})
        if entity not in _VOIDED_BY_UPDATE:
            raise ValueError(f"a {entity} cannot be voided")
        return self._write(entity, {**payload, "sparse": True}, requestid, {"operation": "update", "include": "void"})

    def deactivate(self, entity: str, payload: Mapping[str, Any], *, requestid: str) -> Answer:
        """Make a name inactive; `payload` holds Id, SyncToken and what the entity requires in any update (Account: Name...)."""
        return self._write(entity, {**_identified(payload), "sparse": True, "Active": False}, requestid, {})

    def batch(self, items: Sequence[BatchItem], *, requestid: str) -> BatchAnswer:
        """Up to 30 independent writes in one request; each item is answered for itself.

        The replay key is requestid and bId together: to ask again, send the same items under the same requestid.
        Raises ValueError for a requestid above 36 characters, a bId above 10, a repeated bId, or too many items.
        """
        _check_batch(items, requestid)
        body = wire.dumps({"BatchItemRequest": [_batch_row(item) for item in items]})
        entities = ",".join(sorted({item.entity for item in items}))
        errand = self._errand(CallKind.BATCH, "POST", "batch", entities, {"requestid": requestid}, body=body, requestid=requestid)
        return self._authorized(errand, self._until(), lambda document: replies.batch(document, items, self._clock.now()))

    # One road for all of them.

    def _one(self, path: str, entity: str) -> Answer:
        errand = self._errand(CallKind.READ, "GET", path, entity)
        return self._read(errand, lambda document: replies.answer(document, entity, self._clock.now(), written=False))

    def _write(self, entity: str, payload: Mapping[str, Any], requestid: str, extra: Mapping[str, str]) -> Answer:
        _check_requestid(requestid, _REQUESTID_MAX)
        parameters = {**extra, "requestid": requestid}
        body = wire.dumps(payload)
        errand = self._errand(CallKind.WRITE, "POST", _segment(entity), entity, parameters, body=body, requestid=requestid)
        return self._authorized(
            errand, self._until(), lambda document: replies.answer(document, entity, self._clock.now(), written=True)
        )

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
    ) -> Errand:
        path = f"{self._base}/{path}"
        # quote, not quote_plus: a plus sign in an address is a blank to some servers and a plus to others.
        wishes = urlencode({**(parameters or {}), "minorversion": MINOR_VERSION}, quote_via=quote)
        content = {} if body is None else {"Content-Type": "application/json"}
        url = f"{self._host}{path}?{wishes}"
        return Errand(kind, method, url, path, entity, requestid, body, {**content, **(headers or {})})

    def _until(self) -> float:
        return self._clock.monotonic() + self._deadline_seconds

    def _read(self, errand: Errand, make: Callable[[Document], Result]) -> Result:
        """Send a read, a few times if need be and time allows."""
        until = self._until()
        for attempt in count(1):
            try:
                return self._authorized(errand, until, make)
            except (TransportLost, ServiceDown):
                # Full jitter: ten threads that failed together do not come back together.
                pause = self._chance.random() * 2**attempt
                if attempt == READ_ATTEMPTS or self._clock.monotonic() + pause >= self._leaves_by(until):
                    raise
            self._clock.sleep(pause)
        raise AssertionError  # pragma: no cover -- the loop above has no end of its own

    def _authorized(self, errand: Errand, until: float, make: Callable[[Document], Result]) -> Result:
        """Send with a good token; where it is refused, renew it once and send the same bytes once more."""
        tokens = self._keeper.current()
        try:
            return self._send(errand, tokens, until, make)
        except TokenRefused:
            tokens = self._keeper.renewed(tokens)
        try:
            return self._send(errand, tokens, until, make)
        except TokenRefused:
            # A fresh token is refused too: it is the grant that QuickBooks no longer honours.
            raise ConnectionRevoked("QuickBooks refuses even a renewed sign-in. Connect the company to QuickBooks again.") from None

    def _send(self, errand: Errand, tokens: Tokens, until: float, make: Callable[[Document], Result]) -> Result:
        self._quota.acquire(errand.kind, self._leaves_by(until))
        try:
            ends = min(until, self._clock.monotonic() + self._exchange_seconds)
            return self._transport.send(errand, Bearer(tokens.access), ends, lambda reply: make(replies.understood(reply)))
        except Throttled as pause:
            # Blocked before the place in flight is free again, so that nobody slips through in between.
            pause.seconds += self._chance.random() * _JITTER_SECONDS
            self._quota.block(pause.seconds)
            raise
        finally:
            self._quota.release()

    def _leaves_by(self, until: float) -> float:
        """The last moment at which sending still leaves time for an answer."""
        return until - self._exchange_seconds


def _segment(entity: str) -> str:
    """The entity as it stands in a path: lower case, and nothing that could leave the path."""
    if not _ENTITY.fullmatch(entity):
        raise ValueError(f"{entity!r} is no name of an entity")
    return entity.lower()


def _entity_of(statement: str) -> str:
    found = re.search(r"\bFROM\s+([A-Za-z]+)", statement, re.IGNORECASE | re.ASCII)
    return found[1] if found else ""


def _including(include: Iterable[str]) -> dict[str, str]:
    wishes = ",".join(include)
    return {"include": wishes} if wishes else {}


def _identified(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """`payload` if it says what to change and which state of it; without Id it would create."""
    for name in ("Id", "SyncToken"):
        if not isinstance(payload.get(name), str) or not payload[name]:
            raise ValueError(f"an update needs {name}, as text")
    return payload


def _check_requestid(requestid: str, longest: int) -> None:
    if not 0 < len(requestid) <= longest:
        raise ValueError(f"a requestid has 1 to {longest} characters, not {len(requestid)}")


def _check_batch(items: Sequence[BatchItem], requestid: str) -> None:
    _check_requestid(requestid, _BATCH_REQUESTID_MAX)
    bids = [item.bid for item in items]
    if not 0 < len(items) <= _BATCH_MAX:
        raise ValueError(f"a batch has 1 to {_BATCH_MAX} items, not {len(items)}")
    if len(set(bids)) < len(bids):
        raise ValueError("two items of a batch share a bId")
    for item in items:
        if not 0 < len(item.bid) <= _BID_MAX:
            raise ValueError(f"a bId has 1 to {_BID_MAX} characters, not {len(item.bid)}")
        _segment(item.entity)
        if item.operation == "create":
            if "Id" in item.payload:
                raise ValueError("a payload with an Id updates; it cannot create")
        else:
            _identified(item.payload)


def _batch_row(item: BatchItem) -> dict[str, Any]:
    options = {"optionsData": ",".join(item.options)} if item.options else {}
    return {"bId": item.bid, "operation": item.operation, item.entity: item.payload, **options}
