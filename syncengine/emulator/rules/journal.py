"""Rules of what moves money between accounts: JournalEntry, Deposit, Transfer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.rules import lines
from syncengine.emulator.rules.draft import Draft, amount_of, value_of

_ZERO = Decimal(0)


def journal_entry(draft: Draft) -> None:
    """JournalEntry: each line has a side, an account and an amount, and both sides are equal."""
    obj = draft.obj
    lines.head(draft)
    kept = lines.lines(draft, frozenset({"JournalEntryLineDetail", "DescriptionOnly"}))
    sides = {"Debit": _ZERO, "Credit": _ZERO}
    posted = [line for line in kept if line["DetailType"] == "JournalEntryLineDetail"]
    for line in posted:
        sides[_line(draft, line)] += line["Amount"]
    if sides["Debit"] != sides["Credit"]:
        raise faults.unbalanced()
    if len(posted) < 2:
        raise faults.no_lines()
    lines.identify(draft, kept, first=0, line_numbers=False)
    obj["Line"] = [lines.shown(line) for line in kept]
    if "allowautodocnum" in draft.books.include and draft.old is None:
        draft.default("DocNumber", lines.next_number(draft, ("JournalEntry",)))
        draft.books.company.numbers.pop(("JournalEntry",), None)
    draft.default("Adjustment", False)
    obj.setdefault("TxnTaxDetail", {})


def _line(draft: Draft, line: dict[str, Any]) -> str:
    """Check one line; returns its side."""
    detail = line["JournalEntryLineDetail"]
    if not detail.get("PostingType"):
        raise faults.posting_type()
    if not detail.get("AccountRef"):
        raise faults.required("Line.JournalEntryLineDetail.AccountRef")
    if line.get("Amount") is None:
        raise faults.required("Line.Amount")
    if line["Amount"] < 0:
        raise faults.negative_amount()
    _entity(draft, detail)
    lines.track(draft, detail)
    if not draft.books.preference("AccountingInfoPrefs", "TrackDepartments"):
        detail.pop("DepartmentRef", None)
    return str(detail["PostingType"])


def _entity(draft: Draft, detail: dict[str, Any]) -> None:
    """Receivables need a customer, payables a vendor."""
    type_ = draft.pointed_in(detail, "Account", "AccountRef").get("AccountType")
    wanted = {"Accounts Receivable": "Customer", "Accounts Payable": "Vendor"}.get(str(type_))
    entity = detail.get("Entity") or {}
    if wanted and (entity.get("Type") != wanted or not value_of(entity, "EntityRef")):
        kind, name = ("Receivable", "customer") if wanted == "Customer" else ("Payable", "vendor")
        raise faults.business(f"When you use Accounts {kind}, you must choose a {name} in the Name field.")


def deposit(draft: Draft) -> None:
    """Deposit: lines of its own, or payments and receipts that lie in Undeposited Funds."""
    lines.head(draft)
    linked = [line for line in draft.obj.get("Line") or () if line.get("LinkedTxn") and "DetailType" not in line]
    # What lies in Undeposited Funds is named by its link alone; a line with a detail needs an account.
    for line in linked:
        line.update(DetailType="DepositLineDetail", DepositLineDetail={})
    kept = lines.lines(draft, frozenset({"DepositLineDetail"}))
    for line in kept:
        if line.get("Amount") is None:
            raise faults.required("Line.Amount")
        if line not in linked and not line["DepositLineDetail"].get("AccountRef"):
            raise faults.required("Line.DepositLineDetail.AccountRef")
        lines.track(draft, line["DepositLineDetail"])
    lines.identify(draft, kept)
    draft.obj["Line"] = [lines.shown(line) for line in kept]
    for line in draft.obj["Line"]:
        if line.get("LinkedTxn") and not line["DepositLineDetail"]:
            del line["DetailType"], line["DepositLineDetail"]
    cash = draft.obj.get("CashBack")
    back = amount_of(cash, "Amount") if isinstance(cash, dict) else _ZERO
    draft.obj["TotalAmt"] = wire.money(lines.total_of(kept) - back)


def transfer(draft: Draft) -> None:
    """Transfer: from one account to another."""
    lines.head(draft)
    if amount_of(draft.obj, "Amount") <= 0:
        raise faults.negative_amount()
    if draft.reference("FromAccountRef") == draft.reference("ToAccountRef"):
        raise faults.business("You must choose two different accounts.")


def void_lines(obj: dict[str, Any]) -> None:
    """Take all amounts and quantities out of a transaction and call it voided."""
    for line in obj.get("Line", ()):
        line["Amount"] = _ZERO
        detail = line.get(line.get("DetailType", ""), {})
        for name in ("Qty", "UnitPrice", "TaxInclusiveAmt"):
            if name in detail:
                detail[name] = _ZERO
    for name in ("TotalAmt", "Balance", "UnappliedAmt", "RemainingCredit"):
        if name in obj:
            obj[name] = wire.money(_ZERO)
    if "TxnTaxDetail" in obj:
        obj["TxnTaxDetail"] = {"TotalTax": _ZERO}
    obj["PrivateNote"] = "Voided"


def void_payment(obj: dict[str, Any]) -> None:
    """Void a payment: its lines are let go of."""
    void_lines(obj)
    obj["Line"] = []
