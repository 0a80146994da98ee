"""The emulator itself: one object that answers requests, for any number of companies, from one state file."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from syncengine.emulator import oauth
from syncengine.emulator.books import Books, Company
from syncengine.emulator.clock import Clock, SystemClock, TurnableClock
from syncengine.emulator.companies import KINDS
from syncengine.emulator.companies.build import Builder
from syncengine.emulator.control import Control
from syncengine.emulator.gateway import Gateway
from syncengine.emulator.http import ConnectionDropped, Request, Response
from syncengine.emulator.journal import Journal
from syncengine.emulator.mischief import Mischief
from syncengine.emulator.quota import Quotas
from syncengine.emulator.state import State
from syncengine.emulator.switches import Switches

#: Realm ids look like this; further companies count up from here.
_FIRST_REALM = 9_130_350_000_000_000
#: Intuit's hosts, for `discovery`: with the adapter the emulator answers for them, so its addresses are theirs.
_DEFAULT_BASE = "https://oauth.platform.intuit.com"


class Emulator:
    """A local QuickBooks Online.

    Args:
        path: the state file; in memory by default, gone with the object.
        clock: `now()`, `monotonic()` and `sleep(seconds)`; the machine's own by default.
        seed: what tokens, default orders and chances are drawn from.
        switches: settings that differ from the defaults of `switches.SWITCHES`.

    Raises:
        StateFileInUse: another emulator has the file open, or it is no state file.
        ValueError: there is no such switch or value.
    """

    def __init__(
        self,
        path: str | Path = ":memory:",
        *,
        clock: Clock | None = None,
        seed: int = 0,
        switches: Mapping[str, Any] | None = None,
    ) -> None:
        self.switches = Switches(switches)
        self.clock = TurnableClock(clock or SystemClock())
        self.seed = seed
        self.state = State(path)
        self.companies: dict[str, Company] = {}
        self.authority = oauth.Authority(self.state, self.clock, self.switches, seed)
        self.quotas = Quotas(self.clock, self.switches)
        self.mischief = Mischief(seed)
        self.journal = Journal(self.state)
        self._gateway = Gateway(
            self.state, self.clock, self.switches, self.authority, self.quotas, self.mischief, self.journal, self.companies
        )
        self._control = Control(self)
        self._read_companies()

    # Requests

    def handle(self, request: Request, *, control: bool = True) -> Response:
        """Answer one request; may be called from many threads at once.

        Args:
            request: whatever the host, path and query say what is wanted.
            control: whether `/_emulator/` is answered; a server says no unless it is bound to loopback.

        Raises:
            ConnectionDropped: an injected fault breaks the connection.
        """
        path = request.path
        if path.startswith("/v3/company/"):
            return self._gateway.handle(request)
        if path.startswith("/_emulator/") and control:
            return self._control.handle(request)
        return self._sign_in(request, path)

    def _sign_in(self, request: Request, path: str) -> Response:
        key = (request.method, path.rstrip("/"))
        if key == ("POST", "/oauth2/v1/tokens/bearer"):
            return self._token(request)
        if key == ("POST", "/v2/oauth2/tokens/revoke"):
            return self.authority.revoke(request)
        if key == ("GET", "/connect/oauth2"):
            return self.authority.authorize(request)
        if key in {("GET", "/.well-known/openid_configuration"), ("GET", "/.well-known/openid_sandbox_configuration")}:
            return oauth.discovery(self._base(request))
        return Response(404, {"Content-Type": "text/plain"}, b"Not Found")

    def _token(self, request: Request) -> Response:
        fault = self.mischief.strike({"method": "POST", "path": request.path, "operation": "token"}, token_endpoint=True)
        kind = fault.kind if fault else ""
        if kind in {"token_endpoint_500", "token_endpoint_429"}:
            return Response(int(kind[-3:]), {"Content-Type": "text/html"}, b"<html><body>error</body></html>")
        if kind == "invalid_grant":
            return Response(400, {"Content-Type": "application/json"}, b'{"error":"invalid_grant"}')
        response = self.authority.token(request)
        if kind == "rotation_lost":
            raise ConnectionDropped
        return response

    def _base(self, request: Request) -> str:
        host = request.headers.get("Host", "")
        return f"http://{host}" if host and not host.endswith("intuit.com") else _DEFAULT_BASE

    # Companies

    def add_company(
        self, kind: str, realm_id: str | None = None, *, name: str | None = None, zone: str = "America/Los_Angeles"
    ) -> Company:
        """Set up a company.

        Args:
            kind: `demo`, `intuit` or `empty`.
            realm_id: its realmId; the next free one by default.
            name: what it is called; each kind has a name of its own.
            zone: its time zone.

        Raises:
            ValueError: there is no such kind, or the realm exists already.
        """
        if kind not in KINDS:
            raise ValueError(f"there is no company {kind!r}; there are: {', '.join(KINDS)}")
        with self.state.transaction():
            realm = realm_id or self._next_realm()
            if not realm.isdecimal():
                raise ValueError(f"a realm id is a number, not {realm!r}")
            if realm in self.companies:
                raise ValueError(f"there is a company {realm} already")
            shown = name or KINDS[kind].name
            key = self.state.execute(
                "INSERT INTO company (realm, kind, name, zone) VALUES (?, ?, ?, ?)", (realm, kind, shown, zone)
            ).lastrowid
            company = Company(int(key or 0), realm, kind, shown, zone, seed=self.seed)
            KINDS[kind].build(Builder(self.books(company)))
            self.companies[realm] = company
        return company

    def rebuild(self) -> None:
        """Set all companies up anew, under the realms that they have; grants stay."""
        with self.state.transaction():
            known = list(self.companies.values())
            for table in ("object", "replay", "company"):
                self.state.execute(f"DELETE FROM {table}")  # noqa: S608 -- three names of ours
            self.companies.clear()
            for company in known:
                self.add_company(company.kind, company.realm, name=company.name, zone=company.zone)

    def books(self, company: Company) -> Books:
        """A company's books as of now; hold `state.transaction()` around what is written."""
        return Books(self.state, company, self.switches, self.clock.now())

    def _next_realm(self) -> str:
        last = max([_FIRST_REALM, *(int(realm) for realm in self.companies)])
        # Neighbouring realms would hide a client that compares only the last digits, or the first.
        return str(last + 1_010_101)

    def _read_companies(self) -> None:
        rows = self.state.execute("SELECT key, realm, kind, name, zone, closing_password FROM company ORDER BY key")
        for key, realm, kind, name, zone, password in rows.fetchall():
            self.companies[realm] = Company(key, realm, kind, name, zone, password, self.seed)

    # The rest of what a person may do

    def connect(self, realm_id: str, client_id: str = "emulator", client_secret: str = "emulator-secret") -> dict[str, Any]:  # noqa: S107 -- a stand-in has no secrets
        """What a person's consent would give: the token response of a new grant, with its `realmId`.

        Raises:
            ValueError: there is no such company.
        """
        if realm_id not in self.companies:
            raise ValueError(f"there is no company {realm_id}")
        return self.authority.connect(realm_id, client_id, client_secret)

    def realms(self) -> list[dict[str, str]]:
        """The companies: `realm_id`, `name`, `company` (its kind)."""
        return [{"realm_id": each.realm, "name": each.name, "company": each.kind} for each in self.companies.values()]

    def forget(self) -> None:
        """Drop what is kept in memory, after the state was changed beneath it."""
        self.companies.clear()
        self.authority.forget()
        self._read_companies()

    def close(self) -> None:
        """Save what waits and let go of the state file; closing twice is harmless."""
        with self.state.lock, contextlib.suppress(Exception):
            self.journal.flush()
        self.state.close()
