"""Rate limits: how many requests and batches a company and an app may send in a second and a minute."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Literal

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

    def until(self, now: float, room: int, *, fixed: bool) -> float:
        """Seconds until no more than `room` of the window is taken; infinite where that never comes."""
        left = self.used(now, fixed=fixed)
        if left <= room:
            return 0.0
        if fixed and room >= 0:
            return self.seconds - now % self.seconds
        for moment, amount in self._moments:
            left -= amount
            if left <= room:
                return moment + self.seconds - now
        return float("inf")

    def take(self, now: float, amount: int) -> None:
        """Note that `amount` was taken."""
        self._moments.append((now, amount))
        self._used += amount


#: A limit, what a request takes from it, and what it allows.
Share = tuple[_Log, int, int]
#: Longest that a lone request is held; a minute's window has moved on by then.
_PATIENCE_SECONDS = 61.0


class Quotas:
    """The limits of all companies; a refused request takes nothing."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        #: (name, realm[, app]) -> what was taken; see `_LIMITS` for the names.
        self._logs: dict[tuple[str, ...], _Log] = {}
        self._in_flight: dict[tuple[str, str], int] = {}
        self._lock = threading.Lock()

    def enter(self, realm: str, client_id: str, kind: Literal["request", "batch", "report"], items: int = 1) -> tuple[bool, int]:
        """Ask to be let in; `leave` has to follow in any case.

        Args:
            realm: the company.
            client_id: the app.
            kind: whether it is a batch or a report, which have limits of their own.
            items: how many items the batch holds.

        Returns:
            Whether there was room, and how many requests of the realm and app are now in flight, this one included.
        """
        key = (realm, client_id)
        with self._lock:
            flying = self._in_flight[key] = self._in_flight.get(key, 0) + 1
            room = not self._switches["quotas"] or self._take(self._wanted(realm, client_id, kind, items), flying)
        if not room and flying == 1 and self._switches["lone_request"] == "held":
            room = self._held(self._wanted(realm, client_id, kind, items))
        return room, flying

    def _take(self, wanted: list[Share], flying: int) -> bool:
        """Take from the limits, if each of them has room; holds the lock."""
        now, fixed = self._clock.monotonic(), self._fixed
        room = all(log.used(now, fixed=fixed) + amount <= limit for log, amount, limit in wanted)
        if self._switches["ten_means"] != "second":
            room = room and flying <= self._switches["requests_per_second"]
        if room:
            for log, amount, _ in wanted:
                log.take(now, amount)
        return room

    def _held(self, wanted: list[Share]) -> bool:
        """Wait until there is room, as a client that sends one request after the other waits for QuickBooks' slow answers."""
        begun = self._clock.monotonic()
        while True:
            with self._lock:
                now = self._clock.monotonic()
                wait = max(log.until(now, limit - amount, fixed=self._fixed) for log, amount, limit in wanted)
                if wait <= 0 and self._take(wanted, 1):
                    return True
            if now + wait - begun > _PATIENCE_SECONDS:
                return False
            self._clock.sleep(max(wait, 0.001))
            if self._clock.monotonic() <= now:
                return False  # the clock stands still

    @property
    def _fixed(self) -> bool:
        return bool(self._switches["quota_window"] == "fixed")

    def leave(self, realm: str, client_id: str) -> None:
        """The request is answered."""
        with self._lock:
            self._in_flight[realm, client_id] -= 1

    def reset(self) -> None:
        """Forget what was taken."""
        with self._lock:
            self._logs.clear()

    def shown(self) -> list[dict[str, Any]]:
        """Each limit that something was taken from: `limit` (its name), `realm`, `client_id`, `seconds`, `used` now, `allowed`."""
        with self._lock:
            now, fixed = self._clock.monotonic(), self._fixed
            rows = [
                {
                    "limit": key[0],
                    "realm": key[1],
                    "client_id": key[2] if len(key) > 2 else None,
                    "seconds": log.seconds,
                    "used": log.used(now, fixed=fixed),
                    "allowed": self._switches[_LIMITS[key[0]]],
                }
                for key, log in sorted(self._logs.items())
            ]
            flying = [
                {
                    "limit": "in flight",
                    "realm": realm,
                    "client_id": app,
                    "used": count,
                    "allowed": self._switches[_LIMITS["second"]],
                }
                for (realm, app), count in sorted(self._in_flight.items())
            ]
        return rows + flying

    def _wanted(self, realm: str, client_id: str, kind: str, items: int) -> list[Share]:
        """The limits that a request takes from, how much, and what they allow."""
        weight = {"nothing": 0, "request": 1, "items": items}[self._switches["batch_counts_as"]] if kind == "batch" else 1
        wanted: list[tuple[str, int, tuple[str, ...]]] = [("minute", weight, (realm,))]
        if self._switches["ten_means"] != "concurrent":
            wanted.append(("second", 1, (realm, client_id)))
        if kind == "batch":
            wanted.append(("batches", 1, (realm,)))
        else:
            wanted.append(("others", 1, (realm, client_id)))
        if kind == "report":
            wanted.append(("reports", 1, (realm, client_id)))
        return [(self._log(name, *key), amount, self._switches[_LIMITS[name]]) for name, amount, key in wanted]

    def _log(self, name: str, *key: str) -> _Log:
        log = self._logs.get((name, *key))
        if log is None:
            log = self._logs[name, *key] = _Log(1.0 if name == "second" else 60.0)
        return log


#: Name of a limit -> the switch that says what it allows.
_LIMITS = {
    "second": "requests_per_second",
    "minute": "requests_per_minute",
    "batches": "batches_per_minute",
    "reports": "reports_per_minute",
    "others": "others_per_minute",
}
