"""A small world for whole cycles: one installation, an emulator under its client, companies on both sides."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import text

from syncengine import inventory
from syncengine.chance import SeededChance
from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from syncengine.emulator import Emulator, EmulatorAdapter
from syncengine.engine import cycle, preview, setup
from syncengine.engine.site import Site
from syncengine.quickbooks import Endpoints, wire
from syncengine.settings import Settings
from syncengine.store import errors, outbox, settings
from syncengine.terms import Trigger

#: No such host exists: every request goes to the emulator object, without a socket.
BASE = "https://quickbooks.test"


def mounted(emulator: Emulator) -> Callable[[Endpoints], Callable[[], requests.Session]]:
    """A factory of sessions that lead to the emulator object."""

    def factory(_: Endpoints) -> Callable[[], requests.Session]:
        def make() -> requests.Session:
            session = requests.Session()
            session.trust_env = False
            session.mount("https://", EmulatorAdapter(emulator))
            return session

        return make

    return factory


@dataclass
class World:
    """One installation and one emulator, with the handles that a test turns."""

    site: Site
    emulator: Emulator
    clock: ManualClock

    @classmethod
    def make(cls, database: Database, clock: ManualClock, folder: Path, **switches: Any) -> World:
        """An installation in `folder` whose clock the emulator shares."""
        emulator = Emulator(folder / "emulator.db", clock=clock, seed=1, switches={"default_order": "shuffled", **switches})
        settings = Settings(database_url=database.url, data=folder)
        site = Site(
            database=database, settings=settings, clock=clock, chance=SeededChance(1), emulator=lambda: BASE, http=mounted(emulator),
        )  # fmt: skip
        return cls(site, emulator, clock)

    def company(self, name: str = "Harbour", sample: str = "empty") -> int:
        """Add a company on a sample company of its own."""
        return setup.add_company(self.site.database, self.clock, name, sample=sample)

    def sync(self, company: int, **more: Any) -> cycle.Result:
        """One manual cycle."""
        return cycle.run(self.site, company, trigger=Trigger.MANUAL, by="test", owner="test-worker", **more)

    def settle(self, company: int) -> cycle.Result:
        """One cycle after the overlap has passed, so that no echo is left."""
        self.clock.advance(300)
        return self.sync(company)

    def save(self, company: int, kind: str, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]] | None = None) -> int:
        """Save an inventory record as the package does."""
        return inventory.save(self.site.database, kind, values, lines, company)

    def record(self, company: int, kind: str, record_id: int) -> Any:
        """One inventory record, or None."""
        return inventory.load(self.site.database, kind, record_id, company)

    def set(self, company: int, **values: Any) -> None:
        """Settings of a company, as the package writes them."""
        with self.site.database.writing() as connection:
            for name, value in values.items():
                settings.put(connection, company, name, value)

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """One call of the emulator's control interface, as a person at QuickBooks would make it."""
        session = self.site.http(Endpoints.emulator(BASE))()
        with session:
            reply = session.request(method, f"{BASE}/_emulator/{path}", json=body, timeout=10)
        assert reply.ok, reply.text
        return json.loads(reply.text) if reply.text else None

    def realm(self, company: int) -> str:
        """The realmId of a company that has synced."""
        from syncengine.store import connections
        from syncengine.store.vault import open_vault

        with self.site.database.reading() as connection:
            return open_vault(self.site.settings).open(connections.get(connection, company)["realm"])

    def actor(self, company: int, action: str, **wish: Any) -> Any:
        """What a bookkeeper does in QuickBooks."""
        return self.control("actor", {"realm_id": self.realm(company), "action": action, **wish})

    def backup(self, company: int) -> str:
        """All that QuickBooks' company holds, one object a line."""
        return self._objects("GET", company)

    def restore(self, company: int, day: str) -> None:
        """QuickBooks' company is again as it was when `day` was backed up."""
        self._objects("POST", company, data=day.encode(), headers={"Content-Type": "application/x-ndjson"})

    def _objects(self, method: str, company: int, **more: Any) -> str:
        wish = {"realm_id": self.realm(company), "replace": "true"}
        with self.site.http(Endpoints.emulator(BASE))() as session:
            reply = session.request(method, f"{BASE}/_emulator/objects", params=wish, timeout=10, **more)
        assert reply.ok, reply.text
        return reply.text

    def faults(self, *faults: Mapping[str, Any]) -> None:
        """Trouble on demand."""
        for fault in faults:
            self.control("faults", fault)

    def report(self, company: int, name: str, **wish: str) -> Any:
        """One of QuickBooks' reports, as it came."""
        grant = self.control("connect", {"realm_id": self.realm(company), "client_id": "watcher", "client_secret": "x"})
        with self.site.http(Endpoints.emulator(BASE))() as session:
            reply = session.get(
                f"{BASE}/v3/company/{self.realm(company)}/reports/{name}", timeout=30, params={**wish, "minorversion": "75"},
                headers={"Authorization": f"Bearer {grant['access_token']}", "Accept": "application/json"},
            )  # fmt: skip
        assert reply.ok, reply.text
        return wire.loads(reply.text)

    def query(self, company: int, statement: str) -> list[dict[str, Any]]:
        """All objects that QuickBooks answers, read past the client so that nothing is metered on our side."""
        grant = self.control("connect", {"realm_id": self.realm(company), "client_id": "watcher", "client_secret": "x"})
        found: list[dict[str, Any]] = []
        with self.site.http(Endpoints.emulator(BASE))() as session:
            while True:
                reply = session.get(
                    f"{BASE}/v3/company/{self.realm(company)}/query", timeout=30,
                    params={"query": f"{statement} STARTPOSITION {len(found) + 1} MAXRESULTS 1000", "minorversion": "75"},
                    headers={"Authorization": f"Bearer {grant['access_token']}", "Accept": "application/json"},
                )  # fmt: skip
                assert reply.ok, reply.text
                rows = [row for value in wire.loads(reply.text)["QueryResponse"].values() if isinstance(value, list) for row in value]
                found += rows
                if len(rows) < 1000:
                    return found

    def waiting(self, company: int) -> list[Any]:
        """The open outbox rows."""
        with self.site.database.reading() as connection:
            return outbox.rows(connection, company)

    def errors(self, company: int) -> list[Any]:
        """The open errors."""
        with self.site.database.reading() as connection:
            return errors.open_of(connection, company)

    def preview(self, company: int) -> list[preview.Planned]:
        """What the next cycle would send."""
        return preview.preview(self.site.database, company, at=self.clock.now())

    def sql(self, statement: str, **values: Any) -> None:
        """What another program does with plain SQL."""
        with self.site.database.writing() as connection:
            connection.execute(text(statement), values)
