"""Groups of an answer, found by the database itself where its columns lie in tables: over all rows, however many there are."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Integer, cast, false, func, literal, not_, or_, select, true, type_coerce

from syncengine.db.types import Money
from syncengine.errors import Refused
from syncengine.queries import _days, _tabled, history, shaping
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.tables import Cycle

if TYPE_CHECKING:
    import pandas as pd

#: A condition: a column, an operator, and the value that it compares with.
Condition = tuple[str, str, Any]
#: The database hands out no more groups than this: more are no answer to anybody.
_MOST_GROUPS = 20_000
#: Sums of amounts are taken apart: of small units alone they may exceed what SQLite counts to.
_UNITS = 10**7
#: No number of a column lies beyond.
_FAR = 2**62
_EMPTY = {"is empty": True, "is not empty": False}


@rights.open_to_all
def grouped(
    question: Callable[..., pd.DataFrame], session: Session, /, *args: Any, by: Sequence[str], how: str = "count", of: str = "",
    across: str = "", where: Sequence[Condition] = (), zone: str = "UTC", most: int = shaping.MOST, **kwargs: Any,
) -> pd.DataFrame:  # fmt: skip
    """What `whole`, `narrow` and `summarise` give one after the other; the question asks for the rights.

    >>> grouped(queries.runs, db, by=["started_at"], how="sum", of="sent", where=[("result", "is", "ok")])    # doctest: +SKIP

    Runs, errors, and what was sent, received and done are grouped by the database, over all of them. Of any other question, or
    by a column that is reckoned for it, `most` rows are read; `attrs["cut"]` says whether there were more, `attrs["rows"]` how
    many rows stand behind the groups.
    """
    wanted = Wanted(tuple(by), how, of, across, tuple(where), zone)
    found = in_database(question, session, args, kwargs, wanted)
    if found is None:
        rows = shaping.whole(question, session, *args, most=most, **kwargs)
        cut = rows.attrs["cut"]
        for each in where:
            rows = shaping.narrow(rows, *each, zone=zone)
        found = shaping.summarise(rows, by, how, of, across=across, zone=zone)
        found.attrs.update(cut=cut, rows=len(rows))
    return found


@dataclass(frozen=True)
class Wanted:
    """What is to be done with an answer: see `summarise` and `narrow`."""

    by: tuple[str, ...]
    how: str = "count"
    of: str = ""
    across: str = ""
    where: tuple[Condition, ...] = ()
    zone: str = "UTC"

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that tell groups apart."""
        return (*self.by, self.across) if self.across else self.by

    @property
    def columns(self) -> frozenset[str]:
        """All columns that are named."""
        return frozenset({*self.keys, *([self.of] if self.of else []), *(each[0] for each in self.where)})


@rights.open_to_all
def in_database(
    question: Callable[..., pd.DataFrame], session: Session, args: Sequence[Any], kwargs: dict[str, Any], wanted: Wanted
) -> pd.DataFrame | None:
    """The groups as the database finds them; None where it cannot, or would find more than people can read."""
    held = rights.of(session)
    table = _tabled.table(question, session.company_id, held, _arguments(question, session, args, kwargs), wanted.columns)
    if table is None or not _fits(table, wanted):
        return None
    held.require(*_tabled.needed(question))
    clocks = shaping.clocks_of(wanted.zone)
    conditions = [_pushed(table.columns[each[0]], each, clocks) for each in wanted.where]
    if any(each is _NEVER for each in conditions):
        return None
    groups = _groups(session, table, wanted, conditions, clocks)
    if groups is None:
        return None
    measured = {key: _measure(group, wanted) for key, group in groups.items()}
    found = shaping.told(measured, wanted.by, f"{wanted.how} of {wanted.of}" if wanted.of else "count", wanted.across)
    found.attrs.update(cut=False, rows=sum(group.rows for group in groups.values()))
    return found


@rights.open_to_all
def state(question: Callable[..., pd.DataFrame], session: Session) -> Hashable | None:
    """Something that changes whenever groups of the question may, and seldom otherwise; None where only the pulse is that.

    Of runs only the newest ever changes: one that was cut off is closed in the transaction that begins the next.
    """
    if question is not history.runs:
        return None
    rights.of(session).require(*_tabled.needed(question))
    newest = select(Cycle.__table__).where(Cycle.company_id == session.company_id).order_by(Cycle.id.desc()).limit(1)
    with session.database.reading() as connection:
        return tuple(connection.execute(newest).first() or ("no run",))


def _arguments(question: Callable[..., Any], session: Session, args: Sequence[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """What is asked for, by name; raises TypeError for what the question does not know."""
    signature = inspect.signature(question)
    found = dict(signature.bind(session, *args, **kwargs).arguments)
    free = next((each.name for each in signature.parameters.values() if each.kind is each.VAR_KEYWORD), "")
    return {**{name: value for name, value in found.items() if name not in {"session", free}}, **found.get(free, {})}


def _fits(table: _tabled.Table, wanted: Wanted) -> bool:
    """Whether all that is named is there, and of a kind that the database can be asked for; who is wrong is told so elsewhere."""
    operators = all(each[1] in shaping.OPERATORS for each in wanted.where)
    measure = wanted.how in shaping.MEASURES and (wanted.of or wanted.how == "count")
    known = all(name in table.columns and _tabled.kind(table.columns[name]) for name in wanted.columns)
    return bool(wanted.by and measure and operators and known and len(set(wanted.keys)) == len(wanted.keys))


# --- conditions ------------------------------------------------------------------------------------------------------

#: What the database can be asked only of values that are told apart, and what it cannot be asked at all.
_APART, _NEVER = object(), object()


def _pushed(column: ColumnElement[Any], condition: Condition, clocks: ZoneInfo) -> Any:
    """The condition as the database understands it, `_APART` or `_NEVER`.

    Texts are compared by Python, group by group: the databases do not agree with it, or with each other, on what is the same
    whatever its case.
    """
    _, operator, value = condition
    kind = _tabled.kind(column)
    if operator in _EMPTY:
        empty = or_(column.is_(None), column == "") if kind == "text" else column.is_(None)
        return empty if _EMPTY[operator] else not_(empty)
    if kind in {"text", "truth"} or (operator == "contains" and kind != "moment"):
        return _APART
    if operator == "contains":
        return _NEVER
    try:
        read = shaping.read(value, _LIKE[kind], str(column), clocks)
    except Refused:
        return _NEVER  # said elsewhere, where it is known whether there is anything to compare with
    return _of_moment(column, operator, read, clocks) if kind == "moment" else _of_number(column, operator, read)


#: Something of each kind, which tells how a text is to be read.
_LIKE = {"whole": 0, "amount": Decimal(0), "moment": datetime.max.replace(tzinfo=UTC)}


#: Moments of other years are for Python to compare: those at the end of all time cannot be moved to another zone.
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


def _of_moment(column: ColumnElement[Any], operator: str, value: Any, clocks: ZoneInfo) -> Any:
    if not isinstance(value, date) or not _FIRST_YEAR < value.year < _LAST_YEAR:
        return _NEVER
    if isinstance(value, datetime):
        exact: Any = value  # pandas knows smaller parts of a second than any database
        if value.tzinfo is None or getattr(exact, "nanosecond", None):
            return _NEVER
        return _compared(column, operator, exact.to_pydatetime() if hasattr(exact, "to_pydatetime") else value)
    return _days.compared(column, operator, value, clocks)


def _of_number(column: ColumnElement[Any], operator: str, value: Any) -> Any:
    """A number beside the whole units of a column: what lies between two units is neither."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not Decimal(value).is_finite():
        return _NEVER
    exact = Decimal(value).scaleb(_scale(column) or 0)
    units: Any = type_coerce(column, BigInteger)
    below = max(-_FAR, min(_FAR, int(exact.to_integral_value(ROUND_FLOOR))))
    above = max(-_FAR, min(_FAR, int(exact.to_integral_value(ROUND_CEILING))))
    if below != above and operator in {"is", "is not"}:
        return false() if operator == "is" else true()
    return _compared(units, operator, literal(below if operator in {"more than", "at most"} else above, BigInteger))


def _compared(column: ColumnElement[Any], operator: str, value: Any) -> ColumnElement[bool]:
    conditions: dict[str, Callable[[], ColumnElement[bool]]] = {
        "is": lambda: column == value,
        "is not": lambda: or_(column.is_(None), column != value),
        "more than": lambda: column > value,
        "at least": lambda: column >= value,
        "less than": lambda: column < value,
        "at most": lambda: column <= value,
    }
    return conditions[operator]()


# --- groups ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Group:
    """What is known of a group: its rows, those that have a value, the sum of these, the smallest and the largest."""

    rows: int
    held: int
    total: Any = None
    smallest: Any = None
    largest: Any = None

    def __add__(self, other: _Group) -> _Group:
        return _Group(
            self.rows + other.rows, self.held + other.held, _both(self.total, other.total, lambda one, two: one + two),
            _both(self.smallest, other.smallest, min), _both(self.largest, other.largest, max),
        )  # fmt: skip


def _both(one: Any, other: Any, joined: Callable[[Any, Any], Any]) -> Any:
    return other if one is None else one if other is None else joined(one, other)


def _groups(
    session: Session, table: _tabled.Table, wanted: Wanted, conditions: Sequence[Any], clocks: ZoneInfo
) -> dict[tuple[Any, ...], _Group] | None:
    """Each group by its key; None for too many."""
    apart = [each for each, pushed in zip(wanted.where, conditions, strict=True) if pushed is _APART]
    dialect = session.database.dialect
    now = session.clock.now()
    keys = [_key(table.columns[name], clocks, dialect, now) for name in wanted.keys] + [table.columns[each[0]] for each in apart]
    measures = _measures(table.columns[wanted.of], wanted.how, dialect) if wanted.of else {}
    # What is grouped by is named first: the same expression, said twice with values of its own, is two to PostgreSQL.
    named = [each.label(f"k{place}") for place, each in enumerate(keys)]
    named += [value.label(name) for name, (value, _) in measures.items()]
    inner = select(*named).select_from(table.source)
    inner = inner.where(*table.where, *(each for each in conditions if each is not _APART))
    rows = inner.subquery()
    told = [rows.c[f"k{place}"] for place in range(len(keys))]
    sums = [measure(rows.c[name]).label(f"m_{name}") for name, (_, measure) in measures.items()]
    statement = select(*told, func.count().label("rows"), *sums).group_by(*told).limit(_MOST_GROUPS + 1)
    with session.database.reading() as connection:
        found = connection.execute(statement).all()
    if len(found) > _MOST_GROUPS:
        return None
    names, width = ["rows", *measures], len(keys)
    parted = [(tuple(row[:width]), dict(zip(names, row[width:], strict=True))) for row in found]
    return _merged(table, wanted, _accepted(parted, apart, len(wanted.keys), clocks), clocks)


def _key(column: ColumnElement[Any], clocks: ZoneInfo, dialect: str, now: datetime) -> ColumnElement[Any]:
    return _days.key(column, clocks, dialect, now) if _tabled.kind(column) == "moment" else column


_Measure = tuple[ColumnElement[Any], Callable[[Any], ColumnElement[Any]]]
_Row = tuple[tuple[Any, ...], dict[str, Any]]


def _measures(column: ColumnElement[Any], how: str, dialect: str) -> dict[str, _Measure]:
    """By name: what is read of each row, and what is made of it in a group."""
    kind = _tabled.kind(column)
    value: Any = func.nullif(column, "") if kind == "text" else column
    found: dict[str, _Measure] = {"held": (value, func.count)}
    if how in {"sum", "mean"} and kind in {"whole", "amount"}:
        units: Any = type_coerce(column, BigInteger)
        found["whole"], found["rest"] = (units // _UNITS, func.sum), (units % _UNITS, func.sum)
    if how in {"smallest", "largest"}:
        if kind == "text" and dialect != "sqlite":
            value = value.collate("C")  # as Python puts texts in order
        # Truth as a number: PostgreSQL does not put it in order.
        found[how] = (cast(value, Integer) if kind == "truth" else value, func.min if how == "smallest" else func.max)
    return found


def _accepted(rows: list[_Row], apart: Sequence[Condition], width: int, clocks: ZoneInfo) -> list[_Row]:
    """The groups whose values, told apart behind the keys, satisfy the conditions that only Python can decide."""
    for place, condition in enumerate(apart, start=width):
        accepts = shaping.accepts([key[place] for key, _ in rows], condition, clocks)
        rows = [row for row in rows if accepts(row[0][place])]
    return rows


def _merged(
    table: _tabled.Table, wanted: Wanted, rows: Iterable[_Row], clocks: ZoneInfo
) -> dict[tuple[Any, ...], _Group]:
    """The groups by their keys as Python knows them: two that the database told apart may be one."""
    kinds = [_tabled.kind(table.columns[name]) for name in wanted.keys]
    of = table.columns[wanted.of] if wanted.of else None
    groups: dict[tuple[Any, ...], _Group] = {}
    for key, measured in rows:
        found = tuple(_value(value, kind, clocks) for value, kind in zip(key, kinds, strict=False))
        group = _group(measured, of)
        groups[found] = groups[found] + group if found in groups else group
    return groups


def _scale(column: ColumnElement[Any]) -> int | None:
    """The decimal places of an amount; None for whole numbers."""
    return column.type.scale if isinstance(column.type, Money) else None


def _value(value: Any, kind: str, clocks: ZoneInfo) -> Any:
    if value is None or value == "":
        return None
    return _days.read(value, clocks) if kind == "moment" else value


def _group(measured: dict[str, Any], of: ColumnElement[Any] | None) -> _Group:
    group = _Group(int(measured["rows"]), int(measured.get("held") or 0))
    if of is None:
        return group
    scale = _scale(of)
    ends: dict[str, Any] = {name: measured.get(name) for name in ("smallest", "largest")}
    if _tabled.kind(of) == "truth":
        ends = {name: None if value is None else bool(value) for name, value in ends.items()}
    if measured.get("whole") is not None:
        units = int(measured["whole"]) * _UNITS + int(measured["rest"])
        group = replace(group, total=units if scale is None else Decimal(units).scaleb(-scale))
    return replace(group, **ends)


def _measure(group: _Group, wanted: Wanted) -> Any:
    if wanted.how == "count":
        return group.held if wanted.of else group.rows
    if not group.held:
        return None
    if wanted.how in {"smallest", "largest"}:
        return shaping.cell(getattr(group, wanted.how))
    if group.total is None:
        raise Refused(f"The values of {wanted.of} cannot be added up.")
    return group.total if wanted.how == "sum" else shaping.mean(group.total, group.held)
