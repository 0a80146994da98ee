"""Quotas as a sliding log: never more than N sends in any window, whichever moment the window begins at."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from syncengine.clock import Clock
from syncengine.errors import Throttled
from syncengine.quickbooks.calls import CallKind


class QuotaLog(Protocol):
    """Who may send when; one for each realm, shared by everyone who talks to it."""

    def acquire(self, kind: CallKind, deadline: float | None) -> None:
        """Wait until one call of `kind` may leave, note it as sent, and take one of the places in flight.

        `deadline` is a moment of the clock's `monotonic`; where waiting would pass it, nothing is noted and
        `errors.Throttled` is raised at once with the seconds that were still missing.
        """

    def release(self) -> None:
        """Give the place in flight back: the answer came, or never will."""

    def block(self, seconds: float) -> None:
        """Let nobody send for `seconds` from now; an earlier, longer block stands."""


@dataclass(frozen=True)
class Limit:
    """At most `count` sends in any `seconds`; `kinds` narrows it, empty means every call."""

    count: int
    seconds: float
    kinds: frozenset[CallKind] = frozenset()

    def covers(self, kind: CallKind) -> bool:
        """Whether calls of `kind` count into this limit."""
        return not self.kinds or kind in self.kinds


#: Intuit's limits for one realm and app: "API call limits and throttles", and the developer blog of 2025-08-13 for the
#: ten a second and the forty batches a minute. The 800 a minute of all other endpoints together is never met, since every
#: call counts into the 500. Batches and reports have a second more than their minute: see `MARGIN_SECONDS`.
LIMITS = (
    Limit(500, 60.0),
    Limit(10, 1.0),
    Limit(40, 61.0, frozenset({CallKind.BATCH})),
    Limit(200, 61.0, frozenset({CallKind.REPORT})),
)
#: The older wording of the ten is "concurrent"; both are obeyed.
IN_FLIGHT_MAX = 10
#: Calls need different times to arrive, so windows on the server are a little shorter than ours. A limit that covers every
#: call is free of that: there a call counts until its window has passed since its *answer*, and so has surely passed since
#: its arrival. A limit on some kinds counts from the leaving, since a batch may take ten seconds; a quarter of a second
#: covers the gateway's usual spread.
MARGIN_SECONDS = 0.25
#: What adding and subtracting times may lose.
_HAIR_SECONDS = 0.01

#: One send: the moment it left and what it was.
Send = tuple[float, CallKind]


def seconds_until_free(
    sent: Sequence[Send], kind: CallKind, now: float, *, limits: Iterable[Limit] = LIMITS, margin: float = MARGIN_SECONDS
) -> float:
    """How long a call of `kind` has to wait after `sent` (oldest first, as far back as the longest window).

    Counts from the leaving. Zero or less means that it may leave now. Pure, so that a log in a database can decide in
    the same way.
    """
    return max((_wait(sent, now, limit, margin) for limit in limits if limit.covers(kind)), default=0.0)


def _wait(sent: Sequence[Send], now: float, limit: Limit, margin: float) -> float:
    first = bisect_right(sent, now - limit.seconds - margin, key=lambda send: send[0])
    times = [moment for moment, was in sent[first:] if limit.covers(was)]
    if len(times) < limit.count:
        return 0.0
    # The window is free again once the oldest of the last `count` sends has left it.
    return times[-limit.count] + limit.seconds + margin - now


class MemoryQuotaLog:
    """The quota log of one process; safe to share between threads.

    Whatever time each call needs to arrive, the server sees no more than a limit that covers every call allows: when one
    leaves, those that are unanswered and those answered within the window before are fewer than the limit.

    Args:
        clock: what waiting and windows are measured with.
        limits: the windows, by default Intuit's.
        in_flight: how many calls may be unanswered at a time.
        margin: seconds by which each window is widened, see `MARGIN_SECONDS`.
    """

    def __init__(
        self, clock: Clock, *, limits: Sequence[Limit] = LIMITS, in_flight: int = IN_FLIGHT_MAX, margin: float = MARGIN_SECONDS
    ) -> None:
        self._clock = clock
        self._limits = tuple(limits)
        self._margin = margin
        self._memory = max((limit.seconds for limit in limits), default=0.0) + margin
        self._some = tuple(limit for limit in limits if limit.kinds)
        self._all = tuple(limit for limit in limits if not limit.kinds)
        self._places = min((in_flight, *(limit.count for limit in self._all)))
        self._changed = threading.Condition()
        self._sent: deque[Send] = deque()
        self._unanswered = 0
        self._answered: deque[float] = deque()
        self._blocked_until = 0.0

    def acquire(self, kind: CallKind, deadline: float | None) -> None:
        """Wait for a place in flight, then for the windows; see `QuotaLog`."""
        self._take_place(deadline)
        try:
            while (wait := self._try_to_send(kind)) > 0:
                self._rest(wait, deadline)
        except BaseException:
            self._give_place_back()
            raise

    def release(self) -> None:
        """Give the place in flight back, and count the windows of a call from now."""
        with self._changed:
            self._unanswered -= 1
            self._answered.append(self._clock.monotonic())
        self._give_place_back()

    def block(self, seconds: float) -> None:
        """Let nobody send for `seconds`; see `QuotaLog`."""
        with self._changed:
            self._blocked_until = max(self._blocked_until, self._clock.monotonic() + seconds)

    def seed(self, sends: Iterable[Send]) -> None:
        """Note what was sent before this log was made, oldest first, so that its windows know of it."""
        with self._changed:
            earlier = list(sends)
            self._sent.extend(earlier)
            self._answered.extend(moment for moment, _ in earlier)

    def left(self, kind: CallKind) -> int:
        """How many calls of `kind` may still leave in the tightest of its windows of a minute or more."""
        with self._changed:
            now, sent = self._clock.monotonic(), list(self._sent)
        rooms = [
            limit.count - sum(limit.covers(was) for moment, was in sent if moment > now - limit.seconds - self._margin)
            for limit in self._limits
            if limit.covers(kind) and limit.seconds >= 60.0
        ]
        return max(0, min(rooms, default=0))

    def _take_place(self, deadline: float | None) -> None:
        with self._changed:
            while self._places <= 0:
                left = None if deadline is None else deadline - self._clock.monotonic()
                if left is not None and left <= 0:
                    raise Throttled("Ten calls are under way and none has ended.", 1.0)
                # A place comes free when another thread's call ends, not when time passes: so this waits for that
                # thread, and not by the clock.
                self._changed.wait(left)
            self._places -= 1

    def _give_place_back(self) -> None:
        with self._changed:
            self._places += 1
            self._changed.notify()

    def _rest(self, wait: float, deadline: float | None) -> None:
        if deadline is not None and self._clock.monotonic() + wait > deadline:
            raise Throttled(f"QuickBooks' limits leave no room for another {wait:.0f} s.", wait)
        # Never less than a millisecond: a rest too small to move the clock would go round for ever.
        self._clock.sleep(max(wait, 0.001))

    def _try_to_send(self, kind: CallKind) -> float:
        """Note a send and return 0, or return how long to wait before trying again."""
        with self._changed:
            now = self._clock.monotonic()
            while self._sent and self._sent[0][0] <= now - self._memory:
                self._sent.popleft()
            while self._answered and self._answered[0] <= now - self._memory:
                self._answered.popleft()
            free = seconds_until_free(list(self._sent), kind, now, limits=self._some, margin=self._margin)
            wait = max(free, self._until_answers_age(now), self._blocked_until - now)
            if wait <= 0:
                self._sent.append((now, kind))
                self._unanswered += 1
            return wait

    def _until_answers_age(self, now: float) -> float:
        """How long until the unanswered calls and those answered within each window leave room for one more."""
        answered = list(self._answered)
        waits = [0.0]
        for limit in self._all:
            first = bisect_right(answered, now - limit.seconds - _HAIR_SECONDS)
            # No more than the limit are in flight, the caller among them: there is always an answer whose age frees a place.
            beyond = self._unanswered + len(answered) - first - (limit.count - 1)
            if beyond > 0:
                waits.append(answered[first + beyond - 1] + limit.seconds + _HAIR_SECONDS - now)
        return max(waits)
