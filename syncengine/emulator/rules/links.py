"""The shares that one object has in other transactions, as its own lines and links say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator.rules.draft import amount_of
from syncengine.emulator.rules.link import Link

_ZERO = Decimal(0)


def of_payment(obj: dict[str, Any]) -> Iterator[Link]:
    """The shares that a payment has in invoices and credit memos."""
    for line in obj.get("Line", ()):
        for linked in line.get("LinkedTxn", ()):
            if linked.get("TxnType") in {"Invoice", "CreditMemo"}:
                yield Link(linked["TxnType"], linked["TxnId"], amount_of(line, "Amount"), "Payment")


def of_invoice(obj: dict[str, Any]) -> Iterator[Link]:
    """The estimate that an invoice was made from."""
    for linked in obj.get("LinkedTxn", ()):
        if linked.get("TxnType") == "Estimate":
            yield Link("Estimate", linked["TxnId"], _ZERO, "Invoice")


def of_bill(obj: dict[str, Any]) -> Iterator[Link]:
    """The purchase orders that a bill answers."""
    every = [*obj.get("LinkedTxn", ()), *(linked for line in obj.get("Line", ()) for linked in line.get("LinkedTxn", ()))]
    for id_ in dict.fromkeys(linked["TxnId"] for linked in every if linked.get("TxnType") == "PurchaseOrder"):
        yield Link("PurchaseOrder", id_, _ZERO, "Bill")


def of_bill_payment(obj: dict[str, Any]) -> Iterator[Link]:
    """The shares that a bill payment has in bills and vendor credits."""
    for line in obj.get("Line", ()):
        for linked in line.get("LinkedTxn", ()):
            if linked.get("TxnType") in {"Bill", "VendorCredit"}:
                shown = "BillPaymentCheck" if obj.get("PayType") == "Check" else "BillPaymentCreditCard"
                yield Link(linked["TxnType"], linked["TxnId"], amount_of(line, "Amount"), shown)


def of_deposit(obj: dict[str, Any]) -> Iterator[Link]:
    """What a deposit holds; it can no longer be changed while it is in there (6540)."""
    for line in obj.get("Line", ()):
        for linked in line.get("LinkedTxn", ()):
            yield Link(linked["TxnType"], linked["TxnId"], _ZERO, "Deposit")
