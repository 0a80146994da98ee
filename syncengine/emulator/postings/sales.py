"""Postings of what is sold: Invoice, SalesReceipt, CreditMemo, RefundReceipt; and of Payment."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.books import Books
from syncengine.emulator.postings import accounts
from syncengine.emulator.postings.posting import COST_OF_ISSUE, ISSUE, Entry, Name, Posting, number, quanta
from syncengine.emulator.rules.draft import value_of
from syncengine.emulator.rules.lines import SHIPPING_ITEM

_ZERO = Decimal(0)
Line = dict[str, Any]


def invoice(books: Books, obj: Line) -> list[Posting]:
    """Invoice: the customer owes the total, less what was deposited with the order."""
    entry = _entry(books, obj)
    deposit = number(obj.get("Deposit"))
    entry.add(_receivable(books, obj, entry.currency), number(obj.get("TotalAmt")) - deposit)
    if deposit:
        entry.add(_received(books, obj), deposit)
    _sold(entry, 1)
    return entry.closed()


def credit_memo(books: Books, obj: Line) -> list[Posting]:
    """CreditMemo: an invoice the other way round."""
    entry = _entry(books, obj)
    entry.add(_receivable(books, obj, entry.currency), -number(obj.get("TotalAmt")))
    _sold(entry, -1)
    return entry.closed()


def sales_receipt(books: Books, obj: Line) -> list[Posting]:
    """SalesReceipt: the money is where it was put."""
    entry = _entry(books, obj)
    entry.add(_received(books, obj), number(obj.get("TotalAmt")))
    _sold(entry, 1)
    return entry.closed()


def refund_receipt(books: Books, obj: Line) -> list[Posting]:
    """RefundReceipt: the money is gone from where it was taken."""
    entry = _entry(books, obj)
    entry.add(_received(books, obj), -number(obj.get("TotalAmt")))
    _sold(entry, -1)
    return entry.closed()


def payment(books: Books, obj: Line) -> list[Posting]:
    """Payment: the money is where it was put, and those whose invoices it pays owe less.

    What is applied counts at the rate of what it is applied to; the difference to the payment's own rate is a gain or loss.
    """
    entry = _entry(books, obj)
    total = number(obj.get("TotalAmt"))
    entry.add(_received(books, obj), total)
    own = (_receivable(books, obj, entry.currency), entry.name, entry.rate)
    shares: dict[tuple[str, Name, Decimal], Decimal] = {own: total}
    for target, amount in _applied(books, obj):
        account = value_of(obj, "ARAccountRef") or value_of(target, "ARAccountRef") or own[0]
        key = (account, _customer(target) or entry.name, number(target.get("ExchangeRate")) or entry.rate)
        shares[key] = shares.get(key, _ZERO) + amount
        shares[own] -= amount
    for (account, name, rate), amount in shares.items():
        entry.add(account, -amount, name=name, rate=rate)
    exchanged(entry)
    return entry.closed()


def exchanged(entry: Entry) -> None:
    """What different exchange rates leave over is a gain or loss."""
    left = sum(row.amount for row in entry.rows)
    if left:
        entry.add_home(accounts.account(entry.books, accounts.GAIN), -left)


def _applied(books: Books, obj: Line) -> Iterator[tuple[Line, Decimal]]:
    """The invoices and credit memos that a payment settles, with the amounts that it takes from (credit: gives to) them."""
    for line in obj.get("Line") or ():
        for linked in line.get("LinkedTxn") or ():
            type_ = linked.get("TxnType")
            target = books.known(type_, str(linked.get("TxnId"))) if type_ in {"Invoice", "CreditMemo"} else None
            if target is not None:
                yield target, number(line.get("Amount")) * (-1 if type_ == "CreditMemo" else 1)


def _entry(books: Books, obj: Line) -> Entry:
    return Entry(books, obj, _customer(obj))


def _customer(obj: Line) -> Name:
    customer = value_of(obj, "CustomerRef")
    return ("Customer", customer) if customer else None


def _receivable(books: Books, obj: Line, currency: str | None) -> str:
    return value_of(obj, "ARAccountRef") or accounts.account(books, accounts.in_currency(accounts.RECEIVABLE, currency))


def _received(books: Books, obj: Line) -> str:
    return value_of(obj, "DepositToAccountRef") or accounts.account(books, accounts.UNDEPOSITED)


# What the lines sell


def _sold(entry: Entry, sign: int) -> None:
    """Income of every line, discounts, tax, and the cost of what leaves the stock (it comes back with `sign` -1)."""
    for line in entry.obj.get("Line") or ():
        _line(entry, line, sign)
    _taxed(entry, sign)
    if entry.obj.get("GlobalTaxCalculation") == "TaxInclusive":
        # Where the prices include the tax, the income is less by it.
        entry.add(accounts.account(entry.books, accounts.INCOME), -entry.left())


def _line(entry: Entry, line: Line, sign: int) -> None:
    kind = line.get("DetailType")
    if kind == "SalesItemLineDetail":
        _item(entry, line, line.get(kind) or {}, sign)
    elif kind == "GroupLineDetail":
        _group(entry, line, sign)
    elif kind == "DiscountLineDetail":
        detail = line.get(kind) or {}
        entry.add(_discount_account(entry.books, detail), sign * number(line.get("Amount")), line=line, detail=detail)
    elif kind != "SubTotalLineDetail":
        _unnamed(entry, line, sign * number(line.get("Amount")))


def _group(entry: Entry, line: Line, sign: int) -> None:
    """A bundle posts by the lines inside it; it has no amount of its own."""
    for inner in (line.get("GroupLineDetail") or {}).get("Line") or ():
        if isinstance(inner, dict):
            _line(entry, inner, sign)


def _unnamed(entry: Entry, line: Line, amount: Decimal) -> None:
    """An amount that no item stands for."""
    if amount:
        entry.add(accounts.account(entry.books, accounts.INCOME), -amount, line=line)


def _discount_account(books: Books, detail: Line) -> str:
    named = value_of(detail, "DiscountAccountRef") or str(books.preference("SalesFormsPrefs", "DefaultDiscountAccount") or "")
    known = books.known("Account", named) if named else None
    return known["Id"] if known else accounts.account(books, accounts.DISCOUNTS)


def _item(entry: Entry, line: Line, detail: Line, sign: int) -> None:
    books, id_ = entry.books, value_of(detail, "ItemRef")
    item = books.known("Item", id_) if id_ else None
    quantity = quanta(number(detail.get("Qty"))) * sign
    if item is None:
        role = accounts.SHIPPING if id_ == SHIPPING_ITEM else accounts.INCOME
        entry.add(accounts.account(books, role), -sign * number(line.get("Amount")), line=line, detail=detail)
        return
    income = value_of(item, "IncomeAccountRef") or accounts.account(books, accounts.INCOME)
    entry.add(income, -sign * number(line.get("Amount")), line=line, detail=detail, item=id_, quantity=quantity)
    if item.get("Type") == "Inventory" and quantity:
        issue(entry, item, line, detail, -quantity)


def issue(entry: Entry, item: Line, line: Line, detail: Line, quantity: int, amount: Decimal = _ZERO) -> None:
    """An item leaves the stock (a negative `quantity`): its cost, which the stock knows, less `amount` is cost of goods sold."""
    books = entry.books
    asset = value_of(item, "AssetAccountRef") or accounts.account(books, accounts.INVENTORY)
    cost = value_of(item, "ExpenseAccountRef") or accounts.account(books, accounts.COST)
    entry.add(asset, _ZERO, line=line, detail=detail, item=item["Id"], quantity=quantity, stock=ISSUE)
    entry.add(cost, amount, line=line, detail=detail, item=item["Id"], stock=COST_OF_ISSUE)


# Tax


def _taxed(entry: Entry, sign: int) -> None:
    """The tax is owed to the agencies of its rates; what no rate accounts for, to the general tax account."""
    detail = entry.obj.get("TxnTaxDetail") or {}
    left = number(detail.get("TotalTax"))
    for line in (detail.get("TaxLine") or ()) if left else ():
        agency = _agency(entry.books, line) if isinstance(line, dict) else None
        if agency is not None:
            amount = wire.money(number(line.get("Amount")))
            entry.add(agency, -sign * amount)
            left -= amount
    if left:
        entry.add(accounts.account(entry.books, accounts.SALES_TAX), -sign * left)


def _agency(books: Books, line: Line) -> str | None:
    """The account of the agency that a tax line's rate belongs to."""
    reference = (line.get("TaxLineDetail") or {}).get("TaxRateRef") or {}
    rate = books.known("TaxRate", str(reference.get("value"))) or {}
    agency = books.known("TaxAgency", value_of(rate, "AgencyRef") or "") if rate else None
    if agency is None:
        return None
    known = value_of(agency, "TaxTrackedOnSalesAccountRef")
    if known and books.known("Account", known):
        return known
    return accounts.account(books, accounts.tax_account(agency["DisplayName"]))
