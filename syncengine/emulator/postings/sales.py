"""Postings of what is sold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import Move, amount_of, value_of
from syncengine.emulator.rules.posting import account_of, debit, stocked


def _shipped(books: Books, obj: dict[str, Any], sign: int) -> Iterator[Move]:
    """Inventory items leave the stock (they come back with `sign` -1)."""
    for line in obj.get("Line", ()):
        yield from stocked(books, line.get("SalesItemLineDetail") or {}, -sign)


def owed(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """Invoice: the customer owes the total, and accounts receivable hold it."""
    yield from _receivable(books, obj, amount_of(obj, "TotalAmt"))
    yield from _shipped(books, obj, 1)


def credited(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """CreditMemo: the customer owes less."""
    yield from _receivable(books, obj, -amount_of(obj, "TotalAmt"))
    yield from _shipped(books, obj, -1)


def paid(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """Payment: the customer owes less, the money is where it was put."""
    yield from _receivable(books, obj, -amount_of(obj, "TotalAmt"))
    yield from _received(books, obj, amount_of(obj, "TotalAmt"))


def cash_sale(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """SalesReceipt: the money is where it was put."""
    yield from _received(books, obj, amount_of(obj, "TotalAmt"))
    yield from _shipped(books, obj, 1)


def refunded(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """RefundReceipt: the money is gone from where it was taken."""
    yield from _received(books, obj, -amount_of(obj, "TotalAmt"))
    yield from _shipped(books, obj, -1)


def _receivable(books: Books, obj: dict[str, Any], amount: Decimal) -> Iterator[Move]:
    customer = value_of(obj, "CustomerRef")
    if customer:
        yield "Customer", customer, amount
    yield from debit(books, value_of(obj, "ARAccountRef") or _id(account_of(books, "Accounts Receivable")), amount)


def _received(books: Books, obj: dict[str, Any], amount: Decimal) -> Iterator[Move]:
    account = value_of(obj, "DepositToAccountRef") or _id(account_of(books, "Other Current Asset", "UndepositedFunds"))
    yield from debit(books, account, amount)


def _id(obj: dict[str, Any] | None) -> str | None:
    return obj["Id"] if obj else None
