"""Forms on paper: what the PDF of an invoice, a purchase order, a receipt... shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from syncengine.emulator import pdf
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity

#: Entity -> what stands at the head of its form (the PDF operation is documented for these).
TITLES = {
    "Invoice": "INVOICE", "SalesReceipt": "SALES RECEIPT", "Estimate": "ESTIMATE", "CreditMemo": "CREDIT MEMO",
    "RefundReceipt": "REFUND RECEIPT", "PurchaseOrder": "PURCHASE ORDER", "Payment": "PAYMENT RECEIPT",
}  # fmt: skip
_LEADING = 16
_RIGHT = pdf.WIDTH - pdf.MARGIN
#: Rows of a page: below the head of the first one, and of each further one.
_FIRST, _FURTHER = 26, 36
#: Where columns stand: description, quantity, rate, amount.
_COLUMNS = (pdf.MARGIN, 400, 470, _RIGHT)


def printed(books: Books, entity: Entity, obj: dict[str, Any]) -> bytes:
    """The PDF of one form."""
    rows = [*_rows(entity, obj), ("", "", "", ""), *_totals(entity, obj)]
    pages = [rows[:_FIRST], *(rows[start : start + _FURTHER] for start in range(_FIRST, len(rows), _FURTHER))]
    title = f"{TITLES[entity.name]} {number(obj)}".strip()
    return pdf.document([_page(books, entity, obj, title, each, place, len(pages)) for place, each in enumerate(pages)], title)


def number(obj: dict[str, Any]) -> str:
    """What a form is known by: its number, or that of the payment, or its Id."""
    return str(obj.get("DocNumber") or obj.get("PaymentRefNum") or obj["Id"])


def _page(
    books: Books, entity: Entity, obj: dict[str, Any], title: str, rows: Sequence[tuple[str, ...]], place: int, count: int
) -> list[pdf.Text]:
    y = pdf.HEIGHT - pdf.MARGIN
    head = [pdf.Text(pdf.MARGIN, y, books.company.name, 14), pdf.Text(_RIGHT, y, title, 12, right=True)]
    lines = _head(entity, obj) if place == 0 else []
    for text in lines:
        y -= _LEADING
        head.append(pdf.Text(pdf.MARGIN, y, pdf.fitting(text, 10, _RIGHT - pdf.MARGIN)))
    y -= 2 * _LEADING
    for columns in (("Description", "Qty", "Rate", "Amount"), *rows):
        head += _row(columns, y)
        y -= _LEADING
    head.append(pdf.Text(_RIGHT, pdf.MARGIN / 2, f"Page {place + 1} of {count}", 8, right=True))
    return head


def _row(columns: tuple[str, ...], y: float) -> Iterator[pdf.Text]:
    for text, x in zip(columns, _COLUMNS, strict=True):
        if text:
            right = x != pdf.MARGIN
            yield pdf.Text(x, y, text if right else pdf.fitting(text, 10, 260), right=right)


def _head(entity: Entity, obj: dict[str, Any]) -> list[str]:
    party = obj.get(entity.party or "") or {}
    address = obj.get("BillAddr") or obj.get("VendorAddr") or {}
    lines = [f"Date: {obj.get('TxnDate', '')}"]
    if obj.get("DueDate"):
        lines.append(f"Due: {obj['DueDate']}")
    lines.append(f"{'Vendor' if entity.party == 'VendorRef' else 'Customer'}: {party.get('name', '')}")
    town = " ".join(str(address[name]) for name in ("City", "CountrySubDivisionCode", "PostalCode") if address.get(name))
    return [*lines, *(str(address[name]) for name in ("Line1", "Line2", "Line3") if address.get(name)), *([town] if town else [])]


def _rows(entity: Entity, obj: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for line in obj.get("Line", ()):
        if line.get("DetailType") == "SubTotalLineDetail":
            continue
        if entity.name == "Payment":
            paid = ", ".join(f"{linked['TxnType']} {linked['TxnId']}" for linked in line.get("LinkedTxn", ()))
            yield f"Applied to {paid}", "", "", _money(line.get("Amount"))
            continue
        detail: dict[str, Any] = next((line[name] for name in line if name.endswith("LineDetail")), {})
        named = (detail.get("ItemRef") or detail.get("AccountRef") or {}).get("name", "")
        text = " - ".join(part for part in (named, line.get("Description", "")) if part)
        price = detail.get("UnitPrice")
        yield text, _plain(detail.get("Qty")), _plain(price), _money(line.get("Amount")) if "Amount" in line else ""


def _totals(entity: Entity, obj: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    tax = (obj.get("TxnTaxDetail") or {}).get("TotalTax")
    if tax:
        yield "", "", "Tax", _money(tax)
    yield "", "", "Total", _money(obj.get("TotalAmt"))
    if entity.name == "Invoice":
        yield "", "", "Balance due", _money(obj.get("Balance"))


def _money(value: Any) -> str:
    return f"{Decimal(value or 0):,.2f}"


def _plain(value: Any) -> str:
    return "" if value is None else f"{Decimal(value):f}"
