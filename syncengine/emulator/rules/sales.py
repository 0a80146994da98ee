"""Rules of the sales forms (Invoice, SalesReceipt, CreditMemo, RefundReceipt, Estimate) and of Payment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.rules import bundles, custom_fields, lines, sales_tax
from syncengine.emulator.rules.draft import Draft, amount_of, value_of
from syncengine.emulator.rules.posting import account_of

_ZERO = Decimal(0)
#: The sales forms share one counter of numbers.
NUMBERED = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Estimate")
_KINDS = frozenset({"SalesItemLineDetail", "DiscountLineDetail", "DescriptionOnly", "GroupLineDetail"})

_IN_BUNDLES = frozenset({"SalesItemLineDetail", "DescriptionOnly"})


def _form(draft: Draft) -> None:
    """What the sales forms have in common: lines, subtotal, discount, tax, total."""
    lines.head(draft)
    kept = _offered(draft, lines.lines(draft, _KINDS))
    for line in kept:
        if line["DetailType"] == "GroupLineDetail":
            bundles.expand(draft, line)
            lines.check_kinds(line["GroupLineDetail"]["Line"], _IN_BUNDLES, "Line.GroupLineDetail.Line")
    every = list(bundles.flat(kept))
    for line in every:
        if line["DetailType"] == "SalesItemLineDetail":
            _item(draft, line)
    subtotal = wire.money(sum((_amount(line) for line in every), _ZERO))
    discount = sum((_discount(draft, line, subtotal) for line in kept), _ZERO)
    if discount > max(subtotal, _ZERO):
        raise faults.business("The discount amount can't be greater than the subtotal.")
    sales_tax.of_form(draft, every, discount)
    subtotal = wire.money(sum((_amount(line) for line in every), _ZERO))
    _numbered(draft, kept)
    draft.obj["Line"] = _with_subtotal([_shown(line) for line in kept], subtotal)
    lines.total(draft, subtotal - discount + amount_of(draft.obj["TxnTaxDetail"], "TotalTax"))
    lines.number(draft, NUMBERED)
    for name, value in (("ApplyTaxAfterDiscount", False), ("PrintStatus", "NeedToPrint"), ("EmailStatus", "NotSet")):
        draft.default(name, value)
    custom_fields.fill(draft, custom_fields.SALES)


def _offered(draft: Draft, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines without what the company has switched off: that is not taken over, and nothing is said."""
    prefs = draft.books.preference
    if prefs("SalesFormsPrefs", "AllowDiscount") is False:
        kept = [line for line in kept if line["DetailType"] != "DiscountLineDetail"]
    if prefs("SalesFormsPrefs", "AllowShipping") is False:
        kept = [line for line in kept if value_of(line, "SalesItemLineDetail", "ItemRef") != lines.SHIPPING_ITEM]
    if prefs("SalesFormsPrefs", "AllowDeposit") is False:
        draft.obj.pop("Deposit", None)
    if not kept:
        raise faults.no_lines()
    return kept


def _item(draft: Draft, line: dict[str, Any]) -> None:
    detail = line["SalesItemLineDetail"]
    lines.default_item(draft, detail)
    lines.item_line(draft, detail, "Line.SalesItemLineDetail.ItemRef")
    lines.amount(draft, line, detail)
    lines.track(draft, detail)
    if draft.books.preference("SalesFormsPrefs", "AllowServiceDate") is False:
        detail.pop("ServiceDate", None)
    sales_tax.line_code(draft, detail)


def _amount(line: dict[str, Any]) -> Decimal:
    return amount_of(line, "Amount") if line["DetailType"] in {"SalesItemLineDetail", "DescriptionOnly"} else _ZERO


def _discount(draft: Draft, line: dict[str, Any], subtotal: Decimal) -> Decimal:
    if line["DetailType"] != "DiscountLineDetail":
        return _ZERO
    detail = line["DiscountLineDetail"]
    if detail.get("PercentBased"):
        if detail.get("DiscountPercent") is None:
            raise faults.incomplete_discount()
        line["Amount"] = wire.money(subtotal * detail["DiscountPercent"] / 100)
    if line.get("Amount") is None:
        raise faults.incomplete_discount()
    detail.setdefault("PercentBased", False)
    account = draft.books.known("Account", str(draft.books.preference("SalesFormsPrefs", "DefaultDiscountAccount") or ""))
    if account is not None:
        detail.setdefault("DiscountAccountRef", {"value": account["Id"], "name": account["FullyQualifiedName"]})
    return Decimal(line["Amount"])


def _numbered(draft: Draft, kept: list[dict[str, Any]]) -> None:
    """Ids for all lines but discounts, which QuickBooks shows without (recorded)."""
    numbered = []
    for line in bundles.flat(kept):
        if line["DetailType"] == "DiscountLineDetail":
            line.pop("Id", None)
            line.pop("LineNum", None)
        else:
            numbered.append(line)
    lines.identify(draft, numbered)


def _shown(line: dict[str, Any]) -> dict[str, Any]:
    if line["DetailType"] == "GroupLineDetail":
        detail = line["GroupLineDetail"]
        detail["Line"] = [lines.shown(each) for each in detail.get("Line") or ()]
    return lines.shown(line)


def _with_subtotal(kept: list[dict[str, Any]], subtotal: Decimal) -> list[dict[str, Any]]:
    """The subtotal line stands behind the items and before the discount."""
    line = {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    items = [each for each in kept if each["DetailType"] != "DiscountLineDetail"]
    return [*items, line, *(each for each in kept if each["DetailType"] == "DiscountLineDetail")]


def _addresses(draft: Draft) -> None:
    """Addresses are the customer's where the form brings none; there is no e-mail unless it is sent (recorded 2026; 6420)."""
    if draft.old is None or not draft.sparse:
        customer = draft.pointed("Customer", "CustomerRef")
        for name in ("BillAddr", "ShipAddr"):
            if draft.obj.get(name) is None and customer.get(name):
                draft.obj[name] = dict(customer[name])
    if draft.obj.get("EmailStatus") == "NeedToSend" and not (draft.obj.get("BillEmail") or {}).get("Address"):
        raise faults.email_required()


def invoice(draft: Draft) -> None:
    """Invoice: what is paid already stays paid; the rest is the balance."""
    _form(draft)
    _addresses(draft)
    # Samples without a term fall due after 30 days.
    lines.due_date(draft, 30)
    draft.default("LinkedTxn", [])
    for name in ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"):
        draft.default(name, False)
    paid = amount_of(draft.old, "TotalAmt") - amount_of(draft.old, "Balance") if draft.old else amount_of(draft.obj, "Deposit")
    draft.obj["Balance"] = wire.money(draft.obj["TotalAmt"] - paid)


def estimate(draft: Draft) -> None:
    """Estimate: pending until it is accepted or invoiced; where the company writes none there is no such thing (5030)."""
    if draft.old is None and draft.books.preference("SalesFormsPrefs", "AllowEstimates") is False:
        raise faults.feature("Estimates are turned off.")
    _form(draft)
    _addresses(draft)
    draft.default("TxnStatus", "Pending")


def sales_receipt(draft: Draft) -> None:
    """SalesReceipt: paid at once, into Undeposited Funds where no account is named."""
    _form(draft)
    _addresses(draft)
    draft.obj["Balance"] = _ZERO
    if not draft.obj.get("DepositToAccountRef"):
        undeposited = account_of(draft.books, "Other Current Asset", "UndepositedFunds")
        if undeposited:
            draft.obj["DepositToAccountRef"] = {"value": undeposited["Id"], "name": undeposited["FullyQualifiedName"]}


def credit_memo(draft: Draft) -> None:
    """CreditMemo: what is not yet used is the remaining credit."""
    _form(draft)
    _addresses(draft)
    used = amount_of(draft.old, "TotalAmt") - amount_of(draft.old, "RemainingCredit") if draft.old else _ZERO
    draft.obj["RemainingCredit"] = draft.obj["Balance"] = wire.money(draft.obj["TotalAmt"] - used)


def refund_receipt(draft: Draft) -> None:
    """RefundReceipt: paid out at once."""
    _form(draft)
    _addresses(draft)
    draft.obj["Balance"] = _ZERO
