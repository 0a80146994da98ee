"""Rules of what is bought and sold: services, goods, stock, categories and bundles."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from syncengine.emulator import faults
from syncengine.emulator.rules.draft import Draft, value_of
from syncengine.emulator.rules.names import hierarchy

_ZERO = Decimal(0)
#: Kinds that the API makes; the others exist in QuickBooks' desktop products only (2120).
_MADE = frozenset({"Service", "NonInventory", "Inventory", "Category", "Group"})
#: What a category has.
_OF_CATEGORY = frozenset({"Id", "Name", "Type", "Active", "SubItem", "ParentRef", "Level", "FullyQualifiedName"})
_STOCK_ACCOUNTS = (
    ("AssetAccountRef", "Other Current Asset"),
    ("ExpenseAccountRef", "Cost of Goods Sold"),
    ("IncomeAccountRef", "Income"),
)
_NO_INCOME = frozenset({"Accounts Receivable", "Accounts Payable", "Bank", "Credit Card"})


def item(draft: Draft) -> None:
    """Item: its kind, and the accounts that the kind needs."""
    obj = draft.obj
    draft.default("Type", "Service")
    _kind(draft)
    if obj["Type"] == "Category":
        for name in obj.keys() - _OF_CATEGORY:
            del obj[name]
    else:
        draft.default("Taxable", False)
        draft.default("UnitPrice", _ZERO)
        draft.default("PurchaseCost", _ZERO)
        _BY_KIND[obj["Type"]](draft)
    _parent(draft)
    hierarchy(draft, "Name", "SubItem", level=True)
    if not obj.get("SubItem"):
        obj.pop("SubItem", None)


def _kind(draft: Draft) -> None:
    """A kind that the API makes, and a change of kind that QuickBooks allows (2120)."""
    kind, before = draft.obj["Type"], (draft.old or {}).get("Type")
    if kind not in _MADE:
        raise faults.invalid_type("Type", kind)
    movable = {"Service", "NonInventory"}
    if before not in {None, kind} and not (before in movable and kind in {*movable, "Inventory"}):
        raise faults.invalid_type("Type", kind)


def _parent(draft: Draft) -> None:
    """Items stand in categories; nothing else can be a parent (700)."""
    parent = draft.pointed("Item", "ParentRef")
    if parent and parent.get("Type") != "Category" and parent["Id"] != draft.obj.get("Id"):
        raise faults.invalid_parent(parent["Id"])


def _plain(draft: Draft) -> None:
    obj = draft.obj
    if not (obj.get("IncomeAccountRef") or obj.get("ExpenseAccountRef")):
        raise faults.required("IncomeAccountRef")
    if draft.pointed("Account", "IncomeAccountRef").get("AccountType") in _NO_INCOME:
        raise faults.business("You need to select a different type of account for this transaction.")
    if draft.old is None:
        for name in ("QtyOnHand", "InvStartDate", "AssetAccountRef"):
            obj.pop(name, None)
    obj["TrackQtyOnHand"] = False


def _inventory(draft: Draft) -> None:
    obj = draft.obj
    if not obj.get("AssetAccountRef"):
        raise faults.inventory_account_required()
    if obj.get("QtyOnHand") is None:
        raise faults.tracked_quantity()
    for name in ("IncomeAccountRef", "ExpenseAccountRef", "InvStartDate"):
        if obj.get(name) is None:
            raise faults.required(name)
    if not obj.get("TrackQtyOnHand"):
        raise faults.required("TrackQtyOnHand")
    for name, wanted in _STOCK_ACCOUNTS:
        if draft.pointed("Account", name).get("AccountType") != wanted:
            raise faults.business("You need to select a different type of account for this transaction.")


def _group(draft: Draft) -> None:
    """A bundle consists of items, none of them a bundle or a category; it has no account of its own."""
    obj = draft.obj
    parts = (obj.get("ItemGroupDetail") or {}).get("ItemGroupLine")
    if not parts:
        raise faults.required("ItemGroupDetail.ItemGroupLine")
    for part in parts:
        _part(draft, part)
    obj["TrackQtyOnHand"] = False
    draft.default("PrintGroupedItems", False)


def _part(draft: Draft, part: dict[str, Any]) -> None:
    known = draft.books.known("Item", value_of(part, "ItemRef") or "")
    if known is None:
        raise faults.required("ItemGroupDetail.ItemGroupLine.ItemRef")
    if known["Type"] in {"Group", "Category"}:
        raise faults.invalid_type("ItemGroupDetail.ItemGroupLine.ItemRef", known["Type"])
    part["ItemRef"]["type"] = known["Type"]
    part.setdefault("Qty", Decimal(1))


_BY_KIND = {"Service": _plain, "NonInventory": _plain, "Inventory": _inventory, "Group": _group}
