"""The emulator's time: the machine's own by default, wrapped so that it can be frozen, advanced and skewed."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the time is, how much has passed, and how to wait."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never steps back."""

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


class TurnableClock:
    """A clock over another one that a test may freeze, advance and skew without touching the one below.

    *Advancing* lets time pass: tokens age, quota windows move. *Skew* only falsifies what the wall clock shows.
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._advanced = 0.0
        self._skew = timedelta()
        self._frozen: tuple[datetime, float] | None = None
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The present moment, aware, in UTC, with advance and skew in it."""
        base = self._frozen[0] if self._frozen else self._base.now()
        if self._advanced or self._skew:
            return base + timedelta(seconds=self._advanced) + self._skew
        return base

    def unskewed(self) -> datetime:
        """The present moment as it would be without skew: what is planned for later goes by it."""
        return self.now() - self._skew

    def monotonic(self) -> float:
        """Seconds since some fixed moment, with advance but without skew; never steps back."""
        return (self._frozen[1] if self._frozen else self._base.monotonic()) + self._advanced

    def sleep(self, seconds: float) -> None:
        """Wait on the clock below; a frozen clock stays frozen."""
        self._base.sleep(seconds)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass; a negative number is ignored."""
        with self._lock:
            self._advanced += max(0.0, seconds)

    def freeze(self) -> None:
        """Stop; `advance` still moves it."""
        with self._lock:
            self._frozen = self._frozen or (self._base.now(), self._base.monotonic())

    def thaw(self) -> None:
        """Run again from where the clock stands, so that no time is jumped over and none is repeated."""
        with self._lock:
            if self._frozen:
                self._advanced -= self._base.monotonic() - self._frozen[1]
                self._frozen = None

    def skew(self, seconds: float) -> None:
        """Show a wall-clock time that is wrong by `seconds` (negative is slow); replaces an earlier skew."""
        with self._lock:
            self._skew = timedelta(seconds=seconds)

    def settings(self) -> dict[str, float | bool]:
        """What is turned: `advanced_seconds`, `skew_seconds`, `frozen`."""
        return {
            "advanced_seconds": self._advanced,
            "skew_seconds": self._skew.total_seconds(),
            "frozen": self._frozen is not None,
        }
