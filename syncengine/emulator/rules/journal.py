"""Rules of what moves money between accounts: JournalEntry, Deposit, Transfer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.rules import lines
from syncengine.emulator.rules.draft import Draft, amount_of, value_of
from syncengine.emulator.rules.sales_tax import in_us

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
    _taxed(draft, detail)
    lines.track(draft, detail)
    if not draft.books.preference("AccountingInfoPrefs", "TrackDepartments"):
        lines.untracked(draft, detail, "DepartmentRef")
    return str(detail["PostingType"])


def _entity(draft: Draft, detail: dict[str, Any]) -> None:
    """Receivables need a customer, payables a vendor."""
    type_ = draft.pointed_in(detail, "Account", "AccountRef").get("AccountType")
    wanted = {"Accounts Receivable": "Customer", "Accounts Payable": "Vendor"}.get(str(type_))
    entity = detail.get("Entity") or {}
    if wanted and (entity.get("Type") != wanted or not value_of(entity, "EntityRef")):
        kind, name = ("Receivable", "customer") if wanted == "Customer" else ("Payable", "vendor")
        raise faults.business(f"When you use Accounts {kind}, you must choose a {name} in the Name field.")


def _taxed(draft: Draft, detail: dict[str, Any]) -> None:
    """Outside the US a line with a tax code says what is taxed (2270) and how much the tax is (2280); French ones have codes."""
    if in_us(draft.books):
        for name in ("TaxCodeRef", "TaxApplicableOn", "TaxAmount"):
            detail.pop(name, None)
    elif detail.get("TaxCodeRef"):
        if not detail.get("TaxApplicableOn"):
            raise faults.tax_applicable_on()
        if detail.get("TaxAmount") is None:
            raise faults.tax_amount()
    if (draft.books.known("CompanyInfo", "1") or {}).get("Country") != "FR":
        detail.pop("JournalCodeRef", None)


#: What money can be put into.
_HOLDS_MONEY = frozenset({"Bank", "Other Current Asset"})


def deposit(draft: Draft) -> None:
    """Deposit: lines of its own, or payments and receipts that lie in Undeposited Funds."""
    lines.head(draft)
    type_ = str(draft.pointed("Account", "DepositToAccountRef").get("AccountType"))
    if type_ not in _HOLDS_MONEY:
        raise faults.account_type(type_, "DepositToAccountRef")
    linked = [line for line in draft.obj.get("Line") or () if line.get("LinkedTxn") and "DetailType" not in line]
    # What lies in Undeposited Funds is named by its link alone; a line with a detail needs an account.
    for line in linked:
        line.update(DetailType="DepositLineDetail", DepositLineDetail={})
    kept = lines.lines(draft, frozenset({"DepositLineDetail"}))
    for line in kept:
        if line.get("Amount") is None:
            raise faults.required("Line.Amount")
        if line not in linked and not line["DepositLineDetail"].get("AccountRef"):
            raise faults.detail_required()
        lines.track(draft, line["DepositLineDetail"])
    lines.identify(draft, kept)
    draft.obj["Line"] = [lines.shown(line) for line in kept]
    for line in draft.obj["Line"]:
        if line.get("LinkedTxn") and not line["DepositLineDetail"]:
            del line["DetailType"], line["DepositLineDetail"]
    cash = draft.obj.get("CashBack")
    back = amount_of(cash, "Amount") if isinstance(cash, dict) else _ZERO
    lines.total(draft, lines.total_of(kept) - back)


def transfer(draft: Draft) -> None:
    """Transfer: from one account to another."""
    lines.head(draft)
    if amount_of(draft.obj, "Amount") <= 0:
        raise faults.negative_amount()
    for name in ("FromAccountRef", "ToAccountRef"):
        account = draft.pointed("Account", name)
        type_ = str(account.get("AccountType"))
        if account.get("Classification") in {"Revenue", "Expense"} or type_ in {"Accounts Receivable", "Accounts Payable"}:
            raise faults.account_type(type_, name)
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
    for name in ("TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "UnappliedAmt", "RemainingCredit", "Deposit", "Amount"):
        if name in obj:
            obj[name] = wire.money(_ZERO)
    if "TxnTaxDetail" in obj:
        obj["TxnTaxDetail"] = {"TotalTax": _ZERO}
    obj["PrivateNote"] = "Voided"


def void_payment(obj: dict[str, Any]) -> None:
    """Void a payment: its lines are let go of."""
    void_lines(obj)
    obj["Line"] = []
