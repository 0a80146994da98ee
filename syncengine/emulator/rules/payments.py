"""Rules of what settles others: Payment and BillPayment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.rules import lines
from syncengine.emulator.rules.draft import Draft, amount_of, value_of
from syncengine.emulator.rules.links import of_payment
from syncengine.emulator.rules.posting import extension
from syncengine.emulator.rules.purchases import payable

_ZERO = Decimal(0)


def payment(draft: Draft) -> None:
    """Payment: its lines take from open invoices and credits; the rest is unapplied."""
    obj = draft.obj
    lines.head(draft)
    kept = obj.get("Line") or []
    applied = _ZERO
    for line in kept:
        linked = line.get("LinkedTxn") or [{}]
        applied += _applied(draft, linked[0], amount_of(line, "Amount"))
        _describe(draft, line, linked[0])
    if amount_of(obj, "TotalAmt") < 0:
        raise faults.negative_amount()
    if applied > amount_of(obj, "TotalAmt"):
        raise faults.business("The amount applied is more than the amount of the payment.")
    obj["Line"] = kept
    obj["UnappliedAmt"] = wire.money(amount_of(obj, "TotalAmt") - applied)
    draft.default("ProcessPayment", False)


def _applied(draft: Draft, linked: dict[str, Any], amount: Decimal) -> Decimal:
    """What one line takes from the payment: a credit memo gives to it."""
    type_, id_ = linked.get("TxnType"), linked.get("TxnId")
    if type_ not in {"Invoice", "CreditMemo", "JournalEntry", "Expense", "Check", "CreditCardCredit"}:
        return amount
    target = draft.books.known("Purchase" if type_ in {"Expense", "Check", "CreditCardCredit"} else str(type_), str(id_))
    if target is None:
        raise faults.missing_link(str(type_), str(id_))
    before = sum((each.amount for each in of_payment(draft.old or {}) if (each.entity, each.id) == (type_, id_)), _ZERO)
    if type_ == "Invoice" and amount > amount_of(target, "Balance") + before:
        raise faults.business("The amount applied is more than the open balance of the invoice.")
    return -amount if type_ == "CreditMemo" else amount


def _describe(draft: Draft, line: dict[str, Any], linked: dict[str, Any]) -> None:
    """What QuickBooks adds to a payment's line about the transaction that it pays."""
    target = draft.books.known(str(linked.get("TxnType")), str(linked.get("TxnId")))
    if target is None:
        return
    pairs = (("txnId", target["Id"]), ("txnOpenBalance", f"{amount_of(target, 'Balance'):.2f}"))
    number = target.get("DocNumber")
    line["LineEx"] = {"any": [extension(*pair) for pair in (*pairs, *([("txnReferenceNumber", number)] if number else ()))]}


def bill_payment(draft: Draft) -> None:
    """BillPayment: its lines take from open bills; a surplus stays with the vendor."""
    obj = draft.obj
    lines.head(draft)
    if obj.get("TotalAmt") is None:
        raise faults.business("You must set a transaction amount.")
    if amount_of(obj, "TotalAmt") < 0:
        raise faults.negative_amount()
    if not value_of(obj, *source(obj)):
        raise faults.required(".".join(source(obj)))
    for line in obj.get("Line") or ():
        for linked in line.get("LinkedTxn", ()):
            _check_link(draft, linked)
    draft.default("Line", [])
    if obj["PayType"] == "Check":
        obj["CheckPayment"].setdefault("PrintStatus", "NotSet")
    payable(draft)


def source(obj: dict[str, Any]) -> tuple[str, str]:
    """The path of the reference to the account that a bill payment is made from."""
    return ("CheckPayment", "BankAccountRef") if obj["PayType"] == "Check" else ("CreditCardPayment", "CCAccountRef")


def _check_link(draft: Draft, linked: dict[str, Any]) -> None:
    type_, id_ = str(linked.get("TxnType")), str(linked.get("TxnId"))
    if type_ in {"Bill", "VendorCredit", "JournalEntry", "Deposit"} and draft.books.known(type_, id_) is None:
        raise faults.missing_link(type_, id_)
