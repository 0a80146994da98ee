"""Item: what is bought and sold. Both ways; quantities never go to QuickBooks (D21)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Flag, Name, Number, References, Text
from syncengine.entities._links import AccountName, Choice, HasParent, Reference
from syncengine.errors import RecordError
from syncengine.terms import Direction

#: Categories and bundles are items to QuickBooks, but nothing that stands on a shelf here.
_TYPES = (("NonInventory", "NonInventory"), ("Service", "Service"), ("Inventory", "Inventory"))


@dataclass(frozen=True)
class Category(Reference):
    """The category that an item stands in. QuickBooks also knows items under items; those stay as they are there."""

    def inward(self, value: Any, refs: References) -> Any:
        """The category here; none for an item under an item. Raises RecordError where the parent is not known at all."""
        try:
            return super().inward(value, refs)
        except RecordError:
            refs.record("Item", value)
            return None


ENTITY = Entity(
    name="Item",
    kind="item",
    direction=Direction.BOTH,
    fields=(
        Name("Name", "name", longest=100, forbidden=":\t\n", required=True, always=True),
        Text("Sku", "sku", longest=100),
        Text("Description", "description", longest=4000),
        Text("PurchaseDesc", "purchase_description", longest=1000),
        Choice("Type", "type", default="NonInventory", words=_TYPES),
        # Seven places: as many as QuickBooks accepts in a unit price.
        Number("UnitPrice", "unit_price", default="0", places=7),
        Number("PurchaseCost", "purchase_cost", default="0", places=7),
        AccountName("IncomeAccountRef", "income_account", setting="income_account", always=True),
        AccountName("ExpenseAccountRef", "expense_account", setting="expense_account"),
        Flag("Taxable", "taxable", default=False),
        Category("ParentRef", "category_id", refers_to="Item", kind="category"),
        HasParent("SubItem", "category_id", default=False),
        Flag("Active", "active", default=True),
    ),
    accepts=lambda payload: payload.get("Type") in {theirs for _, theirs in _TYPES},
    wanted=lambda record, _: record.get("will_sync") is not False,
)
