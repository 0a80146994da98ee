"""The lines of a form: how those of an object stand in it, and what they are once someone has worked on them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.books import Books
from syncengine.emulator.pages import values
from syncengine.emulator.pages.columns import valued
from syncengine.emulator.pages.fields import Field, LineForm

#: A price derived from an amount has so many digits behind the point at most.
_PRICE = Decimal("0.0000001")


def tables(
    books: Books, forms: tuple[LineForm, ...], obj: dict[str, Any], sent: Mapping[str, str] | None, blank: int
) -> list[dict[str, Any]]:
    """The tables of lines for a page: of the object, or as they were sent; each with `blank` more rows."""
    made = []
    for place, form in enumerate(forms):
        columns = [column for column in form.columns if offered(books, column, form)]
        rows = [_row(books, place, str(at), columns, line, sent) for at, line in _own(form, obj)]
        first = len(obj.get("Line") or ())
        rows += [_row(books, place, f"new{first + more}", columns, {}, sent) for more in range(blank)]
        made.append({"title": form.title, "columns": columns, "rows": rows})
    return made


def offered(books: Books, field: Field, form: LineForm | None = None) -> bool:
    """Whether a field is there at all: classes and locations only where they are tracked."""
    prefs = books.preference
    if field.target == "Department" and field.path.endswith("DepartmentRef"):
        return bool(prefs("AccountingInfoPrefs", "TrackDepartments"))
    if field.target == "Class" and field.path.endswith("ClassRef"):
        per_line, per_form = (prefs("AccountingInfoPrefs", f"ClassTrackingPerTxn{tail}") for tail in ("Line", ""))
        headless = form is not None and form.detail != "SalesItemLineDetail"
        return bool(per_line or (headless and per_form)) if form else bool(per_form)
    return True


def _own(form: LineForm, obj: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """The lines of the form's kind, each with its place in the object."""
    lines = enumerate(obj.get("Line") or ())
    if form.detail:
        return [(at, line) for at, line in lines if line.get("DetailType") == form.detail]
    return [(at, line) for at, line in lines if not line.get("DetailType") and line.get("LinkedTxn")]


def _row(
    books: Books, place: int, row: str, columns: list[Field], line: dict[str, Any], sent: Mapping[str, str] | None
) -> dict[str, Any]:
    prefix = f"l{place}.{row}."
    cells = []
    for column in columns:
        text = values.shown(books, column, line)
        cells.append((column, prefix + column.path, text if sent is None else sent.get(prefix + column.path, text)))
    return {"prefix": prefix, "cells": cells, "known": bool(line), "removed": bool(sent and sent.get(prefix + "remove"))}


def worked(books: Books, forms: tuple[LineForm, ...], obj: dict[str, Any], sent: Mapping[str, str]) -> list[dict[str, Any]] | None:
    """The object's lines as they are to be; None where nothing was changed in them.

    Raises:
        Problem: something that was entered cannot be sent.
    """
    lines: list[dict[str, Any] | None] = [wire.clone(line) for line in obj.get("Line") or ()]
    changed = False
    for place, form in enumerate(forms):
        for at, old in _own(form, obj):
            new = _line(books, form, f"l{place}.{at}.", old, sent)
            changed |= new != old
            lines[at] = new
        for row in _new_rows(place, sent):
            added = _line(books, form, f"l{place}.{row}.", {}, sent)
            if added:
                lines.append(added)
                changed = True
    # The subtotal is QuickBooks' own.
    kept = [line for line in lines if line and line.get("DetailType") != "SubTotalLineDetail"]
    return kept if changed else None


def _new_rows(place: int, sent: Mapping[str, str]) -> list[str]:
    found = {name.split(".")[1] for name in sent if name.startswith(f"l{place}.new")}
    return sorted(found, key=lambda row: (len(row), row))


def _line(books: Books, form: LineForm, prefix: str, old: dict[str, Any], sent: Mapping[str, str]) -> dict[str, Any] | None:
    """One line as it is to be; None where it was taken out or left empty."""
    texts = {column: sent[prefix + column.path] for column in form.columns if prefix + column.path in sent}
    entered = any(text.strip() for column, text in texts.items() if column.kind not in _CHOSEN)
    if sent.get(prefix + "remove") or (texts and not entered):
        return None
    new: dict[str, Any] = wire.clone(old) if old else ({"DetailType": form.detail, form.detail: {}} if form.detail else {})
    touched = set()
    for column, text in texts.items():
        if text.strip() != values.shown(books, column, old):
            values.put(new, column.path, values.read(books, column, text))
            touched.add(column.path.rpartition(".")[2])
    if not old and not touched:
        return None
    if form.detail:
        new.setdefault(form.detail, {})
    if form.priced:
        _price(books, form, new, touched, fresh=not old)
    return new


#: Fields that always hold something: they do not make an empty row a line.
_CHOSEN = frozenset({"choice", "code"})


def _price(books: Books, form: LineForm, line: dict[str, Any], touched: set[str], *, fresh: bool) -> None:
    """Quantity, price and amount follow each other as on QuickBooks' own forms; all three as entered are left to be judged."""
    detail = line[form.detail]
    if fresh:
        _from_item(books, form, line, detail)
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    if quantity is not None and price is not None and "Amount" not in touched and (touched & {"Qty", "UnitPrice", "ItemRef"}):
        line["Amount"] = wire.money(Decimal(quantity) * Decimal(price))
    elif "Amount" in touched and "UnitPrice" not in touched and quantity and line.get("Amount") is not None:
        detail["UnitPrice"] = wire.plain((Decimal(line["Amount"]) / Decimal(quantity)).quantize(_PRICE))


def _from_item(books: Books, form: LineForm, line: dict[str, Any], detail: dict[str, Any]) -> None:
    """A new line takes over the item's price and description, and means one piece."""
    item = books.known("Item", str(valued(detail, "ItemRef.value"))) or {}
    sale = form.detail == "SalesItemLineDetail"
    price, text = item.get("UnitPrice" if sale else "PurchaseCost"), item.get("Description" if sale else "PurchaseDesc")
    if line.get("Amount") is None:
        if detail.get("UnitPrice") is None and price is not None:
            detail["UnitPrice"] = price
        if detail.get("UnitPrice") is not None:
            detail.setdefault("Qty", 1)
    if text and not line.get("Description"):
        line["Description"] = text
