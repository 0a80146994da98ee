"""Stretches of time that reports are about: the named ones (date macros), and those that columns stand for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)
#: Months of the units that are counted in months.
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
#: How many columns a report by days has at most; what lies behind goes into none of them.
MOST_DAYS = 200
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Period:
    """The days from `start` to `end`, both included."""

    start: date
    end: date


def shifted(day: date, months: int) -> date:
    """The same day so many months later (earlier, if negative), or the last one of a month that is too short."""
    count = day.year * 12 + day.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    following = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return min(first + (day.day - 1) * _DAY, following - _DAY)


def month_number(name: str) -> int:
    """January is 1; what is no month counts as January."""
    return MONTHS.index(name) + 1 if name in MONTHS else 1


def start_of(unit: str, day: date, first_month: int = 1) -> date:
    """The first day of the week, month, quarter or year that a day lies in; years begin with `first_month`, weeks on Sunday."""
    if unit == "week":
        return day - ((day.weekday() + 1) % 7) * _DAY
    if unit == "day":
        return day
    size = _MONTHS[unit]
    since = (day.month - first_month) % 12 % size if unit != "month" else 0
    return shifted(day.replace(day=1), -since)


def following(unit: str, start: date, count: int = 1) -> date:
    """The start of the unit that comes `count` after the one that begins at `start`."""
    if unit == "day":
        return start + count * _DAY
    return start + 7 * count * _DAY if unit == "week" else shifted(start, count * _MONTHS[unit])


def named(macro: str, today: date, first_month: int) -> Period | None:
    """The period that a date macro names (`this fiscal year-to-date`), None for one that is unknown; `all` ends today.

    Args:
        macro: in lower case.
        today: the company's date.
        first_month: the month that its fiscal year begins with.
    """
    simple = {"today": (0, 0), "yesterday": (1, 1)}.get(macro)
    if simple:
        return Period(today - simple[0] * _DAY, today - simple[1] * _DAY)
    if macro == "all":
        return Period(date(1900, 1, 1), today)
    if macro == "next 4 weeks":
        start = following("week", start_of("week", today))
        return Period(start, start + 28 * _DAY - _DAY)
    return _relative(macro.removesuffix("-to-date"), today, first_month, to_date=macro.endswith("-to-date"))


def _relative(words: str, today: date, first_month: int, *, to_date: bool) -> Period | None:
    which, _, rest = words.partition(" ")
    kind, _, unit = rest.rpartition(" ")
    if which not in {"this", "last", "next"} or unit not in {"week", "month", "quarter", "year"} or (to_date and which == "next"):
        return None
    if kind not in ({"", "fiscal", "calendar"} if unit in {"quarter", "year"} else {""}):
        return None
    begins = first_month if kind != "calendar" else 1
    current = start_of(unit, today, begins)
    start = following(unit, current, {"this": 0, "last": -1, "next": 1}[which])
    if not to_date:
        return Period(start, following(unit, start) - _DAY)
    if which == "this":
        return Period(start, today)
    # As far into the last one as today is into this one.
    end = today - 7 * _DAY if unit == "week" else shifted(today, -_MONTHS[unit])
    return Period(start, end)


def split(whole: Period, unit: str, first_month: int) -> Iterator[Period]:
    """The weeks, months, quarters, years or days of a period; the first and the last one may be cut short by it."""
    start = whole.start
    count = 0
    while start <= whole.end and not (unit == "day" and count >= MOST_DAYS):
        behind = following(unit, start_of(unit, start, first_month))
        yield Period(start, min(behind - _DAY, whole.end))
        start, count = behind, count + 1


def title(period: Period, unit: str) -> str:
    """What a column is called: `Jan 2026`, `Jan 1 - Jan 15, 2026`."""
    start, end = period.start, period.end
    if unit == "day":
        return f"{start:%b} {start.day}, {start.year}"
    if unit == "month" and start.day == 1 and (end + _DAY).day == 1:
        return f"{start:%b} {start.year}"
    if unit == "quarter" and start.day == 1 and (end + _DAY).day == 1 and shifted(start, 3) == end + _DAY:
        return f"{start:%b} - {end:%b}, {end.year}"
    if unit == "year" and shifted(start, 12) == end + _DAY:
        return f"{start:%b} - {end:%b} {end.year}"
    begin = f"{start:%b} {start.day}" if start.year == end.year else f"{start:%b} {start.day}, {start.year}"
    if start == end:
        return f"{start:%b} {start.day}, {start.year}"
    same = start.year == end.year and start.month == end.month
    return f"{begin} - {end.day}, {end.year}" if same else f"{begin} - {end:%b} {end.day}, {end.year}"
