"""Rules of the sales forms (Invoice, SalesReceipt, CreditMemo, RefundReceipt, Estimate) and of Payment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.rules import lines
from syncengine.emulator.rules.draft import Draft, amount_of, value_of
from syncengine.emulator.rules.posting import account_of

_ZERO = Decimal(0)
#: The sales forms share one counter of numbers.
NUMBERED = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Estimate")
_KINDS = frozenset({"SalesItemLineDetail", "DiscountLineDetail", "DescriptionOnly", "GroupLineDetail"})


def _form(draft: Draft) -> None:
    """What the sales forms have in common: lines, subtotal, discount, tax, total."""
    lines.head(draft)
    kept = lines.lines(draft, _KINDS)
    for line in kept:
        if line["DetailType"] == "SalesItemLineDetail":
            _item(draft, line)
    subtotal = wire.money(sum((_amount(line) for line in kept), _ZERO))
    discount = sum((_discount(line, subtotal) for line in kept), _ZERO)
    lines.identify(draft, kept)
    _tax(draft, kept)
    draft.obj["Line"] = _with_subtotal([lines.shown(line) for line in kept], subtotal)
    draft.obj["TotalAmt"] = wire.money(subtotal - discount + amount_of(draft.obj["TxnTaxDetail"], "TotalTax"))
    lines.number(draft, NUMBERED)
    for name, value in (("ApplyTaxAfterDiscount", False), ("PrintStatus", "NeedToPrint"), ("EmailStatus", "NotSet")):
        draft.default(name, value)
    draft.default("CustomField", _custom_fields(draft))


def _item(draft: Draft, line: dict[str, Any]) -> None:
    detail = line["SalesItemLineDetail"]
    lines.item_line(draft, detail, "Line.SalesItemLineDetail.ItemRef")
    lines.amount(line, detail)
    lines.track(draft, detail)
    lines.tax_code(detail)


def _amount(line: dict[str, Any]) -> Decimal:
    if line["DetailType"] == "GroupLineDetail":
        inner = line["GroupLineDetail"].get("Line") or []
        line["Amount"] = wire.money(sum((Decimal(str(each.get("Amount") or 0)) for each in inner), _ZERO))
    return amount_of(line, "Amount") if line["DetailType"] != "DiscountLineDetail" else _ZERO


def _discount(line: dict[str, Any], subtotal: Decimal) -> Decimal:
    if line["DetailType"] != "DiscountLineDetail":
        return _ZERO
    detail = line["DiscountLineDetail"]
    if detail.get("PercentBased"):
        if detail.get("DiscountPercent") is None:
            raise faults.incomplete_discount()
        line["Amount"] = wire.money(subtotal * detail["DiscountPercent"] / 100)
    if line.get("Amount") is None:
        raise faults.incomplete_discount()
    return Decimal(line["Amount"])


def _with_subtotal(kept: list[dict[str, Any]], subtotal: Decimal) -> list[dict[str, Any]]:
    """The subtotal line stands behind the items and before the discount."""
    line = {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}}
    items = [each for each in kept if each["DetailType"] != "DiscountLineDetail"]
    return [*items, line, *(each for each in kept if each["DetailType"] == "DiscountLineDetail")]


def _tax(draft: Draft, kept: list[dict[str, Any]]) -> None:
    """The tax: as sent, or from the rates of the form's tax code over the taxable lines."""
    detail = draft.obj.get("TxnTaxDetail") or {}
    code = draft.books.known("TaxCode", value_of(detail, "TxnTaxCodeRef") or "") if detail else None
    if code and detail.get("TotalTax") is None:
        taxable = lines.total_of(line for line in kept if value_of(line, "SalesItemLineDetail", "TaxCodeRef") == "TAX")
        detail["TaxLine"] = [
            _tax_line(draft.books, rate, taxable) for rate in (code.get("SalesTaxRateList") or {}).get("TaxRateDetail", ())
        ]
        detail["TotalTax"] = lines.total_of(detail["TaxLine"])
    detail.setdefault("TotalTax", _ZERO)
    draft.obj["TxnTaxDetail"] = detail


def _tax_line(books: Books, detail: dict[str, Any], taxable: Decimal) -> dict[str, Any]:
    rate = books.known("TaxRate", detail["TaxRateRef"]["value"]) or {}
    percent = amount_of(rate, "RateValue")
    return {
        "Amount": wire.money(taxable * percent / 100),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": detail["TaxRateRef"]["value"]},
            "PercentBased": True,
            "TaxPercent": wire.plain(percent),
            "NetAmountTaxable": taxable,
        },
    }


def _custom_fields(draft: Draft) -> list[dict[str, Any]]:
    """The custom fields that the company's sales forms have, without values."""
    fields = []
    for group in draft.books.preference("SalesFormsPrefs", "CustomField") or ():
        for each in group.get("CustomField", ()):
            name = str(each.get("Name", ""))
            if each.get("Type") == "StringType" and name.startswith("SalesFormsPrefs.SalesCustomName"):
                fields.append({"DefinitionId": name[-1], "Name": each["StringValue"], "Type": "StringType"})
    return fields


def _addresses(draft: Draft) -> None:
    """Addresses and e-mail are the customer's where the form brings none."""
    if draft.old is None:
        customer = draft.pointed("Customer", "CustomerRef")
        for name, source in (("BillAddr", "BillAddr"), ("ShipAddr", "ShipAddr"), ("BillEmail", "PrimaryEmailAddr")):
            if draft.obj.get(name) is None and customer.get(source):
                draft.obj[name] = dict(customer[source])


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
    """Estimate: pending until it is accepted or invoiced."""
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
