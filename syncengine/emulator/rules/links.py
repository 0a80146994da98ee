"""The shares that one object has in other transactions, as its own lines and links say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator.rules.draft import amount_of
from syncengine.emulator.rules.link import Link

_ZERO = Decimal(0)


def of_payment(obj: dict[str, Any]) -> Iterator[Link]:
    """The shares that a payment has in invoices, credit memos, journal entries and expenses."""
    for line in obj.get("Line") or ():
        yield from _money(line, "Payment")


def of_bill_payment(obj: dict[str, Any]) -> Iterator[Link]:
    """The shares that a bill payment has in bills, vendor credits, journal entries and deposits."""
    shown = "BillPaymentCheck" if obj.get("PayType") == "Check" else "BillPaymentCreditCard"
    for line in obj.get("Line") or ():
        for link in _money(line, "BillPayment"):
            yield Link(link.type, link.id, link.amount, shown, link.line) if link.type == "Bill" else link


def of_deposit(obj: dict[str, Any]) -> Iterator[Link]:
    """What a deposit holds; it can no longer be changed while it is in there (6540)."""
    for line in obj.get("Line") or ():
        yield from _money(line, "Deposit")


def of_invoice(obj: dict[str, Any]) -> Iterator[Link]:
    """The estimate that an invoice was made from, and the times that it bills."""
    yield from _plain(obj, ("Estimate", "TimeActivity"), "Invoice")


def of_bill(obj: dict[str, Any]) -> Iterator[Link]:
    """The purchase orders that a bill answers, as a whole or line by line."""
    yield from _plain(obj, ("PurchaseOrder",), "Bill")
    for line in obj.get("Line") or ():
        yield from _plain(line, ("PurchaseOrder",), "Bill")


def _money(line: dict[str, Any], shown: str) -> Iterator[Link]:
    """What a line of money stands on; it may name one transaction."""
    for linked in (line.get("LinkedTxn") or ())[:1]:
        type_, id_ = str(linked.get("TxnType")), str(linked.get("TxnId"))
        yield Link(type_, id_, amount_of(line, "Amount"), shown, str(linked.get("TxnLineId") or ""))


def _plain(holder: dict[str, Any], types: tuple[str, ...], shown: str) -> Iterator[Link]:
    for linked in holder.get("LinkedTxn") or ():
        if linked.get("TxnType") in types:
            yield Link(linked["TxnType"], str(linked.get("TxnId")), _ZERO, shown, str(linked.get("TxnLineId") or ""))
