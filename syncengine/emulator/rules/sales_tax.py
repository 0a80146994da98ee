"""Tax on forms: per line, in total, and how the US differs from everywhere else."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import Draft, amount_of, value_of

_ZERO = Decimal(0)
_HUNDRED = Decimal(100)
#: The pseudo codes of the US.
TAXABLE, EXEMPT, CUSTOM = "TAX", "NON", "CustomSalesTax"


def in_us(books: Books) -> bool:
    """Whether the company is taxed as in the US: one code for the form, TAX or NON on its lines."""
    return bool((books.known("CompanyInfo", "1") or {}).get("Country", "US") == "US")


def line_code(draft: Draft, detail: dict[str, Any]) -> None:
    """The tax code of a line: in the US TAX or NON (6100), NON where none is given; elsewhere one of the company's."""
    if not in_us(draft.books):
        return
    code = detail.setdefault("TaxCodeRef", {"value": EXEMPT})
    code.pop("name", None)
    if code["value"] not in {TAXABLE, EXEMPT}:
        raise faults.line_tax_code(code["value"])


def of_form(draft: Draft, kept: list[dict[str, Any]], discount: Decimal, *, purchase: bool = False) -> None:
    """The tax of a form: TxnTaxDetail, whose TotalTax goes into the form's total.

    Args:
        draft: the form.
        kept: its lines, those of bundles included.
        discount: what is taken off the lines' sum.
        purchase: it is bought, not sold.
    """
    obj = draft.obj
    detail = obj.get("TxnTaxDetail") or {}
    if value_of(detail, "TxnTaxCodeRef") == CUSTOM:
        raise faults.custom_sales_tax(update=draft.old is not None)
    if in_us(draft.books):
        obj.pop("GlobalTaxCalculation", None)
        obj["TxnTaxDetail"] = _american(draft, detail, kept, discount)
    else:
        _elsewhere(draft, detail, kept, purchase=purchase)


def _american(draft: Draft, detail: dict[str, Any], kept: list[dict[str, Any]], discount: Decimal) -> dict[str, Any]:
    """As sent, or from the rates of the form's code over the taxable lines; automated sales tax computes in any case."""
    automated = draft.books.preference("TaxPrefs", "PartnerTaxEnabled")
    code = _code(draft, detail, automated=bool(automated))
    if code is not None and (automated or detail.get("TotalTax") is None):
        base = _taxable(draft, kept, discount)
        detail["TxnTaxCodeRef"] = {"value": code["Id"]}
        detail["TaxLine"] = [_line(draft.books, rate, base) for rate in _rates(code, "SalesTaxRateList")]
        detail["TotalTax"] = _sum(detail["TaxLine"])
    detail.setdefault("TotalTax", _ZERO)
    order = ("TxnTaxCodeRef", "TotalTax", "TaxLine")
    return {name: detail[name] for name in order if name in detail}


def _code(draft: Draft, detail: dict[str, Any], *, automated: bool) -> dict[str, Any] | None:
    """The form's code (6470 for one without rates); automated sales tax takes the customer's or the company's."""
    books = draft.books
    named = value_of(detail, "TxnTaxCodeRef")
    if named:
        code = books.known("TaxCode", named)
        if code is not None and not _rates(code, "SalesTaxRateList"):
            raise faults.tax_rate()
        return code
    if not automated:
        return None
    own = value_of(draft.pointed("Customer", "CustomerRef"), "DefaultTaxCodeRef")
    group = books.preference("TaxPrefs", "TaxGroupCodeRef") or {}
    code = books.known("TaxCode", own or str(group.get("value") or ""))
    return code if code is not None and _rates(code, "SalesTaxRateList") else None


def _taxable(draft: Draft, kept: list[dict[str, Any]], discount: Decimal) -> Decimal:
    """What is taxed: the lines with TAX, less their part of a discount where tax comes after it; nothing for who is exempt."""
    if draft.pointed("Customer", "CustomerRef").get("Taxable") is False:
        return _ZERO
    base = sum((amount_of(line, "Amount") for line in kept if _detail_code(line) == TAXABLE), _ZERO)
    every = sum((amount_of(line, "Amount") for line in kept if line["DetailType"] == "SalesItemLineDetail"), _ZERO)
    if draft.obj.get("ApplyTaxAfterDiscount") and discount and every:
        base -= discount * base / every
    return wire.money(base)


def _detail_code(line: dict[str, Any]) -> str | None:
    return value_of(line.get(line["DetailType"]) or {}, "TaxCodeRef")


def _elsewhere(draft: Draft, detail: dict[str, Any], kept: list[dict[str, Any]], *, purchase: bool) -> None:
    """Outside the US each line has its code; the prices are without the tax, with it, or there is none (6170)."""
    obj = draft.obj
    draft.default("GlobalTaxCalculation", "TaxExcluded")
    if obj["GlobalTaxCalculation"] == "NotApplicable":
        if detail.get("TaxLine") or detail.get("TotalTax"):
            raise faults.tax_not_applicable()
        obj["TxnTaxDetail"] = {"TotalTax": _ZERO}
        return
    inclusive = obj["GlobalTaxCalculation"] == "TaxInclusive"
    bases: dict[str, Decimal] = {}
    for line in kept:
        inner = line.get(line["DetailType"]) or {}
        code = draft.books.known("TaxCode", _detail_code(line) or "") if inner else None
        if code is None:
            continue
        rates = _rates(code, "PurchaseTaxRateList" if purchase else "SalesTaxRateList")
        _net(draft.books, line, inner, rates, inclusive=inclusive)
        for rate in rates:
            bases[rate["TaxRateRef"]["value"]] = bases.get(rate["TaxRateRef"]["value"], _ZERO) + amount_of(line, "Amount")
    computed = [_line(draft.books, {"TaxRateRef": {"value": id_}}, base) for id_, base in bases.items()]
    taxes = detail.get("TaxLine") or computed
    total = detail.get("TotalTax") if detail.get("TaxLine") and detail.get("TotalTax") is not None else _sum(taxes)
    obj["TxnTaxDetail"] = {"TotalTax": total, **({"TaxLine": taxes} if taxes else {})}


def _net(books: Books, line: dict[str, Any], inner: dict[str, Any], rates: Iterable[dict[str, Any]], *, inclusive: bool) -> None:
    """Where prices include the tax, Amount is without it and TaxInclusiveAmt with it (recorded); one follows from the other."""
    if not inclusive:
        inner.pop("TaxInclusiveAmt", None)
        return
    percent = sum((_percent(books, rate) for rate in rates), _ZERO)
    gross = inner.get("TaxInclusiveAmt")
    if gross:
        line["Amount"] = wire.money(gross / (1 + percent / _HUNDRED))
    else:
        inner["TaxInclusiveAmt"] = wire.money(amount_of(line, "Amount") * (1 + percent / _HUNDRED))


def _rates(code: dict[str, Any], which: str) -> list[dict[str, Any]]:
    return list((code.get(which) or {}).get("TaxRateDetail") or ())


def _percent(books: Books, detail: dict[str, Any]) -> Decimal:
    return amount_of(books.known("TaxRate", detail["TaxRateRef"]["value"]) or {}, "RateValue")


def _line(books: Books, detail: dict[str, Any], base: Decimal) -> dict[str, Any]:
    percent = _percent(books, detail)
    return {
        "Amount": wire.money(base * percent / _HUNDRED),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": detail["TaxRateRef"]["value"]},
            "PercentBased": True,
            "TaxPercent": wire.plain(percent),
            "NetAmountTaxable": base,
        },
    }


def _sum(lines: Iterable[dict[str, Any]]) -> Decimal:
    return wire.money(sum((amount_of(line, "Amount") for line in lines), _ZERO))
