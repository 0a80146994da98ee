"""Postings of InventoryAdjustment: stock that is found to be more or less than was booked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.postings import accounts
from syncengine.emulator.postings.posting import COST_OF_ISSUE, ISSUE, RECEIPT, Entry, Posting, number, quanta
from syncengine.emulator.rules.draft import value_of

_ZERO = Decimal(0)


def adjustment(books: Books, obj: dict[str, Any]) -> list[Posting]:
    """InventoryAdjustment: what is more comes in at the item's purchase cost, what is less goes out at its cost."""
    entry = Entry(books, obj)
    other = value_of(obj, "AdjustAccountRef") or accounts.account(books, accounts.SHRINKAGE)
    for line in obj.get("Line") or ():
        detail = line.get("ItemAdjustmentLineDetail") or {}
        item = books.known("Item", value_of(detail, "ItemRef") or "")
        if item is not None:
            _line(entry, line, detail, item, other)
    return entry.closed()


def _line(entry: Entry, line: dict[str, Any], detail: dict[str, Any], item: dict[str, Any], other: str) -> None:
    asset = value_of(item, "AssetAccountRef") or accounts.account(entry.books, accounts.INVENTORY)
    change = number(detail.get("QtyDiff"))
    quantity = quanta(change)
    if change > 0:
        value = change * number(item.get("PurchaseCost"))
        entry.add(asset, value, line=line, detail=detail, item=item["Id"], quantity=quantity, stock=RECEIPT)
        entry.add(other, -value, line=line, detail=detail, item=item["Id"])
    elif change:
        entry.add(asset, _ZERO, line=line, detail=detail, item=item["Id"], quantity=quantity, stock=ISSUE)
        entry.add(other, _ZERO, line=line, detail=detail, item=item["Id"], stock=COST_OF_ISSUE)
