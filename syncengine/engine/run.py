"""One cycle's surroundings: company, lease, client, counts; every write of the cycle goes through `unit`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from syncengine.engine.refs import Resolver
from syncengine.engine.site import Site
from syncengine.quickbooks import Call, Client
from syncengine.store import cycles, leases
from syncengine.store.quota import DatabaseQuotaLog


class Stopped(Exception):  # noqa: N818 -- a wish, not an error
    """Somebody asked the cycle to end; what was begun is left in a state that the next cycle resumes."""


@dataclass
class Counts:
    """What a cycle did so far. Calls are counted by the client's threads, the rest by the cycle's own."""

    sent: int = 0
    received: int = 0
    failed: int = 0
    calls: int = 0
    metered_reads: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def on_call(self, call: Call) -> None:
        """Count one HTTP exchange."""
        with self._lock:
            self.calls += 1
            self.metered_reads += call.metered

    def columns(self) -> dict[str, int]:
        """For the cycle's row."""
        return {
            "sent": self.sent,
            "received": self.received,
            "failed": self.failed,
            "calls": self.calls,
            "metered_reads": self.metered_reads,
        }


@dataclass
class Run:
    """One cycle of one company, while it lasts."""

    site: Site
    company_id: int
    cycle_id: int
    fence: int
    client: Client
    quota: DatabaseQuotaLog
    settings: dict[str, Any]
    connection_generation: int
    #: Set by whoever wants the cycle to end.
    stop: threading.Event
    #: Set when the lease has gone to another owner.
    lost: threading.Event
    counts: Counts

    @contextmanager
    def unit(self) -> Iterator[Connection]:
        """A writing transaction that commits only while we hold the company: LeaseLost otherwise."""
        with self.site.database.writing() as connection:
            leases.check(connection, self.company_id, self.fence)
            yield connection

    def resolver(self, connection: Connection) -> Resolver:
        """References of this company, inside one transaction."""
        return Resolver(connection, self.company_id, self.settings)

    @property
    def ending(self) -> bool:
        """Whether nothing new may begin."""
        return self.stop.is_set() or self.lost.is_set()

    def go_on(self) -> None:
        """Raise Stopped where somebody wants the cycle to end."""
        if self.ending:
            raise Stopped

    def say(self, phase: str, done: int = 0, total: int = 0) -> None:
        """Show how far the cycle is."""
        with self.site.database.writing() as connection:
            cycles.progress(
                connection, self.cycle_id, self.site.clock.now(), phase=phase, done=done, total=total, **self.counts.columns())
