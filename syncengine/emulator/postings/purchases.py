"""Postings of what is bought."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import Move, amount_of, value_of
from syncengine.emulator.rules.payments import source
from syncengine.emulator.rules.posting import account_of, credit, debit, stocked


def _owed(obj: dict[str, Any], amount: Decimal, books: Books) -> Iterator[Move]:
    vendor = value_of(obj, "VendorRef")
    if vendor:
        yield "Vendor", vendor, amount
    payable = account_of(books, "Accounts Payable")
    yield from credit(books, value_of(obj, "APAccountRef") or (payable["Id"] if payable else None), amount)


def _spent(books: Books, obj: dict[str, Any], sign: int) -> Iterator[Move]:
    """The lines' own accounts, where they carry a balance, and the stock."""
    for line in obj.get("Line", ()):
        account = value_of(line, "AccountBasedExpenseLineDetail", "AccountRef")
        yield from debit(books, account, sign * amount_of(line, "Amount"))
        yield from stocked(books, line.get("ItemBasedExpenseLineDetail") or {}, sign)


def billed(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """Bill: the vendor is owed the total."""
    yield from _owed(obj, amount_of(obj, "TotalAmt"), books)
    yield from _spent(books, obj, 1)


def credited(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """VendorCredit: the vendor is owed less."""
    yield from _owed(obj, -amount_of(obj, "TotalAmt"), books)
    yield from _spent(books, obj, -1)


def paid(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """BillPayment: the vendor is owed less, and the bank or card pays."""
    yield from _owed(obj, -amount_of(obj, "TotalAmt"), books)
    yield from credit(books, value_of(obj, *source(obj)), amount_of(obj, "TotalAmt"))


def bought(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """Purchase: the bank or card pays; a card's credit is the other way round."""
    sign = -1 if obj.get("Credit") else 1
    yield from credit(books, value_of(obj, "AccountRef"), sign * amount_of(obj, "TotalAmt"))
    yield from _spent(books, obj, sign)
