"""Retrying: how long a scheduled run that an outage ended waits before it is begun again. Pure.

The pauses grow and are capped, and the retries of a slot end with its window: at the moment at which the next slot is due.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from syncengine.errors import Retriable, Throttled

#: The first pause, doubled each time up to the longest: a short outage costs half a minute, a long one few calls.
FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)


def pause(retries: int, asked: float = 0.0) -> timedelta:
    """The pause after so many retries; never shorter than the `asked` seconds, nor longer than the longest.

    >>> [pause(each).total_seconds() / 60 for each in range(9)]
    [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    """
    grown = FIRST * (1 << min(retries, 10))
    return min(max(grown, timedelta(seconds=asked)), LONGEST)


def asked(trouble: Exception | None) -> float:
    """The seconds for which a trouble asks to be left alone; 0 where it does not."""
    return trouble.seconds if isinstance(trouble, Throttled) else 0.0


def passes(trouble: Exception | None) -> bool:
    """Whether a trouble is an outage, which passes by itself."""
    return isinstance(trouble, Retriable)


def moment(retries: int, now: datetime, window_ends: datetime, seconds: float = 0.0) -> datetime | None:
    """When the next retry is due; None where the next slot comes first."""
    at = now + pause(retries, seconds)
    return at if at < window_ends else None


def still_due(retry_at: datetime | None, now: datetime, since: datetime) -> datetime | None:
    """When a retry that was planned is due; None for none, and for one of a schedule that was chosen anew since.

    One that lies further ahead than any pause was planned while the clock was ahead: it is due now.
    """
    if retry_at is None or retry_at <= since:
        return None
    return retry_at if retry_at <= now + LONGEST else now
