"""Rules of what settles others: Payment and BillPayment; what they settle is looked at in `linking`."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import faults
from syncengine.emulator.rules import lines
from syncengine.emulator.rules.draft import Draft, amount_of, value_of
from syncengine.emulator.rules.posting import account_of, extension
from syncengine.emulator.rules.purchases import payable


def payment(draft: Draft) -> None:
    """Payment: its lines take from open invoices and credits; the rest is unapplied."""
    obj = draft.obj
    lines.head(draft)
    if "Number" in ((obj.get("CreditCardPayment") or {}).get("CreditChargeInfo") or {}):
        raise faults.card_number()
    obj["Line"] = obj.get("Line") or []
    for line in obj["Line"]:
        for linked in (line.get("LinkedTxn") or ())[:1]:
            _describe(draft, line, linked)
    if amount_of(obj, "TotalAmt") < 0:
        raise faults.negative_amount()
    draft.default("ProcessPayment", False)
    undeposited = account_of(draft.books, "Other Current Asset", "UndepositedFunds")
    if undeposited is not None:
        draft.default("DepositToAccountRef", {"value": undeposited["Id"]})


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
    wanted = "Bank" if obj["PayType"] == "Check" else "Credit Card"
    type_ = str(draft.pointed("Account", *source(obj)).get("AccountType"))
    if type_ != wanted:
        raise faults.account_type(type_, ".".join(source(obj)))
    draft.default("Line", [])
    if obj["PayType"] == "Check":
        obj["CheckPayment"].setdefault("PrintStatus", "NotSet")
    if obj.get("APAccountRef"):
        payable(draft)


def source(obj: dict[str, Any]) -> tuple[str, str]:
    """The path of the reference to the account that a bill payment is made from."""
    return ("CheckPayment", "BankAccountRef") if obj["PayType"] == "Check" else ("CreditCardPayment", "CCAccountRef")
