"""One posting, and the putting together of those of a transaction."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, NamedTuple

from syncengine.emulator.books import Books
from syncengine.emulator.rules.currency import home
from syncengine.emulator.rules.draft import value_of

_ONE = Decimal(1)
#: Quantities are kept as whole numbers of this part of a unit: QuickBooks takes up to seven decimals.
QUANTUM = Decimal("1E-7")
#: `Posting.stock` of a receipt, whose value is given, and of an issue, whose cost follows from the receipts.
#: 0 marks the cost that stands against an issue, which is the posting behind it.
COST_OF_ISSUE, RECEIPT, ISSUE = 0, 1, 2


class Posting(NamedTuple):
    """What one transaction does to one account; amounts in cents, debit positive, quantities in 1e-7 units.

    The cost of an issue from stock is not known from the transaction alone: its `amount` is 0 here, and that of the posting
    behind it is what both come to.
    """

    date: str
    account: str
    amount: int
    name_type: str | None = None
    name: str | None = None
    class_: str | None = None
    department: str | None = None
    item: str | None = None
    quantity: int | None = None
    doc: str | None = None
    memo: str | None = None
    line: str | None = None
    foreign_amount: int | None = None
    currency: str | None = None
    stock: int | None = None


def number(value: Any) -> Decimal:
    """A number of an object, 0 for what is none (some parts of objects are kept as they were sent)."""
    if type(value) is Decimal:
        return value
    if type(value) is int:
        return Decimal(value)
    try:
        found = Decimal(str(value)) if value is not None and not isinstance(value, bool) else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
    return found if found.is_finite() else Decimal(0)


def cents(amount: Decimal) -> int:
    """An amount in cents, half up."""
    return int((amount * 100).quantize(_ONE, ROUND_HALF_UP))


def quanta(quantity: Decimal) -> int:
    """A quantity in 1e-7 units."""
    return int((quantity / QUANTUM).quantize(_ONE, ROUND_HALF_UP))


def currency_of(books: Books, obj: dict[str, Any]) -> tuple[str | None, Decimal]:
    """The currency of a transaction, None for the company's own, and what one unit of it is worth."""
    currency = value_of(obj, "CurrencyRef")
    if currency is None or currency == home(books):
        return None, _ONE
    return currency, number(obj.get("ExchangeRate")) or _ONE


Name = tuple[str, str] | None


class Entry:
    """The postings of one transaction in the making.

    Args:
        books: the company's books.
        obj: the transaction.
        name: the (type, Id) of whom it is with; postings of its own lines may name another.
    """

    def __init__(self, books: Books, obj: dict[str, Any], name: Name = None) -> None:
        self.books = books
        self.obj = obj
        self.name = name
        self.currency, self.rate = currency_of(books, obj)
        self.rows: list[Posting] = []
        self._head = (value_of(obj, "ClassRef"), value_of(obj, "DepartmentRef"), obj.get("DocNumber"), obj.get("PrivateNote"))

    def add(
        self,
        account: str,
        amount: Decimal,
        *,
        line: dict[str, Any] | None = None,
        detail: dict[str, Any] | None = None,
        name: Name = None,
        item: str | None = None,
        quantity: int | None = None,
        rate: Decimal | None = None,
        stock: int | None = None,
    ) -> None:
        """Post an amount of the transaction's currency, debit positive.

        Args:
            account: the account's Id.
            amount: how much.
            line: the line that it comes from; gives Id, memo and (by `detail`) class and department.
            detail: the line's detail.
            name: whom it is with, where that is somebody else than the transaction's own.
            item: the item that it is about.
            quantity: of the item.
            rate: the exchange rate, where it is not the transaction's own.
            stock: RECEIPT or ISSUE for what goes into stock or comes out of it.
        """
        foreign = cents(amount)
        if not foreign and not quantity and stock is None:
            return
        home = foreign if self.currency is None else cents(amount * (rate or self.rate))
        self._row(account, home, foreign, line, detail, name, item, quantity, stock)

    def add_home(self, account: str, amount: int) -> None:
        """Post cents of the home currency alone."""
        self._row(account, amount, None, None, None, None, None, None, None)

    def _row(
        self, account: str, home: int, foreign: int | None, line: dict[str, Any] | None, detail: dict[str, Any] | None, name: Name,
        item: str | None, quantity: int | None, stock: int | None,
    ) -> None:  # fmt: skip
        class_, department, doc, memo = self._head
        if detail:
            class_ = value_of(detail, "ClassRef") or class_
            department = value_of(detail, "DepartmentRef") or department
        whose = name or self.name or (None, None)
        self.rows.append(
            Posting(
                self.obj["TxnDate"], account, home, whose[0], whose[1], class_, department, item, quantity or None, doc,
                (line.get("Description") if line else None) or memo, line.get("Id") if line else None,
                foreign if self.currency else None, self.currency if foreign is not None else None, stock,
            )
        )  # fmt: skip

    def left(self) -> Decimal:
        """What the postings so far come to in the transaction's currency."""
        return Decimal(sum((row.foreign_amount or 0) if self.currency else row.amount for row in self.rows)) / 100

    def closed(self) -> list[Posting]:
        """The postings, which sum to zero; a cent that conversion left over goes to the largest amount behind the first posting.

        Raises:
            AssertionError: they do not balance in the transaction's own currency. That is a bug of the emulator.
        """
        if self.left():
            raise AssertionError(f"postings do not balance: {self.obj.get('Id')} {self.rows}")
        left = sum(row.amount for row in self.rows) if self.currency else 0
        if left:
            place = max(range(1, len(self.rows)), key=lambda at: abs(self.rows[at].amount))
            self.rows[place] = self.rows[place]._replace(amount=self.rows[place].amount - left)
        return self.rows
