"""The postings as reports read them: sums by account and column, and single lines with all that a column may show."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from syncengine.emulator import wire
from syncengine.emulator.books import Books
from syncengine.emulator.reports import periods
from syncengine.emulator.reports.chart import YEARLY, Chart
from syncengine.emulator.reports.sheet import Column
from syncengine.emulator.reports.wish import Wish

#: Where the postings of the accrual basis lie.
ACCRUAL = "posting"
#: Amounts by account Id, one for each column.
Sums = dict[str, list[int]]
#: The same by the members of a list, None for what belongs to none.
Grouped = dict[str | None, list[int]]
#: The dimension of columns -> the entity whose members they stand for.
_MEMBERS = {
    "Customer": "Customer", "Vendor": "Vendor", "Employee": "Employee", "class": "Class", "department": "Department",
    "item": "Item",
}  # fmt: skip
_NAMES = frozenset({"Customer", "Vendor", "Employee"})
#: A column's value is in the list that is bound.
_LISTED = "IN (SELECT value FROM json_each(?))"
#: Parameter -> (the column of the postings that it is about, the type of name that it wants).
_FILTERS = {
    "customer": ("name", "Customer"), "vendor": ("name", "Vendor"), "employee": ("name", "Employee"), "name": ("name", ""),
    "item": ("item", ""), "class": ("class", ""), "department": ("department", ""), "account": ("account", ""),
    "source_account": ("account", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """The amount columns of a report, and how a posting finds its own.

    Attributes:
        shown: the columns, the total included where there is one.
        starts: the first days of columns that stand for periods, else empty.
        members: Id (None for no member) -> place, where columns stand for members of a list.
        total: whether the last column is the sum of the others.
    """

    shown: tuple[Column, ...]
    starts: tuple[str, ...] = ()
    members: Mapping[str | None, int] = field(default_factory=dict)
    total: bool = False

    @property
    def count(self) -> int:
        """How many columns are filled from postings."""
        return len(self.shown) - self.total

    def place(self, day: str, member: str | None) -> int:
        """The column of a posting."""
        if self.starts:
            return max(bisect_right(self.starts, day) - 1, 0)
        return self.members.get(member, 0)

    def completed(self, amounts: Sequence[int]) -> list[int]:
        """The amounts with their sum behind them, where there is a total."""
        return [*amounts, sum(amounts)] if self.total else list(amounts)


class Line(NamedTuple):
    """One posting as it is stored."""

    entity: str
    id: str
    n: int
    date: str
    account: str
    amount: int
    name_type: str | None
    name: str | None
    class_: str | None
    department: str | None
    item: str | None
    quantity: int | None
    doc: str | None
    memo: str | None
    line: str | None
    stock: int | None


_LINE = (
    "p.entity, p.id, p.n, p.date, p.account, p.amount, p.name_type, p.name, p.class, p.department, p.item, p.quantity, p.doc,"
    " p.memo, p.line, p.stock"
)


class Entries:
    """A company's postings, as far as a wish's filters let them through.

    Args:
        books: the company's books.
        wish: what was asked for.
        chart: the chart of accounts.
        table: where the postings lie; those of the cash basis have a table of their own.
    """

    def __init__(self, books: Books, wish: Wish, chart: Chart, table: str = ACCRUAL) -> None:
        self.books = books
        self.wish = wish
        self.chart = chart
        self.table = table
        self._where, self._values = self._filtered()

    def _filtered(self) -> tuple[str, list[Any]]:
        parts = ["p.company = ?"]
        values: list[Any] = [self.books.company.key]
        for name, (column, type_) in _FILTERS.items():
            ids = self.wish.lists.get(name)
            if ids:
                parts += [f"p.{column} {_LISTED}", f"p.name_type = '{type_}'" if type_ else "1"]
                values.append(wire.dumps(list(ids)))
        types = self.wish.lists.get("account_type") or self.wish.lists.get("source_account_type")
        if types:
            wanted = {_squeezed(each) for each in types}
            parts.append(f"p.account {_LISTED}")
            values.append(wire.dumps([each.id for each in self.chart.accounts.values() if _squeezed(each.type) in wanted]))
        return " AND ".join(parts), values

    # Columns

    def columns(self, *, total_of_periods: bool = True) -> Columns:
        """The amount columns that the wish asks for; `total_of_periods` says whether periods add up to something."""
        total = Column("Total", "Money", "total")
        if self.wish.unit:
            return self._by_time(total if total_of_periods else None)
        if self.wish.dimension:
            return self._by_member(total)
        return Columns((total,))

    def _by_time(self, total: Column | None) -> Columns:
        unit = self.wish.unit
        found = list(periods.split(self.wish.period, unit, self.wish.first_month))
        shown = []
        for each in found:
            title = periods.title(each, unit)
            shown.append(Column(title, "Money", title, each.start.isoformat(), each.end.isoformat()))
        starts = tuple(each.start.isoformat() for each in found)
        return Columns((*shown, *([total] if total else [])), starts=starts, total=total is not None)

    def _by_member(self, total: Column) -> Columns:
        expression = self._member()
        rows = self.books.state.execute(
            f"SELECT DISTINCT {expression} FROM {self.table} p WHERE {self._where} AND p.date <= ?",  # noqa: S608 -- every word of it is ours, values are bound
            [*self._values, self.wish.period.end.isoformat()],
        )
        ids = {id_ for (id_,) in rows}
        named = sorted(((self.named(id_), id_) for id_ in ids if id_), key=lambda each: (each[0].casefold(), each[1]))
        shown = [Column(name, "Money", id_) for name, id_ in named]
        members: dict[str | None, int] = {id_: place for place, (_, id_) in enumerate(named)}
        if None in ids or not named:
            members[None] = len(shown)
            shown.append(Column("Not Specified", "Money", "not_specified"))
        return Columns((*shown, total), members=members, total=True)

    def named(self, id_: str) -> str:
        """The full name of a member of what the columns stand for."""
        return shown_name(self.books, _MEMBERS[self.wish.dimension], id_)

    def _member(self) -> str:
        dimension = self.wish.dimension
        if dimension in _NAMES:
            return f"CASE WHEN p.name_type = '{dimension}' THEN p.name END"
        return f"p.{dimension}" if dimension else "NULL"

    # Sums

    def moved(self, columns: Columns, start: date, end: date) -> Sums:
        """Debits less credits by account and column, of the days from `start` to `end`."""
        rows = self.books.state.execute(
            f"SELECT p.account, p.date, {self._member()} AS member, sum(p.amount) FROM {self.table} p"  # noqa: S608 -- every word of it is ours, values are bound
            f" WHERE {self._where} AND p.date BETWEEN ? AND ? GROUP BY p.account, p.date, member",
            [*self._values, start.isoformat(), end.isoformat()],
        )
        sums: Sums = {}
        for account, day, member, amount in rows:
            sums.setdefault(account, [0] * columns.count)[columns.place(day, member)] += amount
        return sums

    def balances(self, columns: Columns) -> Sums:
        """What each account has come to at the end of each column; income and expenses only since their year began.

        The profits of the years before are in the account of retained earnings (under "" where the company has none).
        """
        ends = [date.fromisoformat(each.end) for each in columns.shown] if columns.starts else [self.wish.period.end]
        sums: Sums = {}
        retained = self.chart.retained
        past = retained.id if retained else ""
        for place, end in enumerate(ends):
            alone = columns if not columns.starts else Columns(columns.shown[place : place + 1])
            year = self.wish.fiscal_start(end)
            for account, amounts in self.until(alone, end, year).items():
                target = account if account is not None else past
                held = sums.setdefault(target, [0] * columns.count)
                for at, amount in enumerate(amounts):
                    held[place + at] += amount
        return sums

    def until(self, columns: Columns, end: date, year: date) -> dict[str | None, list[int]]:
        """As `moved` since ever; under None what income and expenses came to before the year."""
        yearly = {account.id for account in self.chart.accounts.values() if account.type in YEARLY}
        rows = self.books.state.execute(
            f"SELECT p.account, {self._member()} AS member, p.date < ?, sum(p.amount) FROM {self.table} p"  # noqa: S608 -- every word of it is ours, values are bound
            f" WHERE {self._where} AND p.date <= ? GROUP BY 1, 2, 3",
            [year.isoformat(), *self._values, end.isoformat()],
        )
        sums: defaultdict[str | None, list[int]] = defaultdict(lambda: [0] * columns.count)
        for account, member, before, amount in rows:
            place = columns.members.get(member, 0)
            sums[None if before and account in yearly else account][place] += amount
        return dict(sums)

    def grouped(self, columns: Columns, member: str, condition: str, accounts: Iterable[str] | None = None) -> Grouped:
        """Credits less debits of the period by the members of a list, without those that come to nothing.

        Args:
            columns: the amount columns.
            member: what names the member of a posting, in SQL.
            condition: which postings count, in SQL.
            accounts: the Ids of the accounts that count; all by default.
        """
        wanted = set(accounts) if accounts is not None else None
        sums: defaultdict[str | None, list[int]] = defaultdict(lambda: [0] * columns.count)
        rows = self.books.state.execute(
            f"SELECT p.account, p.date, {self._member()}, {member} AS held, sum(p.amount) FROM {self.table} p"  # noqa: S608 -- every word of it is ours, values are bound
            f" WHERE {self._where} AND {condition} AND p.date BETWEEN ? AND ? GROUP BY 1, 2, 3, 4",
            self._bound(),
        )
        for account, day, dimension, held, amount in rows:
            if wanted is None or account in wanted:
                sums[held][columns.place(day, dimension)] -= amount
        return {held: amounts for held, amounts in sums.items() if any(amounts)}

    def quantities(self, condition: str) -> dict[str | None, int]:
        """How much of each item the postings of the period are about, in 1e-7 units."""
        rows = self.books.state.execute(
            f"SELECT p.item, sum(p.quantity) FROM {self.table} p WHERE {self._where} AND {condition}"  # noqa: S608 -- every word of it is ours, values are bound
            " AND p.date BETWEEN ? AND ? AND p.quantity IS NOT NULL GROUP BY p.item",
            self._bound(),
        )
        return {item: number for item, number in rows if number}

    def _bound(self) -> list[Any]:
        return [*self._values, self.wish.period.start.isoformat(), self.wish.period.end.isoformat()]

    # Lines

    def lines(self, start: date | None = None, end: date | None = None, condition: str = "1") -> Iterator[Line]:
        """The postings of a period, by date and as they were entered."""
        rows = self.books.state.execute(
            f"SELECT {_LINE} FROM {self.table} p WHERE {self._where} AND p.date BETWEEN ? AND ? AND {condition}"  # noqa: S608 -- every word of it is ours, values are bound
            " ORDER BY p.date, CAST(p.id AS INTEGER), p.entity, p.n",
            [*self._values, (start or self.wish.period.start).isoformat(), (end or self.wish.period.end).isoformat()],
        )
        return (Line(*row) for row in rows)


def _squeezed(text: str) -> str:
    """`Accounts Payable` and `AccountsPayable` are the same."""
    return text.replace(" ", "").lower()


#: Entity of a list -> the property that its references show.
_SHOWN = {"Customer": "FullyQualifiedName", "Vendor": "DisplayName", "Employee": "DisplayName", "Item": "FullyQualifiedName",
          "Class": "FullyQualifiedName", "Department": "FullyQualifiedName", "Account": "FullyQualifiedName"}  # fmt: skip


def shown_name(books: Books, entity: str, id_: str) -> str:
    """The name of a list member as reports show it."""
    found = books.known(entity, id_) or {}
    return str(found.get(_SHOWN[entity]) or found.get("DisplayName") or found.get("Name") or "")


def titles(books: Books, entity: str, ids: Iterable[str | None]) -> list[tuple[str, str]]:
    """(name, Id) of members of a list in the order of their names."""
    return sorted(((shown_name(books, entity, id_), id_) for id_ in ids if id_), key=lambda each: (each[0].casefold(), each[1]))
