"""The control interface under `/_emulator/`: companies, sign-in, faults, switches, clock, bookkeeper, journal and meter."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from syncengine.emulator import actor, load, mail, moments, packing, reckoning, times, wire
from syncengine.emulator.books import Company
from syncengine.emulator.faults import Refusal
from syncengine.emulator.http import Request, Response
from syncengine.emulator.operations.operation import json_body
from syncengine.emulator.origin import from_another_site
from syncengine.emulator.parts import Parts
from syncengine.emulator.postings import audit
from syncengine.emulator.signin.consent import ACCOUNTING
from syncengine.emulator.webhooks.requests import WebhookRequests

Answer = tuple[int, Any]
#: One JSON object a line.
_LINES = "application/x-ndjson"


class Control:
    """Answers control requests; every one of them speaks JSON both ways."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._routes: dict[tuple[str, str], Callable[[Request, dict[str, Any]], Answer]] = {
            ("GET", "state"): self._state,
            ("GET", "companies"): self._companies,
            ("POST", "companies"): self._add_company,
            ("GET", "objects"): self._dump,
            ("POST", "objects"): self._load,
            ("GET", "company"): self._pack,
            ("POST", "company"): self._unpack,
            ("DELETE", "company"): self._drop,
            ("POST", "connect"): self._connect,
            ("GET", "journal"): self._journal,
            ("DELETE", "journal"): self._clear_journal,
            ("GET", "meter"): self._meter,
            ("GET", "trial_balance"): self._trial_balance,
            ("GET", "mails"): self._mails,
            ("GET", "quota"): self._quota,
            ("GET", "apps"): self._apps,
            ("POST", "apps"): self._configure,
            ("POST", "times"): self._set_times,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._arm,
            ("DELETE", "faults"): self._disarm,
            ("GET", "switches"): self._switches,
            ("POST", "switches"): self._set_switches,
            ("GET", "clock"): self._clock,
            ("POST", "clock"): self._set_clock,
            ("POST", "actor"): self._act,
            ("POST", "reset"): self._reset,
            **WebhookRequests(parts.webhooks, parts.register.companies).routes(),
        }

    def handle(self, request: Request) -> Response:
        """Answer one control request: 400 with `{"error": ...}` where it makes no sense, 404 where there is no such thing."""
        if from_another_site(request):
            return _json(403, {"error": "a page of another site sent this; programs and this emulator's own pages may"})
        name = request.path.removeprefix("/_emulator/").strip("/")
        act = self._routes.get((request.method, name))
        if act is None:
            return _json(
                404, {"error": f"no {request.method} {name}; there are: {', '.join(' '.join(key) for key in self._routes)}"}
            )
        try:
            lines = request.headers.get("Content-Type", "").startswith(_LINES)
            body = json_body(request.body) if request.body and not lines else {}
            status, answer = act(request, body)
            return _lines(status, answer) if isinstance(answer, str) else _json(status, answer)
        except Refusal as refusal:
            return _json(400, {"error": str(refusal), "Fault": refusal.fault()})
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            return _json(400, {"error": f"{error}" if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"})

    # What there is

    def _state(self, _request: Request, _body: dict[str, Any]) -> Answer:
        parts = self._parts
        with parts.state.lock:
            rows = parts.state.execute(
                "SELECT c.realm, o.entity, count(*) FROM object o JOIN company c ON c.key = o.company WHERE o.deleted = 0"
                " GROUP BY c.realm, o.entity ORDER BY c.realm, o.entity"
            ).fetchall()
        counts: dict[str, dict[str, int]] = {}
        for realm, entity, count in rows:
            counts.setdefault(realm, {})[entity] = count
        return 200, {
            "pid": os.getpid(),
            "companies": parts.register.realms(),
            "objects": counts,
            "switches": dict(parts.switches),
            "faults": parts.mischief.armed(),
            "clock": self._time(),
            "seed": parts.seed,
        }

    def _companies(self, _request: Request, _body: dict[str, Any]) -> Answer:
        return 200, {"companies": self._parts.register.realms()}

    def _add_company(self, _request: Request, body: dict[str, Any]) -> Answer:
        """`{"company": "demo" | "intuit" | "empty", "realm_id"?, "name"?, "zone"?}`."""
        options = {name: str(body[name]) for name in ("realm_id", "name", "zone") if body.get(name)}
        company = self._parts.register.add(str(body.get("company") or body.get("kind") or ""), **options)
        return 201, {"realm_id": company.realm, "name": company.name, "company": company.kind}

    def _dump(self, request: Request, _body: dict[str, Any]) -> Answer:
        """`?realm_id=`: every object of a company, one JSON object a line."""
        parts = self._parts
        with parts.state.lock:
            books = parts.register.books(parts.register.company(request.query.get("realm_id", "")))
            return 200, "".join(f"{line}\n" for line in load.dump(books))

    def _load(self, request: Request, body: Any) -> Answer:
        """`?realm_id=&replace=true`: objects as `GET objects` gives them, as lines of JSON or as one list."""
        rows = body if isinstance(body, list) else load.lines(request.body.decode("utf-8"))
        replace = request.query.get("replace", "").lower() == "true"
        return 201, {"objects": self._parts.load(request.query.get("realm_id", ""), rows, replace=replace)}

    def _pack(self, request: Request, _body: dict[str, Any]) -> Answer:
        """`?realm_id=`: a company as a whole, for `POST company` of this emulator or another one."""
        with self._parts.state.lock:
            return 200, "".join(f"{line}\n" for line in packing.pack(self._parts, request.query.get("realm_id", "")))

    def _unpack(self, request: Request, _body: dict[str, Any]) -> Answer:
        """`?realm_id=`: what `GET company` gave, under that realm; whatever has it gives way."""
        company = packing.unpack(self._parts, request.body.decode("utf-8").split("\n"), request.query.get("realm_id"))
        return 201, {"realm_id": company.realm, "name": company.name, "company": company.kind}

    def _drop(self, request: Request, _body: dict[str, Any]) -> Answer:
        """`?realm_id=`: take a company away, and every sign-in to it."""
        realm = request.query.get("realm_id", "")
        self._parts.authority.disconnect(realm)
        with self._parts.state.lock:
            return 200, {"dropped": self._parts.register.drop(realm)}

    def _journal(self, request: Request, _body: dict[str, Any]) -> Answer:
        """`?realm_id=&since=N&limit=1000`: lines after number N, oldest first."""
        query = request.query
        with self._parts.state.lock:
            lines = self._parts.journal.lines(query.get("realm_id"), int(query.get("since", 0)), int(query.get("limit", 1000)))
        return 200, {"lines": lines}

    def _clear_journal(self, _request: Request, _body: dict[str, Any]) -> Answer:
        with self._parts.state.lock:
            self._parts.journal.clear()
        return 200, {}

    def _meter(self, _request: Request, _body: dict[str, Any]) -> Answer:
        with self._parts.state.lock:
            return 200, {"meter": self._parts.journal.meter()}

    def _trial_balance(self, request: Request, _body: dict[str, Any]) -> Answer:
        """`?realm_id=`: what every account comes to; unless `check=false`, in `check` whatever differs when all is recomputed."""
        parts = self._parts
        company = parts.register.companies.get(str(request.query.get("realm_id")))
        if company is None:
            raise ValueError(f"there is no company {request.query.get('realm_id')!r}")
        with parts.state.lock:
            books = parts.register.books(company)
            checked = request.query.get("check") != "false"
            return 200, {**audit.trial_balance(books), **({"check": reckoning.differences(books)} if checked else {})}

    def _mails(self, request: Request, _body: dict[str, Any]) -> Answer:
        """`?realm_id=`: the forms that were sent by e-mail, oldest first."""
        with self._parts.state.lock:
            return 200, {"mails": mail.outbox(self._parts.state, request.query.get("realm_id"))}

    def _quota(self, _request: Request, _body: dict[str, Any]) -> Answer:
        return 200, {"quota": self._parts.quotas.shown()}

    # What is turned

    def _apps(self, _request: Request, _body: dict[str, Any]) -> Answer:
        with self._parts.state.lock:
            return 200, {"apps": self._parts.authority.apps.known()}

    def _configure(self, _request: Request, body: dict[str, Any]) -> Answer:
        """`{"client_id", "client_secret"?, "name"?, "redirect_uris"?, "reconnect_url"?}`: as its developer would in the portal."""
        apps, changes = self._parts.authority.apps, dict(body)
        client_id, secret = str(changes.pop("client_id")), changes.pop("client_secret", None)
        with self._parts.state.transaction():
            if secret is not None:
                apps.keep(client_id, str(secret))
            return 200, {"client_id": client_id, **apps.configure(client_id, changes)}

    def _set_times(self, _request: Request, body: dict[str, Any]) -> Answer:
        """`{"realm_id", "entity", "ids"?, "created"?, "updated"?}`: give objects other times, for many of them in one second."""
        company = self._company(body)
        ids = None if body.get("ids") is None else [str(each) for each in body["ids"]]
        with self._parts.state.transaction():
            books = self._parts.register.books(company)
            changed = times.set_times(books, str(body["entity"]), ids, body.get("created"), body.get("updated"))
        return 200, {"changed": changed}

    def _company(self, body: dict[str, Any]) -> Company:
        company = self._parts.register.companies.get(str(body.get("realm_id")))
        if company is None:
            raise ValueError(f"there is no company {body.get('realm_id')!r}")
        return company

    def _connect(self, _request: Request, body: dict[str, Any]) -> Answer:
        """`{"realm_id", "client_id", "client_secret", "scope"?}` gives what a person's consent would."""
        realm = str(body.get("realm_id") or next(iter(self._parts.register.companies), ""))
        return 200, self._parts.authority.connect(
            realm, str(body.get("client_id", "emulator")), str(body.get("client_secret", "emulator-secret")),
            str(body.get("scope") or ACCOUNTING),
        )  # fmt: skip

    def _faults(self, _request: Request, _body: dict[str, Any]) -> Answer:
        return 200, {"faults": self._parts.mischief.armed()}

    def _arm(self, _request: Request, body: dict[str, Any] | list[dict[str, Any]]) -> Answer:
        """One fault, a list of them, or `{"faults": [...]}`."""
        wishes = body if isinstance(body, list) else body.get("faults", [body])
        return 201, {"faults": [self._parts.mischief.arm(_plain(wish)).shown() for wish in wishes]}

    def _disarm(self, request: Request, _body: dict[str, Any]) -> Answer:
        number = request.query.get("number")
        return 200, {"disarmed": self._parts.mischief.disarm(int(number) if number else None)}

    def _switches(self, _request: Request, _body: dict[str, Any]) -> Answer:
        return 200, dict(self._parts.switches)

    def _set_switches(self, _request: Request, body: dict[str, Any]) -> Answer:
        self._parts.switches.update(_plain(body))
        return 200, dict(self._parts.switches)

    def _clock(self, _request: Request, _body: dict[str, Any]) -> Answer:
        return 200, self._time()

    def _set_clock(self, _request: Request, body: dict[str, Any]) -> Answer:
        """Any of `{"advance_seconds", "skew_seconds", "frozen"}`."""
        unknown = set(body) - {"advance_seconds", "skew_seconds", "frozen"}
        if unknown:
            raise ValueError(f"the clock knows advance_seconds, skew_seconds and frozen, not {', '.join(sorted(unknown))}")
        clock = self._parts.clock
        if "frozen" in body:
            (clock.freeze if body["frozen"] else clock.thaw)()
        advance, skew = (_seconds(body.get(name, 0)) for name in ("advance_seconds", "skew_seconds"))
        if clock.now().year + (advance + abs(skew)) / _YEAR > _LAST_YEAR:
            raise ValueError(f"the clock ends with the year {_LAST_YEAR}")
        clock.advance(advance)
        if "skew_seconds" in body:
            clock.skew(skew)
        self._parts.webhooks.changed.set()
        return 200, self._time()

    def _time(self) -> dict[str, Any]:
        return {"now": moments.millisecond(self._parts.clock.now(), "UTC"), **self._parts.clock.settings()}

    # The bookkeeper

    def _act(self, _request: Request, body: dict[str, Any]) -> Answer:
        parts, company = self._parts, self._company(body)
        if body.get("action") == "disconnect":
            return 200, {"disconnected": parts.authority.disconnect(company.realm)}
        return 200, {"object": actor.carry_out(parts, company, body)}

    def _reset(self, _request: Request, body: dict[str, Any]) -> Answer:
        """Faults, quotas, journal and switches as at the start; with `{"companies": true}` the companies anew as well."""
        parts = self._parts
        parts.mischief.disarm()
        parts.quotas.reset()
        parts.switches.reset()
        with parts.state.transaction():
            parts.journal.clear()
            parts.webhooks.reset()
            if body.get("companies"):
                parts.register.rebuild()
        return 200, {"companies": parts.register.realms()}


#: Times are written with four digits of a year.
_LAST_YEAR, _YEAR = 9000, 31_556_952


def _seconds(value: Any) -> float:
    """A number of seconds, of a hundred years at most."""
    seconds = float(value)
    if not abs(seconds) <= 100 * _YEAR:
        raise ValueError(f"{value} seconds are more than a hundred years")
    return seconds


def _plain(wish: dict[str, Any]) -> dict[str, Any]:
    """Numbers with a fraction as floats: nothing in here is money."""
    return {name: float(value) if type(value).__name__ == "Decimal" else value for name, value in wish.items()}


def _json(status: int, body: Any) -> Response:
    text = wire.dumps(_dumpable(body))
    return Response(status, {"Content-Type": "application/json;charset=utf-8", "Cache-Control": "no-store"}, text.encode())


def _lines(status: int, text: str) -> Response:
    return Response(status, {"Content-Type": f"{_LINES};charset=utf-8", "Cache-Control": "no-store"}, text.encode())


def _dumpable(value: Any) -> Any:
    """Tuples as lists; everything else the wire format knows."""
    if isinstance(value, dict):
        return {str(name): _dumpable(item) for name, item in value.items()}
    return [_dumpable(item) for item in value] if isinstance(value, list | tuple) else value
