"""What a person does and sees, through nothing but public commands, queries and the inventory; and what stands in QuickBooks."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from syncengine import commands, inventory, queries
from syncengine.emulator import EmulatorAdapter
from syncengine.queries import Session
from syncengine.worker.worker import Worker
from tests.support.world import World

CLASSES = {"ClassTrackingPerTxnLine": True}
DEPARTMENTS = {"TrackDepartments": True}
NO_TRACKING = {"ClassTrackingPerTxnLine": False, "ClassTrackingPerTxn": False, "TrackDepartments": False}
#: Where a browser finds the emulator.
_EMULATOR = "http://127.0.0.1:8950"


@dataclass
class Person:
    """Somebody at work in one company."""

    world: World
    session: Session

    @property
    def company(self) -> int:
        """The company's key."""
        return self.session.company_id

    def save(self, kind: str, lines: Sequence[dict[str, Any]] | None = None, **values: Any) -> int:
        """Save one inventory record, as the inventory's own pages do."""
        return inventory.save(self.world.site.database, kind, values, lines, self.company)

    def invoice(self, number: str, **more: Any) -> int:
        """Save one invoice with a customer and an item of its own."""
        customer, item = self.save("customer", name=f"Customer of {number}"), self.save("item", name=f"Item of {number}")
        line = {"item_id": item, "quantity": "2", "unit_price": "10"}
        return self.save("invoice", [line], number=number, customer_id=customer, **more)

    def work(self) -> None:
        """Let a worker look once: it takes saved changes into the queue and runs what is wanted to its end."""
        worker = Worker(self.world.site, "a worker")
        worker.tick()
        assert worker.wait(60)

    def sync(self) -> Any:
        """Press Sync now and wait; answers the newest run."""
        commands.sync_now(self.session)
        self.work()
        return self.last_run()

    def settle(self) -> Any:
        """The same after a few minutes, when QuickBooks' own changes are sure to be told."""
        self.world.clock.advance(300)
        return self.sync()

    def last_run(self) -> Any:
        """The newest run."""
        return queries.runs(self.session).iloc[0]

    def queue(self) -> Any:
        """The queue as the preview shows it, saved changes included."""
        self.work()
        return queries.queue(self.session)

    def there(self, entity: str, where: str = "") -> list[dict[str, Any]]:
        """What QuickBooks holds of one entity."""
        return self.world.query(self.company, f"select * from {entity} {where}".strip())

    def at_quickbooks(self, action: str, **wish: Any) -> Any:
        """What a bookkeeper does in QuickBooks."""
        return self.world.actor(self.company, action, **wish)

    def tracking(self, **changes: bool) -> None:
        """Set QuickBooks' tracking there, and sync after a day: preferences are read once a day."""
        self.at_quickbooks("set_preferences", changes={"AccountingInfoPrefs": changes})
        self.world.clock.advance(90_000)
        self.sync()

    def announce_emulator(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Say where the emulator is and where the installation's key lies, as an installation's own processes know it."""
        monkeypatch.setenv("TIEOUT_DATA", str(self.world.site.settings.data))
        self.world.sql(
            "INSERT INTO sync_service (name, host, address, pid, started_at) VALUES ('emulator', :h, :a, 1, :t)",
            h=socket.gethostname(), a=_EMULATOR, t=self.world.clock.now().isoformat(sep=" "),
        )  # fmt: skip

    def look(self, address: str) -> str:
        """The emulator's page at an address, as a browser reads it."""
        with requests.Session() as session:
            session.mount(_EMULATOR, EmulatorAdapter(self.world.emulator))
            reply = session.get(address, timeout=10)
        assert reply.ok, reply.status_code
        return reply.text

    def refused(self, name: str = "Twice") -> int:
        """Save a vendor that QuickBooks refuses, since a customer has its name already; answers the vendor."""
        self.save("customer", name=name)
        self.sync()
        vendor = self.save("vendor", name=name)
        self.sync()
        return vendor
