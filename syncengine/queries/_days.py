"""Days by the clocks of a zone, told by databases that know no zones: from a table of how far its clocks are ahead of UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, and_, case, func, not_, or_, type_coerce

#: Moments of these years are told their day by the database, any other one by itself.
_YEARS = (2015, 2045)
#: So many changes of the clocks are told one after the other.
_FEW = 5
_MINUTES_OF_A_DAY = 24 * 60
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
#: From when on, in UTC, clocks are so far ahead of it.
Spans = Sequence[tuple[datetime, timedelta]]


def of(moment: datetime, clocks: ZoneInfo) -> date:
    """The day on which a moment falls."""
    return moment.astimezone(clocks).date()


def read(key: str, clocks: ZoneInfo) -> date:
    """The day that a key of `key` stands for: one that the database told, or that of a moment which it left as it was."""
    return date.fromisoformat(key) if len(key) == 10 else of(datetime.fromisoformat(key).replace(tzinfo=UTC), clocks)


def key(column: ColumnElement[Any], clocks: ZoneInfo, dialect: str, now: datetime) -> ColumnElement[str]:
    """What moments are grouped by: their day as a text, or the moment itself where that has to be found otherwise.

    Most moments are of `now` and the year before: those are found first, in a few comparisons.
    """
    spans = _of_years(clocks)
    plain = _text(column, dialect)
    if any(ahead % _MINUTE for _, ahead in spans):
        return plain
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in _YEARS)
    lately = max(begin, datetime(now.year - 1, 1, 1, tzinfo=UTC))
    late = [(lately, [ahead for at, ahead in spans if at <= lately][-1]), *(each for each in spans if each[0] > lately)]
    before = (column >= begin, _tree(column, spans, dialect))
    return case((column >= end, plain), (column >= lately, _chain(column, late, dialect)), before, else_=plain)


def _text(column: ColumnElement[Any], dialect: str) -> ColumnElement[str]:
    """A moment in UTC as a text, as SQLite keeps it."""
    if dialect == "sqlite":
        return type_coerce(column, String)
    return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24:MI:SS.US")


def _chain(column: ColumnElement[Any], spans: Spans, dialect: str) -> ColumnElement[str]:
    """The same as `_tree` for moments of which most lie in the first spans."""
    ends = [start for start, _ in spans[1 : _FEW + 1]]
    if not ends:
        return _tree(column, spans, dialect)
    parts = [(column < end, _moved(column, ahead, dialect)) for end, (_, ahead) in zip(ends, spans, strict=False)]
    return case(*parts, else_=_tree(column, spans[len(ends) :], dialect))


def _tree(column: ColumnElement[Any], spans: Spans, dialect: str) -> ColumnElement[str]:
    """Which span a moment lies in, found in as few comparisons as there are levels; then its day."""
    if len(spans) == 1:
        return _moved(column, spans[0][1], dialect)
    middle = len(spans) // 2
    earlier, later = (_tree(column, part, dialect) for part in (spans[:middle], spans[middle:]))
    return case((column < spans[middle][0], earlier), else_=later)


def _moved(column: ColumnElement[Any], ahead: timedelta, dialect: str) -> ColumnElement[str]:
    minutes = ahead // _MINUTE
    if dialect == "sqlite":
        # To the minute, which no offset here divides: SQLite would round the last millisecond of a day up.
        held = type_coerce(column, String)
        moved, same = func.date(func.substr(held, 1, 16), f"{minutes:+d} minutes"), func.substr(held, 1, 10)
        if not 0 < abs(minutes) < _MINUTES_OF_A_DAY:
            return moved if minutes else same
        # Most moments fall on the same day in both places, and to reckon a date costs SQLite as much as all the rest.
        hour, minute = divmod(-minutes % _MINUTES_OF_A_DAY, 60)
        clock, turn = func.substr(held, 12, 5), f"{hour:02}:{minute:02}"
        return case((clock < turn if minutes > 0 else clock >= turn, same), else_=moved)
    return func.to_char(func.timezone("UTC", column) + func.make_interval(0, 0, 0, 0, 0, minutes), "YYYY-MM-DD")


def since(column: ColumnElement[Any], day: date, clocks: ZoneInfo) -> ColumnElement[bool]:
    """Whether a moment falls on this day or a later one.

    Around the day, moment for moment: clocks that are put back at midnight have the evening before twice.
    """
    midnight = datetime.combine(day, time(), UTC)
    begin, end = midnight - 2 * _DAY, midnight + 2 * _DAY
    parts: list[ColumnElement[bool]] = [column >= end]
    spans = _spans(clocks, begin, end, _HOUR)
    for (start, ahead), (stop, _) in zip(spans, [*spans[1:], (end, _DAY)], strict=True):
        if (first := max(start, midnight - ahead)) < stop:
            parts.append(and_(column >= first, column < stop))
    return or_(*parts)


def compared(column: ColumnElement[Any], operator: str, day: date, clocks: ZoneInfo) -> ColumnElement[bool]:
    """Whether the day of a moment compares so with another one; no moment compares with nothing but `is not`."""
    from_it, after = since(column, day, clocks), since(column, day + _DAY, clocks)
    conditions = {
        "is": and_(from_it, not_(after)),
        "is not": or_(column.is_(None), not_(from_it), after),
        "more than": after,
        "at least": from_it,
        "less than": not_(from_it),
        "at most": not_(after),
    }
    return conditions[operator]


@lru_cache(maxsize=64)
def _of_years(clocks: ZoneInfo) -> Spans:
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in _YEARS)
    return _spans(clocks, begin, end, _DAY)


def _spans(clocks: ZoneInfo, begin: datetime, end: datetime, step: timedelta) -> Spans:
    """The spans between two moments in UTC: looked at step by step, and to the second where something has changed."""
    found = [(begin, _ahead(begin, clocks))]
    at = begin
    while at < end:
        last, at = at, min(at + step, end)
        if _ahead(at, clocks) != found[-1][1]:
            found.append((_change(last, at, clocks), _ahead(at, clocks)))
    return found


def _change(before: datetime, after: datetime, clocks: ZoneInfo) -> datetime:
    was = _ahead(before, clocks)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if _ahead(middle, clocks) == was else (before, middle)
    return after


def _ahead(moment: datetime, clocks: ZoneInfo) -> timedelta:
    return moment.astimezone(clocks).utcoffset() or timedelta()
