"""InventoryAdjustment: the stock of items is corrected, against an account."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity, record, words
from syncengine.emulator.catalogue.lines import LINES, TRANSACTION
from syncengine.emulator.rules import inventory

INVENTORY_ADJUSTMENT = Entity(
    name="InventoryAdjustment",
    record=record(
        "InventoryAdjustment",
        "ShippingAdjustment AdjustAccountRef CustomerRef ClassRef InventoryAdjustmentEx",
        {"Line": LINES},
        TRANSACTION,
    ),
    sequence="transactions",
    required=("AdjustAccountRef", "Line"),
    dated=True,
    deletable=True,
    plan="plus",
    filterable=words("TxnDate DocNumber AdjustAccountRef"),
    sortable=words("TxnDate DocNumber"),
    prepare=inventory.adjustment,
)

ENTITIES = (INVENTORY_ADJUSTMENT,)
