"""Postings of what is bought: Bill, VendorCredit, Purchase and BillPayment."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.postings import accounts
from syncengine.emulator.postings.posting import RECEIPT, Entry, Name, Posting, number, quanta
from syncengine.emulator.postings.sales import exchanged, issue
from syncengine.emulator.rules.draft import value_of
from syncengine.emulator.rules.payments import source

_ZERO = Decimal(0)
Line = dict[str, Any]


def bill(books: Books, obj: Line) -> list[Posting]:
    """Bill: the vendor is owed the total."""
    entry = Entry(books, obj, _vendor(obj))
    entry.add(_payable(books, obj, entry.currency), -number(obj.get("TotalAmt")))
    _spent(entry, 1)
    return entry.closed()


def vendor_credit(books: Books, obj: Line) -> list[Posting]:
    """VendorCredit: a bill the other way round."""
    entry = Entry(books, obj, _vendor(obj))
    entry.add(_payable(books, obj, entry.currency), number(obj.get("TotalAmt")))
    _spent(entry, -1)
    return entry.closed()


def purchase(books: Books, obj: Line) -> list[Posting]:
    """Purchase: the bank or card pays; a card's credit is the other way round."""
    entry = Entry(books, obj, _payee(obj))
    sign = -1 if obj.get("Credit") else 1
    entry.add(value_of(obj, "AccountRef") or accounts.account(books, accounts.UNDEPOSITED), -sign * number(obj.get("TotalAmt")))
    _spent(entry, sign)
    return entry.closed()


def bill_payment(books: Books, obj: Line) -> list[Posting]:
    """BillPayment: the vendor is owed less, and the bank or card pays.

    What is applied counts at the rate of the bill; the difference to the payment's own rate is an exchange gain or loss.
    """
    entry = Entry(books, obj, _vendor(obj))
    total = number(obj.get("TotalAmt"))
    entry.add(value_of(obj, *source(obj)) or accounts.account(books, accounts.UNDEPOSITED), -total)
    own = (_payable(books, obj, entry.currency), entry.rate)
    shares: dict[tuple[str, Decimal], Decimal] = {own: total}
    for target, amount in _applied(books, obj):
        key = (value_of(target, "APAccountRef") or own[0], number(target.get("ExchangeRate")) or entry.rate)
        shares[key] = shares.get(key, _ZERO) + amount
        shares[own] -= amount
    for (account, rate), amount in shares.items():
        entry.add(account, amount, rate=rate)
    exchanged(entry)
    return entry.closed()


def _applied(books: Books, obj: Line) -> Iterator[tuple[Line, Decimal]]:
    """The bills and vendor credits that a bill payment settles, with the amounts that it pays (credit: takes) of them."""
    for line in obj.get("Line") or ():
        for linked in line.get("LinkedTxn") or ():
            type_ = linked.get("TxnType")
            target = books.known(type_, str(linked.get("TxnId"))) if type_ in {"Bill", "VendorCredit"} else None
            if target is not None:
                yield target, number(line.get("Amount")) * (-1 if type_ == "VendorCredit" else 1)


def _vendor(obj: Line) -> Name:
    vendor = value_of(obj, "VendorRef")
    return ("Vendor", vendor) if vendor else None


def _payee(obj: Line) -> Name:
    payee = obj.get("EntityRef") or {}
    return (str(payee.get("type") or "Vendor"), str(payee["value"])) if payee.get("value") else None


def _payable(books: Books, obj: Line, currency: str | None) -> str:
    return value_of(obj, "APAccountRef") or accounts.account(books, accounts.in_currency(accounts.PAYABLE, currency))


# What the lines buy


def _spent(entry: Entry, sign: int) -> None:
    """The lines' accounts, what goes into stock, and a tax that the total holds beside the lines."""
    for line in entry.obj.get("Line") or ():
        kind = line.get("DetailType")
        if kind == "AccountBasedExpenseLineDetail":
            detail = line.get(kind) or {}
            account = value_of(detail, "AccountRef") or accounts.account(entry.books, accounts.EXPENSE)
            entry.add(account, sign * number(line.get("Amount")), line=line, detail=detail, name=_for_whom(detail))
        elif kind == "ItemBasedExpenseLineDetail":
            _item(entry, line, line.get(kind) or {}, sign)
        elif line.get("Amount"):
            entry.add(accounts.account(entry.books, accounts.EXPENSE), sign * number(line.get("Amount")), line=line)
    if (entry.obj.get("TxnTaxDetail") or {}).get("TotalTax"):
        entry.add(accounts.account(entry.books, accounts.SALES_TAX), -entry.left())


def _for_whom(detail: Line) -> Name:
    customer = value_of(detail, "CustomerRef")
    return ("Customer", customer) if customer else None


def _item(entry: Entry, line: Line, detail: Line, sign: int) -> None:
    books, id_ = entry.books, value_of(detail, "ItemRef")
    item = (books.known("Item", id_) if id_ else None) or {}
    quantity, amount = quanta(number(detail.get("Qty"))) * sign, sign * number(line.get("Amount"))
    if item.get("Type") != "Inventory":
        own = value_of(item, "ExpenseAccountRef") or value_of(item, "IncomeAccountRef")
        account = own or accounts.account(books, accounts.EXPENSE)
        entry.add(account, amount, line=line, detail=detail, name=_for_whom(detail), item=id_, quantity=quantity)
    elif quantity < 0 or amount < 0:
        # What goes back to the vendor leaves the stock at its cost; what the vendor credits beyond that lowers the cost of sales.
        issue(entry, item, line, detail, quantity, amount)
    else:
        asset = value_of(item, "AssetAccountRef") or accounts.account(books, accounts.INVENTORY)
        entry.add(asset, amount, line=line, detail=detail, name=_for_whom(detail), item=id_, quantity=quantity, stock=RECEIPT)
