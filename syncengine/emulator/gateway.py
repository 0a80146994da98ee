"""What stands before the books: sign-in, the right company, quotas, injected trouble, and the journal of it all."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from syncengine.emulator import answers, drift, faults, latency, links, moments, trouble, wire
from syncengine.emulator.books import Books, Company
from syncengine.emulator.faults import Refusal
from syncengine.emulator.http import ConnectionDropped, Request, Response
from syncengine.emulator.journal import Line
from syncengine.emulator.mischief import Fault
from syncengine.emulator.operations.operation import Asked, Outcome
from syncengine.emulator.operations.routes import knows, resolve
from syncengine.emulator.parts import Parts
from syncengine.emulator.signin.authority import Bearer
from syncengine.emulator.signin.consent import ACCOUNTING

#: Intuit's gateway speaks for no company and is in California.
_GATEWAY_ZONE = "America/Los_Angeles"


#: The closing date in Preferences; a quotation mark inside a text is escaped and cannot stand here.
_CLOSE_DATE = re.compile(r',"BookCloseDate":"[^"]*"|(?<=\{)"BookCloseDate":"[^"]*",?')
#: A query's page behind the first one.
_LATER_PAGE = re.compile(r"startposition\s+(?!0*1\b)\d", re.IGNORECASE)


@dataclass
class Call:
    """One request on its way through."""

    request: Request
    realm: str
    tail: str
    started: datetime
    line: Line
    #: The headers of every answer, with the id of this one.
    trace: dict[str, str]
    #: `json` or `xml`, as the request likes it; "" where it takes neither.
    form: str
    bearer: Bearer | None = None
    company: Company | None = None
    asked: Asked | None = None
    fault: Fault | None = None
    #: The month's reads are used up: what reads is refused, also inside a batch.
    used_up: bool = False
    latency_seconds: float = 0.0
    #: Headers of this answer alone.
    more: dict[str, str] = field(default_factory=dict)


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

    def handle(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            ConnectionDropped: an injected fault breaks the connection.
        """
        realm, _, tail = request.path.removeprefix("/v3/company/").partition("/")
        started, began = self._clock.now(), self._clock.monotonic()
        query = request.query
        trace = self._parts.trace.headers(started)
        line = Line(
            time=moments.millisecond(started, "UTC"),
            realm=realm,
            method=request.method,
            path=request.path,
            requestid=query.get("requestid", ""),
            minorversion=query.get("minorversion", ""),
            tid=trace["intuit_tid"],
        )
        form = answers.form_of(request.headers.get("Accept", ""), self._switches["accept_default"])
        call = Call(request, realm, tail, started, line, trace, form)
        try:
            response = self._answer(call, began)
            return self._in_time(call, response)
        except ConnectionDropped:
            line.note = "connection dropped"
            raise
        finally:
            if not line.wrote:
                self._note(call)
            if call.latency_seconds:
                self._parts.wait(call.latency_seconds)

    def _in_time(self, call: Call, response: Response) -> Response:
        """The answer, or the proxy's where QuickBooks took longer than it may (120 s); what took effect has taken effect."""
        limit = float(self._switches["time_limit_seconds"])
        if not limit or call.latency_seconds < limit:
            return response
        call.latency_seconds = limit
        call.line.note = "cut at the time limit"
        return self._plain(call, trouble.timed_out())

    def _answer(self, call: Call, began: float) -> Response:
        refusal = self._sign_in(call)
        if refusal is not None:
            return refusal
        if call.bearer is None or call.company is None:
            raise AssertionError("signed in without a token or company")
        limit = self._switches["body_limit_bytes"]
        if limit and len(call.request.body) > limit:
            return self._plain(call, answers.too_large())
        call.asked = resolve(call.request, call.tail, moments.millisecond(call.started, call.company.zone))
        if call.asked is not None:
            call.line.operation = call.asked.operation.name
            call.line.entity = call.asked.entity.name if call.asked.entity else ""
        self._meet_trouble(call, call.bearer.client_id)
        with ExitStack() as after:
            after.callback(self._quotas.leave, call.realm, call.bearer.client_id)
            return self._admitted(call, call.bearer, began)

    def _meet_trouble(self, call: Call, client_id: str) -> None:
        """The fault that befalls the request, if one does."""
        if not self._mischief:
            return
        request = call.request
        call.fault = self._mischief.strike(
            {
                "method": request.method, "path": request.path, "entity": call.line.entity, "operation": call.line.operation,
                "realm": call.realm, "requestid": call.line.requestid, "client": client_id, "body": request.said,
                "page": "later" if call.line.operation == "query" and _LATER_PAGE.search(request.said) else "",
            }
        )  # fmt: skip
        if call.fault is None:
            return
        call.line.mischief = call.fault.kind
        if call.fault.kind == "clock_wrong":
            call.started += timedelta(seconds=float(call.fault.options.get("seconds", -3600)))
            call.trace = {**self._parts.trace.headers(call.started), "intuit_tid": call.line.tid}
            if call.asked and call.company:
                call.asked = replace(call.asked, time=moments.millisecond(call.started, call.company.zone))

    def _admitted(self, call: Call, bearer: Bearer, began: float) -> Response:
        kind = call.asked.operation.quota if call.asked else "request"
        room, call.line.in_flight = self._quotas.enter(call.realm, bearer.client_id, kind, self._batch_size(call))
        if not room:
            return self._throttled(call)
        if call.fault:
            early = self._before(call, call.fault)
            if early is not None:
                return self._plain(call, early)
        call.used_up = self._month_is_used_up(call, bearer)
        if call.used_up and call.asked and call.asked.operation.reads:
            return self._throttled(call, self._switches["coreplus_blocked_status"])
        response = self._business(call, began)
        if call.fault:
            call.latency_seconds += trouble.late(call.fault)
            response = trouble.after(call.fault, response, self._shapes(call))
        return response

    def _before(self, call: Call, fault: Fault) -> Response | None:
        """The answer of a fault that keeps the request from the books; one that only delays it is waited for."""
        seconds, limit = trouble.held_up(fault), float(self._switches["time_limit_seconds"])
        if limit and seconds >= limit:
            call.latency_seconds = limit
            return trouble.timed_out()
        if seconds:
            self._parts.wait(seconds)
        if "retry_after" in fault.options:
            call.more["Retry-After"] = str(fault.options["retry_after"])
        return trouble.before(fault, self._shapes(call))

    # Who asks

    def _sign_in(self, call: Call) -> Response | None:
        """Refuses who has no valid token, or asks for a company that is not here or not theirs (in XML whatever was asked for)."""
        scheme, _, token = call.request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        bearer = self._authority.bearer(token) if scheme.lower() == "bearer" and token else None
        shapes = self._shapes(call)
        if bearer is None:
            expired = scheme.lower() == "bearer" and 20 <= len(token) <= 4096 and token.isascii()
            detail = f"Token expired: {token}" if expired else "Malformed bearer token: too short or too long"
            return self._plain(call, shapes.unauthorized(detail))
        call.bearer, call.line.client_id = bearer, bearer.client_id
        if ACCOUNTING not in bearer.scope.split():
            return self._plain(call, shapes.forbidden())
        call.company = self._register.companies.get(call.realm)
        if call.company is None:
            number = call.realm.isdecimal()
            return self._plain(call, shapes.wrong_cluster() if number else shapes.business(self._no_such_path(call)))
        if bearer.realm != call.realm:
            return self._plain(call, shapes.wrong_cluster() if self._switches["foreign_realm"] == "130" else shapes.forbidden())
        if self._switches["user"] == "removed":
            return self._plain(call, shapes.business(faults.access_lost()))
        return None

    def _no_such_path(self, call: Call) -> Refusal:
        """500 on HTTP 400 for a path that does not exist, or does not have this method."""
        method = call.request.method
        if call.realm.isdecimal() and knows(call.tail):
            return faults.no_method(method)
        path, _, query = call.request.target.partition("?")
        return faults.unsupported_operation(path, query)

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
        if call.fault and call.fault.kind == "quota_reached":
            return True
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
        with self._state.lock:
            books = self._register.books(company)
            books.include = frozenset(part for part in call.request.query.get("include", "").lower().split(",") if part)
            try:
                outcome = self._carried_out(call, books)
            except Refusal as refusal:
                books.forget()
                return self._refused(call, refusal, moments.millisecond(call.started, company.zone))
            except Exception:
                books.forget()
                raise
            finally:
                call.line.note = "; ".join([*filter(None, [call.line.note]), *books.notes])
            outcome.body = links.filled(books, outcome.body, call.request)
            if self._switches["book_close_date"] == "absent":
                outcome.body = _CLOSE_DATE.sub("", outcome.body)
        return self._success(call, outcome, began)

    def _carried_out(self, call: Call, books: Books) -> Outcome:
        asked = call.asked
        if asked is None:
            raise self._no_such_path(call)
        if not call.form and asked.operation.envelope:
            raise faults.no_accepted_form()
        asked.operation.check_content_type(call.request, books.switches)
        if call.fault:
            asked = self._meddled(call.fault, asked, books.company)
        asked = replace(asked, used_up=True) if call.used_up else asked
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

    def _meddled(self, fault: Fault, asked: Asked, company: Company) -> Asked:
        """What a fault makes of the request, or of the books that it is about to read."""
        if asked.operation.name == "batch":
            return replace(asked, request=replace(asked.request, body=trouble.spoil_batch(fault, asked.request.body)))
        if fault.kind == "page_drift" and asked.operation.name == "query":
            with self._state.transaction():
                books = self._register.books(company)
                drift.drift(books, asked, fault.options)
                if books.written:
                    self._parts.record(books, "bookkeeper")
        return asked

    def _count(self, call: Call, outcome: Outcome) -> None:
        line = call.line
        line.status, line.core = outcome.status, outcome.core
        line.coreplus = outcome.coreplus if self._switches["environment"] == "production" else 0
        line.bids, line.replayed = list(outcome.bids), outcome.replayed
        if self._switches["latency"] == "realistic":
            call.latency_seconds = self._switches["latency_scale"] * latency.seconds(line.operation, outcome)

    # What is answered

    def _refused(self, call: Call, refusal: Refusal, time: str) -> Response:
        call.line.fault = refusal.code
        envelope: dict[str, Any] = {"Fault": faults.worded(refusal, self._switches).fault()}
        if refusal.timed:
            envelope["time"] = time
        return self._plain(call, answers.fault(envelope, refusal.status, call.form or "xml"))

    def _plain(self, call: Call, response: Response) -> Response:
        """An answer that is no success: it lacks QBO-Version, Service-Time and Cache-Control."""
        call.line.status = response.status
        headers = {**response.headers, **call.trace, **call.more}
        retry_after = self._switches["retry_after_seconds"]
        if retry_after and response.status == 429:
            headers.setdefault("Retry-After", str(retry_after))
        return Response(response.status, headers, response.body)

    def _success(self, call: Call, outcome: Outcome, began: float) -> Response:
        if outcome.status != 200:
            return self._plain(call, answers.fault(wire.loads(outcome.body), outcome.status, call.form or "json"))
        total = int((self._clock.monotonic() - began + call.latency_seconds) * 1000)
        if outcome.content is not None:
            return answers.content(outcome.content, outcome.media_type, total, call.trace)
        return answers.success(outcome.body, call.form or "json", total, call.trace)

    def _shapes(self, call: Call) -> trouble.Shapes:
        zone = call.company.zone if call.company else _GATEWAY_ZONE
        in_xml = call.form == "xml" or self._switches["unauthorized_body"] == "xml"
        return trouble.Shapes(call.started, zone, "xml" if call.form == "xml" else "json", gateway_in_xml=in_xml)

    def _note(self, call: Call) -> None:
        line = call.line
        if call.fault and not line.status:
            line.note = line.note or "no answer"
        line.milliseconds = round(call.latency_seconds * 1000, 3)
        with self._state.lock:
            self._journal.add(line, f"{call.started:%Y-%m}", keep=self._switches["journal"])
