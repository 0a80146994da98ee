"""What stands before the books: sign-in, the right company, quotas, injected trouble, and the journal of it all."""

from __future__ import annotations

import hashlib
import json
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from syncengine.emulator import faults, links, moments, trouble, wire, xml
from syncengine.emulator.books import Books, Company
from syncengine.emulator.faults import Refusal
from syncengine.emulator.http import ConnectionDropped, Request, Response
from syncengine.emulator.journal import Line
from syncengine.emulator.mischief import Fault
from syncengine.emulator.operations.operation import Asked, Outcome
from syncengine.emulator.operations.routes import resolve
from syncengine.emulator.parts import Parts
from syncengine.emulator.signin.authority import Bearer

#: Intuit's gateway speaks for no company and is in California.
_GATEWAY_ZONE = "America/Los_Angeles"
_EVERYWHERE = {"Server": "nginx", "Strict-Transport-Security": "max-age=15552000"}


@dataclass
class Call:
    """One request on its way through."""

    request: Request
    realm: str
    tail: str
    started: datetime
    line: Line
    bearer: Bearer | None = None
    company: Company | None = None
    asked: Asked | None = None
    fault: Fault | None = None
    latency_seconds: float = 0.0


class Gateway:
    """Takes API requests (`/v3/company/...`) and answers them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._state = parts.state
        self._clock = parts.clock
        self._switches = parts.switches
        self._authority = parts.authority
        self._quotas = parts.quotas
        self._mischief = parts.mischief
        self._journal = parts.journal
        self._register = parts.register
        self._served = 0

    def handle(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            ConnectionDropped: an injected fault breaks the connection.
        """
        realm, _, tail = request.path.removeprefix("/v3/company/").partition("/")
        started, began = self._clock.now(), self._clock.monotonic()
        query = request.query
        line = Line(
            time=moments.millisecond(started, "UTC"),
            realm=realm,
            method=request.method,
            path=request.path,
            requestid=query.get("requestid", ""),
            minorversion=query.get("minorversion", ""),
            tid=self._tid(started),
        )
        call = Call(request, realm, tail, started, line)
        try:
            return self._answer(call, began)
        except ConnectionDropped:
            line.note = "connection dropped"
            raise
        finally:
            if not line.wrote:
                self._note(call)
            if call.latency_seconds:
                self._clock.sleep(call.latency_seconds)

    def _answer(self, call: Call, began: float) -> Response:
        refusal = self._sign_in(call)
        if refusal is not None:
            return refusal
        if call.bearer is None or call.company is None:
            raise AssertionError("signed in without a token or company")
        call.asked = resolve(call.request, call.tail, moments.millisecond(call.started, call.company.zone))
        if call.asked is not None:
            call.line.operation = call.asked.operation.name
            call.line.entity = call.asked.entity.name if call.asked.entity else ""
        call.fault = self._mischief.strike(
            {
                "method": call.request.method,
                "path": call.request.path,
                "entity": call.line.entity,
                "operation": call.line.operation,
                "realm": call.realm,
                "requestid": call.line.requestid,
            }
        )
        if call.fault:
            call.line.mischief = call.fault.kind
        with ExitStack() as after:
            after.callback(self._quotas.leave, call.realm, call.bearer.client_id)
            return self._admitted(call, call.bearer, began)

    def _admitted(self, call: Call, bearer: Bearer, began: float) -> Response:
        kind = call.asked.operation.quota if call.asked else "request"
        room, call.line.in_flight = self._quotas.enter(call.realm, bearer.client_id, kind, self._batch_size(call))
        if not room:
            return self._throttled(call)
        if call.fault:
            early = trouble.before(call.fault, self._shapes(call), self._clock)
            if early is not None:
                return self._plain(call, early)
        if call.asked and call.asked.operation.reads and self._month_is_used_up(call, bearer):
            return self._throttled(call, self._switches["coreplus_blocked_status"])
        response = self._business(call, began)
        if call.fault:
            response = trouble.after(call.fault, response, self._shapes(call), self._clock)
        return response

    # Who asks

    def _sign_in(self, call: Call) -> Response | None:
        """Refuses who has no valid token (JSON), or asks for a company that is not here or not theirs (XML)."""
        scheme, _, token = call.request.headers.get("Authorization", "").partition(" ")
        bearer = self._authority.bearer(token) if scheme.lower() == "bearer" and token else None
        if bearer is None:
            return self._unauthorized(call, token)
        call.bearer, call.line.client_id = bearer, bearer.client_id
        call.company = self._register.companies.get(call.realm)
        if call.company is None:
            return self._plain(call, self._shapes(call).wrong_cluster())
        if bearer.realm != call.realm:
            shapes = self._shapes(call)
            return self._plain(call, shapes.wrong_cluster() if self._switches["foreign_realm"] == "130" else shapes.forbidden())
        return None

    def _unauthorized(self, call: Call, token: str) -> Response:
        if not token:
            detail = "Malformed bearer token: too short or too long"
        elif 20 <= len(token) <= 4096:
            detail = f"Token expired: {token}"
        else:
            detail = "Malformed bearer token: too short or too long"
        return self._plain(call, self._shapes(call).unauthorized(detail))

    # How much

    def _batch_size(self, call: Call) -> int:
        if self._switches["batch_counts_as"] != "items" or call.line.operation != "batch":
            return 1
        try:
            return max(1, len(json.loads(call.request.body)["BatchItemRequest"]))
        except (ValueError, KeyError, TypeError):
            return 1

    def _throttled(self, call: Call, status: int = 429) -> Response:
        return self._plain(call, self._shapes(call).throttled(self._switches["throttle_body"], status))

    def _month_is_used_up(self, call: Call, bearer: Bearer) -> bool:
        limit = int(self._switches["coreplus_per_month"])
        if not limit or not self._switches["quotas"]:
            return False
        with self._state.lock:
            used = self._journal.month(bearer.client_id, f"{call.started:%Y-%m}")
        if used >= limit:
            call.line.note = "CorePlus calls of the month are used up"
        return used >= limit

    # What is done

    def _business(self, call: Call, began: float) -> Response:
        company = call.company
        if company is None:
            raise AssertionError("no company")
        time = moments.millisecond(call.started, company.zone)
        with self._state.lock:
            books = self._register.books(company)
            books.include = frozenset(part for part in call.request.query.get("include", "").lower().split(",") if part)
            try:
                outcome = self._carried_out(call, books)
            except Refusal as refusal:
                books.forget()
                return self._refused(call, refusal, time)
            except Exception:
                books.forget()
                raise
            outcome.body = links.filled(books, outcome.body, call.request)
        return self._success(call, outcome, began)

    def _carried_out(self, call: Call, books: Books) -> Outcome:
        asked = call.asked
        if asked is None:
            raise faults.unsupported_operation(
                call.request.target.removeprefix(f"/v3/company/{call.realm}").partition("?")[0], call.realm
            )
        if call.fault and asked.operation.name == "batch":
            asked = replace(asked, request=replace(call.request, body=trouble.spoil_batch(call.fault, call.request.body)))
        if asked.operation.reads:
            outcome = asked.operation.act(books, asked)
            self._count(call, outcome)
            return outcome
        # The line of the journal is saved in the transaction of what it is about: whatever is killed, the two agree.
        with self._state.transaction():
            outcome = asked.operation.act(books, asked)
            self._count(call, outcome)
            call.line.wrote = books.written
            if call.line.wrote:
                self._parts.record(books, call.line.client_id)
                self._note(call)
        return outcome

    def _count(self, call: Call, outcome: Outcome) -> None:
        line = call.line
        line.status, line.coreplus, line.core = outcome.status, outcome.coreplus, outcome.core
        line.bids, line.replayed = list(outcome.bids), outcome.replayed
        if self._switches["latency"] == "realistic":
            call.latency_seconds = self._switches["latency_scale"] * _model(line.operation, outcome)

    # What is answered

    def _refused(self, call: Call, refusal: Refusal, time: str) -> Response:
        call.line.fault = refusal.code
        envelope: dict[str, Any] = {"Fault": refusal.fault()}
        if refusal.timed:
            envelope["time"] = time
        if self._in_xml(call):
            return self._plain(call, Response(refusal.status, {"Content-Type": "application/xml"}, xml.response(envelope).encode()))
        return self._plain(call, Response(refusal.status, {"Content-Type": "application/json"}, wire.dumps(envelope).encode()))

    def _in_xml(self, call: Call) -> bool:
        """Whether the answer is XML, as for everybody who does not ask for JSON."""
        return "json" not in call.request.headers.get("Accept", "").lower() and self._switches["accept_default"] == "xml"

    def _plain(self, call: Call, response: Response) -> Response:
        """An answer that is no success: it lacks QBO-Version, Service-Time and Cache-Control."""
        call.line.status = response.status
        headers = {**response.headers, "intuit_tid": call.line.tid, "Date": _date(call.started), **_EVERYWHERE}
        retry_after = self._switches["retry_after_seconds"]
        if retry_after and response.status == 429:
            headers["Retry-After"] = str(retry_after)
        return Response(response.status, headers, response.body)

    def _success(self, call: Call, outcome: Outcome, began: float) -> Response:
        if outcome.status != 200:
            return self._plain(call, Response(outcome.status, {"Content-Type": "application/json"}, outcome.body.encode()))
        total = int((self._clock.monotonic() - began + call.latency_seconds) * 1000)
        headers = {
            "Content-Type": "application/json;charset=utf-8",
            "QBO-Version": "1944.190",
            "Service-Time": f"total={total}, db={total // 3}",
            "Expires": "0",
            "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
            "intuit_tid": call.line.tid,
            "Date": _date(call.started),
            **_EVERYWHERE,
        }
        if outcome.content is not None:
            headers["Content-Type"] = outcome.media_type
            return Response(outcome.status, headers, outcome.content)
        if self._in_xml(call):
            headers["Content-Type"] = "application/xml;charset=utf-8"
            return Response(outcome.status, headers, xml.response(wire.loads(outcome.body)).encode())
        return Response(outcome.status, headers, outcome.body.encode())

    def _shapes(self, call: Call) -> trouble.Shapes:
        zone = call.company.zone if call.company else _GATEWAY_ZONE
        return trouble.Shapes(call.started, zone)

    def _tid(self, now: datetime) -> str:
        self._served += 1
        digest = hashlib.blake2b(str(self._served).encode(), digest_size=12).hexdigest()
        return f"1-{int(now.timestamp()):08x}-{digest}"

    def _note(self, call: Call) -> None:
        line = call.line
        if call.fault and not line.status:
            line.note = line.note or "no answer"
        line.milliseconds = round(call.latency_seconds * 1000, 3)
        with self._state.lock:
            self._journal.add(line, f"{call.started:%Y-%m}", keep=self._switches["journal"])


def _date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _model(operation: str, outcome: Outcome) -> float:
    """Seconds that QuickBooks takes (cost model drawn from recorded service times)."""
    if operation == "read":
        return 0.20
    if operation == "query":
        return 0.15 + 0.0006 * outcome.rows
    if operation == "cdc":
        return 0.25 + 0.0006 * outcome.rows
    if operation == "upload":
        return 0.85
    if operation == "batch":
        return 0.10 + 0.25 * outcome.writes + 0.0006 * outcome.rows
    return 0.40
