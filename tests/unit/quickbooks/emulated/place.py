"""An emulated company and what a client of it needs, in this process or over a real connection."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import requests

from syncengine.chance import SeededChance
from syncengine.clock import Clock
from syncengine.emulator import Emulator, EmulatorAdapter
from syncengine.quickbooks import App, CallKind, Client, Endpoints, MemoryTokenStore, Tokens, select

#: No such host exists: every request goes to the emulator object, which names https addresses to hosts of this ending.
NOWHERE = "https://quickbooks.test.intuit.com"
APP = App("tieout-tests", "hush", "https://tieout.example/callback")


class Unlimited:
    """A quota log that lets everyone through at once, for tests in real time that are not about quotas."""

    def acquire(self, kind: CallKind, deadline: float | None) -> None:
        pass

    def release(self) -> None:
        pass

    def block(self, seconds: float) -> None:
        pass


@dataclass
class Place:
    """One emulated company and all that a client of it needs."""

    url: str
    realm_id: str
    clock: Clock
    make_session: Callable[[], requests.Session]
    clients: list[Client]

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        with self.make_session() as session:
            reply = session.request(method, f"{self.url}/_emulator/{path}", json=body, timeout=10)
            assert reply.ok, reply.text
            return json.loads(reply.text or "null")

    def fault(self, kind: str, **more: Any) -> None:
        self.control("faults", {"kind": kind, **more})

    def journal(self) -> list[dict[str, Any]]:
        return self.control(f"journal?realm_id={self.realm_id}&limit=100000", method="GET")["lines"]

    def grant(self) -> Tokens:
        """A new sign-in, as a person's consent would give."""
        wish = {"realm_id": self.realm_id, "client_id": APP.client_id, "client_secret": APP.client_secret}
        granted = self.control("connect", wish)
        now = self.clock.now()
        ends = (now + timedelta(seconds=granted[name]) for name in ("expires_in", "x_refresh_token_expires_in"))
        return Tokens(granted["access_token"], granted["refresh_token"], *ends)

    def client(self, *, store: MemoryTokenStore | None = None, **wishes: Any) -> Client:
        client = Client(
            **{
                "endpoints": Endpoints.emulator(self.url),
                "realm_id": self.realm_id,
                "app": APP,
                "tokens": store or MemoryTokenStore(self.grant()),
                "quota": Unlimited(),
                "clock": self.clock,
                "chance": SeededChance(1),
                "session": self.make_session,
                **wishes,
            }
        )
        self.clients.append(client)
        return client


def in_process(clock: Clock, **switches: Any) -> tuple[Emulator, Place]:
    emulator = Emulator(clock=clock, seed=1, switches=switches)
    company = emulator.add_company("demo")

    def make() -> requests.Session:
        session = requests.Session()
        session.mount("https://", EmulatorAdapter(emulator))
        return session

    return emulator, Place(NOWHERE, company.realm, clock, make, [])


def vendor(name: str) -> dict[str, Any]:
    return {"DisplayName": name}


def named(client: Client, name: str) -> list[dict[str, Any]]:
    return client.query(select("Vendor", where=[("DisplayName", "=", name), ("Active", "IN", (True, False))])).objects


def sale(client: Client) -> dict[str, Any]:
    item = next(found for found in client.query(select("Item", max=100)).objects if found["Type"] != "Category")
    (customer,) = client.query(select("Customer", order=["DisplayName"], max=1)).objects
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": 2, "UnitPrice": 5}
    line = {"Amount": 10, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return {"CustomerRef": {"value": customer["Id"]}, "Line": [line]}


def account(client: Client, kind: str) -> dict[str, str]:
    """A reference to the first account of a type."""
    found = client.query(select("Account", where=[("AccountType", "=", kind)], order=["Name"], max=1)).objects
    return {"value": found[0]["Id"]}
