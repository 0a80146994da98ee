"""The emulator itself: one object that answers requests, for any number of companies, from one state file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from syncengine.emulator import links
from syncengine.emulator.books import Company
from syncengine.emulator.clock import Clock, SystemClock, TurnableClock
from syncengine.emulator.control import Control
from syncengine.emulator.endpoints import SignIn
from syncengine.emulator.gateway import Gateway
from syncengine.emulator.http import Request, Response, unpacked
from syncengine.emulator.pages.site import Pages
from syncengine.emulator.parts import Parts
from syncengine.emulator.state import State
from syncengine.emulator.switches import Switches
from syncengine.emulator.webhooks.post import Send, post


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
        wanted = Switches(switches)
        self.parts = Parts.assembled(State(path), TurnableClock(clock or SystemClock()), wanted, seed)
        self._gateway = Gateway(self.parts)
        self._control = Control(self.parts)
        self._sign_in = SignIn(self.parts)
        self._pages = Pages(self.parts)

    # Requests

    def handle(self, request: Request, *, control: bool = True) -> Response:
        """Answer one request; may be called from many threads at once.

        Args:
            request: whatever the host, path and query say what is wanted.
            control: whether `/_emulator/` and the pages are answered; a server says no unless it is bound to loopback.

        Raises:
            ConnectionDropped: an injected fault breaks the connection.
        """
        request = unpacked(request)
        if request.method == "HEAD":
            told = self._answered(replace(request, method="GET"), control=control)
            return replace(told, body=b"", drip_seconds=0.0)
        return self._answered(request, control=control)

    def _answered(self, request: Request, *, control: bool) -> Response:
        path = request.path
        if path.startswith("/v3/company/"):
            return self._gateway.handle(request)
        if path.startswith("/_emulator/") and control:
            return self._control.handle(request)
        if links.is_temporary(path):
            return self._file(request)
        if control and self._pages.owns(path):
            return self._pages.handle(request)
        return self._sign_in.handle(request)

    def _file(self, request: Request) -> Response:
        """What is behind a temporary address of an attached file; it asks for no token."""
        company = self.companies.get(request.path.split("/")[1])
        with self.parts.state.lock:
            return links.served(self.parts.state, company, request, self.parts.clock.now())

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
        return self.parts.register.add(kind, realm_id, name=name, zone=zone)

    def load(self, realm_id: str, rows: Iterable[Any], *, replace: bool = False) -> dict[str, int]:
        """Write many objects into a company at once, in the form in which QuickBooks answers; returns how many of each entity.

        Args:
            realm_id: the company.
            rows: one object each, `{"Customer": {...}}`; numbers are Decimal, int or text.
            replace: empty the company first, but for its settings.

        Raises:
            ValueError: there is no such company, or a row is no object that could be there; nothing is written then.
        """
        return self.parts.load(realm_id, rows, replace=replace)

    @property
    def companies(self) -> Mapping[str, Company]:
        """RealmId -> company."""
        return self.parts.register.companies

    def connect(self, realm_id: str, client_id: str = "emulator", client_secret: str = "emulator-secret") -> dict[str, Any]:  # noqa: S107 -- a stand-in has no secrets
        """What a person's consent would give: the token response of a new grant, with its `realmId`.

        Raises:
            ValueError: there is no such company.
        """
        return self.parts.authority.connect(realm_id, client_id, client_secret)

    def realms(self) -> list[dict[str, str]]:
        """The companies: `realm_id`, `name`, `company` (its kind)."""
        return self.parts.register.realms()

    def deliver(self, send: Send = post) -> list[dict[str, Any]]:
        """Try the webhook deliveries that are due now, once; a server does so by itself.

        Args:
            send: how a `Post` leaves and what status it is answered with (OSError for no answer); HTTP to this machine by default.

        Returns:
            The deliveries that were tried, as `GET /_emulator/webhooks/deliveries` shows them.
        """
        return self.parts.webhooks.deliver(send)

    def close(self) -> None:
        """Save what waits and let go of the state file; closing twice is harmless."""
        self.parts.webhooks.close()
        # A second call finds the file closed already.
        with self.parts.state.lock, contextlib.suppress(Exception):
            self.parts.journal.flush()
        self.parts.state.close()
