"""Rate limits: how many requests and batches a company and an app may send in a second and a minute."""

from __future__ import annotations

import threading
from collections import deque
from typing import Literal

from syncengine.emulator.clock import Clock
from syncengine.emulator.switches import Switches


class _Log:
    """The moments at which something was taken from one limit."""

    __slots__ = ("_moments", "_used", "seconds")

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._moments: deque[tuple[float, int]] = deque()
        self._used = 0

    def used(self, now: float, *, fixed: bool) -> int:
        """What was taken in the window that ends now (or, with fixed windows, in the one that now lies in)."""
        start = now - now % self.seconds if fixed else now - self.seconds
        while self._moments and (self._moments[0][0] < start if fixed else self._moments[0][0] <= start):
            self._used -= self._moments.popleft()[1]
        return self._used

    def take(self, now: float, amount: int) -> None:
        """Note that `amount` was taken."""
        self._moments.append((now, amount))
        self._used += amount


class Quotas:
    """The limits of all companies; a refused request takes nothing."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._logs: dict[tuple[str, ...], _Log] = {}
        self._in_flight: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def enter(self, realm: str, client_id: str, kind: Literal["request", "batch"], items: int = 1) -> tuple[bool, int]:
        """Ask to be let in; `leave` has to follow in any case.

        Args:
            realm: the company.
            client_id: the app.
            kind: whether it is a batch.
            items: how many items the batch holds.

        Returns:
            Whether there was room, and how many requests of the realm and app are now in flight, this one included.
        """
        key = (realm, client_id)
        with self._lock:
            flying = self._in_flight[key] = self._in_flight.get(key, 0) + 1
            if not self._switches["quotas"]:
                return True, flying
            wanted = self._wanted(realm, client_id, kind, items)
            now = self._clock.monotonic()
            fixed = self._switches["quota_window"] == "fixed"
            room = all(log.used(now, fixed=fixed) + amount <= limit for log, amount, limit in wanted)
            if self._switches["ten_means"] != "second":
                room = room and flying <= self._switches["requests_per_second"]
            if room:
                for log, amount, _ in wanted:
                    log.take(now, amount)
            return room, flying

    def leave(self, realm: str, client_id: str) -> None:
        """The request is answered."""
        with self._lock:
            self._in_flight[realm, client_id] -= 1

    def reset(self) -> None:
        """Forget what was taken."""
        with self._lock:
            self._logs.clear()

    def _wanted(self, realm: str, client_id: str, kind: str, items: int) -> list[tuple[_Log, int, int]]:
        switches = self._switches
        wanted = []
        if switches["ten_means"] != "concurrent":
            wanted.append((self._log(1.0, "second", realm, client_id), 1, switches["requests_per_second"]))
        weight = 1
        if kind == "batch":
            weight = {"nothing": 0, "request": 1, "items": items}[switches["batch_counts_as"]]
            wanted.append((self._log(60.0, "batch", realm), 1, switches["batches_per_minute"]))
        wanted.append((self._log(60.0, "minute", realm), weight, switches["requests_per_minute"]))
        return wanted

    def _log(self, seconds: float, *key: str) -> _Log:
        log = self._logs.get(key)
        if log is None:
            log = self._logs[key] = _Log(seconds)
        return log
