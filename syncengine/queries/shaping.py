"""Answers taken further: all pages of one, the rows that are wanted, sums by group. Decimal stays exact throughout.

Explore in the dashboard works with these, and so does the code that it offers for Jupyter: both give the same frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from syncengine.errors import Refused
from syncengine.queries.session import Session
from syncengine.store import rights

if TYPE_CHECKING:
    import pandas as pd

#: More rows than this are never taken into memory.
MOST = 100_000
#: How a column can be compared with a value; the last two ask for no value.
OPERATORS = ("is", "is not", "contains", "more than", "at least", "less than", "at most", "is empty", "is not empty")
#: What can be made of a group's values.
MEASURES = ("count", "sum", "mean", "smallest", "largest")
_CHUNK = 1000


@rights.open_to_all
def whole(question: Callable[..., pd.DataFrame], session: Session, /, *args: Any, most: int = MOST, **kwargs: Any) -> pd.DataFrame:
    """Page after page of a question with pages, in one frame of at most `most` rows; the question asks for the rights.

    >>> whole(queries.records, db, "customer")       # doctest: +SKIP

    `attrs["cut"]` says whether there were more rows. A question without pages is asked once; one that gives the newest rows, for
    those behind them, too.
    """
    import inspect

    import pandas as pd

    known = inspect.signature(question).parameters
    if "page" not in known and {"before", "size"} <= set(known):
        pages = list(_one_behind_another(question, session, args, kwargs, most))
        cut = sum(map(len, pages)) > most
    elif "page" not in known:
        found = question(session, *args, **kwargs)
        pages, cut = [found.head(most)], len(found) > most
    else:
        size, pages, rows = min(_CHUNK, most + 1), [], 0
        while rows <= most:
            pages.append(question(session, *args, page=len(pages) + 1, size=size, **kwargs))
            rows += len(pages[-1])
            if len(pages[-1]) < size:
                break
        cut = rows > most
    # A page without rows would only make the types of the others vaguer.
    full = [page for page in pages if len(page)] or pages[:1]
    result = pd.concat(full, ignore_index=True).head(most) if len(full) > 1 else full[0].head(most).reset_index(drop=True)
    result.attrs["cut"] = cut
    return result


def _one_behind_another(
    question: Callable[..., pd.DataFrame], session: Session, args: Sequence[Any], kwargs: Mapping[str, Any], most: int
) -> Iterator[pd.DataFrame]:
    """The answers to a question that gives the newest rows, or those behind one that is named, until there are enough."""
    if kwargs.get("after") is not None:
        yield question(session, *args, **{**kwargs, "size": most + 1})
        return
    before, rows, size = kwargs.get("before"), 0, min(_CHUNK, most + 1)
    while rows <= most:
        page = question(session, *args, **{**kwargs, "before": before, "size": size})
        yield page
        rows += len(page)
        if len(page) < size:
            return
        before = int(page["id"].iloc[-1])


@rights.open_to_all
def narrow(frame: pd.DataFrame, column: str, operator: str, value: Any = None, *, zone: str = "UTC") -> pd.DataFrame:
    """The rows whose `column` compares with `value` as the operator says, such as `"at least"` (see `OPERATORS`).

    A value may be given as text: it is read as what the column holds (number, day, moment, yes or no). A moment is one by the
    clocks of `zone`; compared with a day, it counts as the day that it falls on there. Text is compared without regard to
    case. Empty cells match `is empty` and `is not` only. Raises Refused where the value cannot be read so, or the column,
    operator or zone is not there.
    """
    _insist(column in frame.columns, f"There is no column {column!r}. The columns are: {', '.join(map(str, frame.columns))}.")
    _insist(operator in OPERATORS, f"There is no operator {operator!r}. The operators are: {', '.join(OPERATORS)}.")
    clocks = clocks_of(zone)
    held = _local(frame[column], clocks).tolist()
    matches = accepts(held, (column, operator, value), clocks)
    # By loc, so that a frame without rows keeps its columns.
    found: pd.DataFrame = frame.loc[[matches(each) for each in held]].reset_index(drop=True)
    return found


def accepts(values: Iterable[Any], condition: tuple[str, str, Any], clocks: ZoneInfo) -> Callable[[Any], bool]:
    """Whether a cell satisfies a condition (column, operator, value); `values` tell how the value is to be read."""
    column, operator, value = condition
    if operator in {"is empty", "is not empty"}:
        return lambda cell: missing(cell) == (operator == "is empty")
    like = next((each for each in values if not missing(each)), None)
    wanted = str(value) if operator == "contains" else read(value, like, column, clocks)

    def matches(cell: Any) -> bool:
        try:
            return _compares(None if missing(cell) else cell, operator, wanted)
        except TypeError:
            raise Refused(f"The values of {column} have no order: ask whether they are equal, or contain a text.") from None

    return matches


@rights.open_to_all
def summarise(
    frame: pd.DataFrame, by: Sequence[str], how: str = "count", of: str = "", *, across: str = "", zone: str = "UTC"
) -> pd.DataFrame:
    """One row for each group of equal values in the columns `by`, with `how` (see `MEASURES`) over the column `of`.

    With `across`, one column for each value of that column instead (a pivot); what does not occur is empty. Sums and means
    of Decimals are Decimals; empty cells count for nothing, and a group of only such has an empty sum. Times are grouped by
    the day that they fall on by the clocks of `zone`. Raises Refused for a column or zone that is not there, or for one that
    cannot be added up.
    """
    for name in [*by, *([of] if how != "count" or of else []), *([across] if across else [])]:
        _insist(name in frame.columns, f"There is no column {name!r}. The columns are: {', '.join(map(str, frame.columns))}.")
    _insist(bool(by), "Name at least one column to group by.")
    _insist(how in MEASURES, f"There is no measure {how!r}. The measures are: {', '.join(MEASURES)}.")
    values = frame[of].tolist() if of else [1] * len(frame)
    clocks = clocks_of(zone)
    columns = [_local(frame[name], clocks).tolist() for name in [*by, *([across] if across else [])]]
    keys = [tuple(map(_key, row)) for row in zip(*columns, strict=True)]
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for key, value in zip(keys, values, strict=True):
        groups.setdefault(key, []).append(value)
    measured = {key: _measured(held, how, of) for key, held in groups.items()}
    return told(measured, by, f"{how} of {of}" if of else "count", across)


def told(measured: Mapping[tuple[Any, ...], Any], by: Sequence[str], title: str, across: str) -> pd.DataFrame:
    """Groups as a frame, in order: a row for each, or one for each without its last key, which tells the column."""
    import pandas as pd

    if across:
        return _pivoted(measured, by)
    rows = [[*key, measured[key]] for key in sorted(measured, key=_order)]
    return pd.DataFrame(rows, columns=[*by, title], dtype=object).infer_objects()


def _pivoted(measured: Mapping[tuple[Any, ...], Any], by: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    heads = sorted({key[-1] for key in measured}, key=lambda head: _order((head,)))
    sides = sorted({key[:-1] for key in measured}, key=_order)
    rows = [[*side, *(measured.get((*side, head)) for head in heads)] for side in sides]
    taken: set[str] = set(by)
    titles: list[str] = []
    for head in heads:
        title = "(empty)" if head is None else str(head)
        while title in taken:
            title += " "
        taken.add(title)
        titles.append(title)
    return pd.DataFrame(rows, columns=[*by, *titles], dtype=object).infer_objects()


def _measured(values: Iterable[Any], how: str, of: str) -> Any:
    held = [value for value in values if not missing(value)]
    if how == "count":
        return len(held)
    if not held:
        return None
    try:
        if how in {"smallest", "largest"}:
            return min(held) if how == "smallest" else max(held)
        total = _total(held)
        return total if how == "sum" else mean(total, len(held))
    except TypeError:
        raise Refused(f"The values of {of} cannot be {'added up' if how in {'sum', 'mean'} else 'put in order'}.") from None


def _total(held: Sequence[Any]) -> Any:
    """The sum; texts, which could be put one behind the other, and yes and no have none. Raises TypeError then."""
    if any(isinstance(value, str | bool | list | tuple | dict) for value in held):
        raise TypeError("no numbers")
    return sum(held[1:], start=held[0])


def mean(total: Any, number: int) -> Any:
    """Whole numbers give a Decimal, too: half an item is no float."""
    return Decimal(total) / number if isinstance(total, int) else total / number


def missing(value: Any) -> bool:
    """Whether a cell is empty: nothing, no number, no time, or a text without letters."""
    import pandas as pd

    if value is None or (isinstance(value, str) and value == ""):
        return True
    return not isinstance(value, list | tuple | dict) and bool(pd.isna(value))


def cell(value: Any) -> Any:
    """A value that a database has told, as it stands in a frame."""
    import pandas as pd

    return pd.Timestamp(value) if isinstance(value, datetime) else value


def _key(value: Any) -> Any:
    """What a cell is grouped by."""
    import pandas as pd

    if missing(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date()
    return value if isinstance(value, str | int | bool | Decimal | float) or hasattr(value, "isoformat") else str(value)


def _order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Empty last, numbers by size, all else by its text; days are texts in the order of the calendar."""
    return tuple(
        (2, 0, "") if part is None else (0, part, "") if isinstance(part, int | Decimal | float) else (1, 0, str(part))
        for part in key
    )


def clocks_of(zone: str) -> ZoneInfo:
    """The clocks of a zone by its name. Raises Refused for one that there is not."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused(f"There is no zone {zone!r}. A zone is named such as Europe/Zurich.") from None


def _local(column: pd.Series[Any], clocks: ZoneInfo) -> pd.Series[Any]:
    """A column of moments by these clocks; any other as it is."""
    import pandas as pd

    return column.dt.tz_convert(clocks) if isinstance(column.dtype, pd.DatetimeTZDtype) else column


def read(value: Any, like: Any, column: str, clocks: ZoneInfo) -> Any:
    """The value as what the column holds; something that is no text is taken as it is."""
    if not isinstance(value, str) or like is None:
        return value
    for kinds, what, read in _READERS:
        if isinstance(like, kinds):
            try:
                return read(value.strip(), clocks)
            except (KeyError, ValueError, InvalidOperation):
                raise Refused(f"The values of {column} are {what}: {value!r} cannot be compared with them.") from None
    return value


def _moment(text: str, clocks: ZoneInfo) -> Any:
    """A day where no time is named. An hour that the clocks leave out is the next one; of one that comes twice, the first."""
    import pandas as pd

    with suppress(ValueError):
        return date.fromisoformat(text)
    found = pd.Timestamp(text)
    return found if found.tzinfo else found.tz_localize(clocks, ambiguous=True, nonexistent="shift_forward")


_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
#: How a text is read for a column of values of a kind; a bool is a number, and a moment a day, so those come first.
_READERS: tuple[tuple[Any, str, Callable[[str, ZoneInfo], Any]], ...] = (
    (bool, "yes or no", lambda text, _: _TRUTH[text.lower()]),
    ((int, float, Decimal), "numbers", lambda text, _: Decimal(text.replace(",", ""))),
    (datetime, "moments, such as 2026-01-31 14:00", _moment),
    (date, "days, such as 2026-01-31", lambda text, _: date.fromisoformat(text)),
)


def _compares(held: Any, operator: str, wanted: Any) -> bool:
    if held is None:
        return operator == "is not"
    if operator == "contains":
        return wanted.casefold() in str(held).casefold()
    if isinstance(held, list | tuple | dict):
        held = str(held)
    if isinstance(held, datetime) and isinstance(wanted, date) and not isinstance(wanted, datetime):
        held = held.date()
    if isinstance(held, str):
        held, wanted = held.casefold(), str(wanted).casefold()
    return bool(_COMPARE[operator](held, wanted))


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "is": lambda held, wanted: held == wanted,
    "is not": lambda held, wanted: held != wanted,
    "more than": lambda held, wanted: held > wanted,
    "at least": lambda held, wanted: held >= wanted,
    "less than": lambda held, wanted: held < wanted,
    "at most": lambda held, wanted: held <= wanted,
}


def _insist(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Refused(otherwise)
