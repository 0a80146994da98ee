"""Lines that stand for several: a bundle and the lines that it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.rules.draft import Draft, amount_of, value_of


def expand(draft: Draft, line: dict[str, Any]) -> None:
    """Fill in the lines of a bundle: those that were sent, else one for each item that it consists of."""
    detail = line["GroupLineDetail"]
    item = draft.books.known("Item", value_of(detail, "GroupItemRef") or "")
    if item is not None and item["Type"] != "Group":
        path = "Line.GroupLineDetail.GroupItemRef"
        raise faults.invalid_reference(path, path)
    if item is None and not detail.get("Line"):
        raise faults.required("Line.GroupLineDetail.GroupItemRef")
    detail.setdefault("Quantity", Decimal(1))
    if not detail.get("Line"):
        parts = (item or {}).get("ItemGroupDetail", {}).get("ItemGroupLine", ())
        detail["Line"] = [_part(draft, part, detail["Quantity"]) for part in parts]
    for inner in detail["Line"]:
        _known(inner)
    # The group itself has no amount: its lines have (recorded).
    line["Amount"] = Decimal(0)


def _known(inner: dict[str, Any]) -> None:
    """A line of a bundle sells an item, or is a text."""
    kind = inner.get("DetailType")
    if not kind:
        raise faults.required("Line.DetailType")
    if kind not in {"SalesItemLineDetail", "DescriptionOnly"}:
        raise faults.enumeration(kind, "Line.DetailType")
    if kind != "DescriptionOnly" and kind not in inner:
        raise faults.required(f"Line.{kind}")


def _part(draft: Draft, part: dict[str, Any], quantity: Decimal) -> dict[str, Any]:
    known = draft.books.known("Item", part["ItemRef"]["value"]) or {}
    count, price = amount_of(part, "Qty") * quantity, amount_of(known, "UnitPrice")
    code = "TAX" if known.get("Taxable") else "NON"
    detail = {
        "ItemRef": {"value": part["ItemRef"]["value"], "name": part["ItemRef"].get("name", "")},
        "UnitPrice": wire.plain(price),
        "Qty": wire.plain(count),
        "TaxCodeRef": {"value": code},
    }
    line = {"Amount": wire.money(count * price), "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    return {"Description": known["Description"], **line} if known.get("Description") else line


def flat(kept: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All lines, those of bundles behind the bundle."""
    for line in kept:
        yield line
        if line.get("DetailType") == "GroupLineDetail":
            yield from line["GroupLineDetail"].get("Line") or ()
