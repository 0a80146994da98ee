"""The clock that is handed in everywhere: the system's in production, one that a test turns otherwise."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of this IANA name; UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name that is a folder of the zone files is an OSError
        return ZoneInfo("UTC")


class Clock(Protocol):
    """What the time is, how much has passed, and how to wait."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never steps back. For durations and deadlines."""

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`; zero or less returns at once."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never steps back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`; zero or less returns at once."""
        if seconds > 0:
            time.sleep(seconds)


class ManualClock:
    """A clock that stands until it is turned; sleeping turns it. Safe to share between threads."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 1, 15, 17, 0, tzinfo=UTC)
        self._passed = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The moment the clock was last turned to."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """Seconds by which the clock was turned forward since it was made."""
        with self._lock:
            return self._passed

    def sleep(self, seconds: float) -> None:
        """Turn the clock forward instead of waiting."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Turn the clock forward by `seconds`; a negative number is ignored."""
        if seconds > 0:
            with self._lock:
                self._now += timedelta(seconds=seconds)
                self._passed += seconds
