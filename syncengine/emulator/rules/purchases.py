"""Rules of what is bought: Bill, VendorCredit, PurchaseOrder, BillPayment and Purchase."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.rules import custom_fields, lines, sales_tax
from syncengine.emulator.rules.draft import Draft, amount_of
from syncengine.emulator.rules.posting import account_of, extension
from syncengine.emulator.rules.sales_tax import in_us

_ZERO = Decimal(0)
_KINDS = frozenset({"AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "DescriptionOnly"})


_KINDS_OF_PURCHASE = frozenset({"Cash", "Check", "CreditCard"})


def _form(draft: Draft) -> None:
    """What the forms have in common: expense lines and their total."""
    lines.head(draft)
    kept = lines.lines(draft, _KINDS)
    for line in kept:
        if line["DetailType"] != "DescriptionOnly":
            _expense(draft, line)
    lines.identify(draft, kept, line_numbers=draft.entity != "Purchase")
    tax = _ZERO
    if in_us(draft.books):
        draft.obj.pop("GlobalTaxCalculation", None)
        draft.obj.pop("TxnTaxDetail", None)
    else:
        sales_tax.of_form(draft, kept, _ZERO, purchase=True)
        tax = amount_of(draft.obj["TxnTaxDetail"], "TotalTax")
    draft.obj["Line"] = [lines.shown(line) for line in kept]
    lines.total(draft, lines.total_of(kept) + tax)


def _expense(draft: Draft, line: dict[str, Any]) -> None:
    kind = line["DetailType"]
    detail = line[kind]
    if kind == "ItemBasedExpenseLineDetail":
        if not detail.get("ItemRef"):
            raise faults.detail_required()
        lines.item_line(draft, detail, "Line.ItemBasedExpenseLineDetail.ItemRef")
    elif not detail.get("AccountRef"):
        raise faults.detail_required()
    lines.amount(draft, line, detail)
    lines.track(draft, detail)
    if detail.get("BillableStatus") == "HasBeenBilled" and not _was_billed(draft, line):
        raise faults.enumeration("HAS_BEEN_BILLED", "BillableStatus")
    if detail.get("BillableStatus") == "Billable" and not detail.get("CustomerRef"):
        raise faults.billable_customer()
    detail.setdefault("BillableStatus", "NotBillable")
    sales_tax.line_code(draft, detail)


def _was_billed(draft: Draft, line: dict[str, Any]) -> bool:
    """HasBeenBilled may come back from a client that read it, but not be set by one."""
    for old in (draft.old or {}).get("Line", ()):
        if old.get("Id") == line.get("Id"):
            return bool(old.get(line["DetailType"], {}).get("BillableStatus") == "HasBeenBilled")
    return False


def payable(draft: Draft) -> None:
    """APAccountRef: an account of type Accounts Payable; implied while there is one."""
    account = draft.pointed("Account", "APAccountRef") or account_of(draft.books, "Accounts Payable")
    if not account:
        raise faults.required("APAccountRef")
    if account["AccountType"] != "Accounts Payable":
        raise faults.business("You need to select a different type of account for this transaction.")
    draft.obj["APAccountRef"] = {"value": account["Id"], "name": account["FullyQualifiedName"]}


def bill(draft: Draft) -> None:
    """Bill: due by its term, open until it is paid."""
    _form(draft)
    payable(draft)
    lines.due_date(draft, 0)
    _address(draft)
    paid = amount_of(draft.old, "TotalAmt") - amount_of(draft.old, "Balance") if draft.old else _ZERO
    draft.obj["Balance"] = wire.money(draft.obj["TotalAmt"] - paid)


def vendor_credit(draft: Draft) -> None:
    """VendorCredit: open until it is used."""
    _form(draft)
    payable(draft)
    _address(draft)
    used = amount_of(draft.old, "TotalAmt") - amount_of(draft.old, "Balance") if draft.old else _ZERO
    draft.obj["Balance"] = wire.money(draft.obj["TotalAmt"] - used)


def purchase_order(draft: Draft) -> None:
    """PurchaseOrder: open until a bill closes it; it touches no account."""
    _form(draft)
    payable(draft)
    lines.number(draft, ("PurchaseOrder",))
    draft.default("POStatus", "Open")
    draft.default("EmailStatus", "NotSet")
    custom_fields.fill(draft, custom_fields.PURCHASES)
    _address(draft)


def _address(draft: Draft) -> None:
    """The vendor's address, where the form brings none."""
    if draft.old is None:
        address = draft.pointed("Vendor", "VendorRef").get("BillAddr")
        if address:
            draft.default("VendorAddr", dict(address))


def purchase(draft: Draft) -> None:
    """Purchase: paid from a bank account or a card; only a card may be credited."""
    obj = draft.obj
    if draft.old is not None and obj["PaymentType"] != draft.old["PaymentType"]:
        # A sparse update that names another kind leaves it as it is, a full one is refused in misleading words (report).
        if not draft.sparse:
            raise faults.not_found()
        obj["PaymentType"] = draft.old["PaymentType"]
    if "Number" in ((obj.get("CreditCardPayment") or {}).get("CreditChargeInfo") or {}):
        raise faults.card_number()
    if obj["PaymentType"] not in _KINDS_OF_PURCHASE:
        raise faults.enumeration(obj["PaymentType"], "PaymentType")
    _form(draft)
    wanted = "Credit Card" if obj["PaymentType"] == "CreditCard" else "Bank"
    if draft.pointed("Account", "AccountRef").get("AccountType") != wanted:
        raise faults.business("You need to select a different type of account for this transaction.")
    if obj.get("Credit") and wanted != "Credit Card":
        raise faults.business("Credit is supported for credit card purchases only.")
    if obj["PaymentType"] == "Check":
        draft.default("PrintStatus", "NotSet")
    elif obj["PaymentType"] == "CreditCard":
        draft.default("Credit", False)
    kind = {"Check": "3", "Cash": "54", "CreditCard": "11" if obj.get("Credit") else "54"}[obj["PaymentType"]]
    obj["PurchaseEx"] = {"any": [extension("TxnType", kind)]}
