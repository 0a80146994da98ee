"""Rules of corrected stock."""

from __future__ import annotations

from syncengine.emulator import faults
from syncengine.emulator.rules import lines
from syncengine.emulator.rules.draft import Draft


def adjustment(draft: Draft) -> None:
    """InventoryAdjustment: by how much the stock of each item changes, since it is tracked (6270)."""
    lines.head(draft)
    kept = lines.lines(draft, frozenset({"ItemAdjustmentLineDetail"}))
    for line in kept:
        detail = line["ItemAdjustmentLineDetail"]
        path = "Line.ItemAdjustmentLineDetail.ItemRef"
        if not detail.get("ItemRef"):
            raise faults.required(path)
        if detail.get("QtyDiff") is None:
            raise faults.required("Line.ItemAdjustmentLineDetail.QtyDiff")
        lines.item_line(draft, detail, path)
        if draft.pointed_in(detail, "Item", "ItemRef").get("Type") != "Inventory":
            raise faults.invalid_reference(path, path)
        lines.track(draft, detail)
    lines.identify(draft, kept, line_numbers=False)
    draft.obj["Line"] = [lines.shown(line) for line in kept]
