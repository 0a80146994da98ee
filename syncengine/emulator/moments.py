"""Times as QuickBooks writes and reads them: second precision and the company's offset for objects, milliseconds for envelopes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_MOMENT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d:?\d\d)?)?\s*(Z|z|[+-]\d\d:?\d\d)?$"
)


@lru_cache(maxsize=4096)
def _offset(zone: str, quarter_hours: int) -> timedelta:
    """The zone's offset; no zone changes it within a quarter of an hour, so one answer serves 900 seconds."""
    moment = datetime.fromtimestamp(quarter_hours * 900, UTC)
    return moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def _suffix(offset: timedelta) -> str:
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


@lru_cache(maxsize=4096)
def second(epoch_seconds: int, zone: str) -> str:
    """An object's time, `2020-09-29T05:58:07-07:00` (quickbooks: second precision, company time zone)."""
    offset = _offset(zone, epoch_seconds // 900)
    local = datetime.fromtimestamp(epoch_seconds, UTC) + offset
    return local.strftime("%Y-%m-%dT%H:%M:%S") + _suffix(offset)


def millisecond(moment: datetime, zone: str) -> str:
    """An envelope's time, `2020-09-29T05:58:16.187-07:00`."""
    text = second(int(moment.timestamp()), zone)
    return f"{text[:19]}.{moment.microsecond // 1000:03d}{text[19:]}"


def today(moment: datetime, zone: str) -> str:
    """The company's calendar date at `moment`, `2020-09-29`."""
    return second(int(moment.timestamp()), zone)[:10]


@lru_cache(maxsize=4096)
def parse(text: str, zone: str) -> float | None:
    """Epoch seconds of a date or time; without an offset it is read in the company's zone; None when it is neither."""
    match = _MOMENT.match(text.strip())
    if not match:
        return None
    year, month, day, hour, minute, sec, fraction, offset1, offset2 = match.groups()
    try:
        naive = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(sec or 0))  # noqa: DTZ001 -- its offset is applied below
    except ValueError:
        return None
    micro = int((fraction or "0").ljust(6, "0")[:6])
    return naive.replace(microsecond=micro, tzinfo=UTC).timestamp() - _seconds(offset1 or offset2, naive, zone)


def _seconds(offset: str | None, naive: datetime, zone: str) -> float:
    if offset is None:
        return (naive.replace(tzinfo=ZoneInfo(zone)).utcoffset() or timedelta()).total_seconds()
    if offset in "Zz":
        return 0
    digits = offset[1:].replace(":", "")
    size = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -size if offset[0] == "-" else size


def valid_date(text: str) -> bool:
    """Whether `text` is a calendar date, `2020-09-29`."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def add_days(day: str, days: int) -> str:
    """The date `days` after `day`, both `2020-09-29`."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def day_of_month_due(day: str, day_of_month: int, next_month_days: int) -> str:
    """The due date of a date-driven term: this month's `day_of_month`, or next month's when that is too near.

    "Too near" is fewer than `next_month_days` days after `day`. A month that is too short gives its last day.
    """
    issued = date.fromisoformat(day)
    due = _in_month(issued.year, issued.month, day_of_month)
    if due < issued or (due - issued).days < next_month_days:
        year, month = (issued.year + 1, 1) if issued.month == 12 else (issued.year, issued.month + 1)
        due = _in_month(year, month, day_of_month)
    return due.isoformat()


def _in_month(year: int, month: int, day: int) -> date:
    following = date(year + 1, 1, 1) if month == 12 else date(year, month + 1, 1)
    return min(date(year, month, 1) + timedelta(days=max(1, day) - 1), following - timedelta(days=1))
