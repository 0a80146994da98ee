"""The inventory's own rows, which other programs may write with plain SQL, and `KINDS`, the register of what they are.

Every column but the key is nullable or has a default in the database, so that any program can insert a row
in its own words; what cannot be read as its column's type comes back as `Unreadable` and is that record's error.
"""

from __future__ import annotations

from syncengine.inventory.tables.amounts import PRICE_PLACES, line_amount, net_unit_price
from syncengine.inventory.tables.buying import DUE_FROM, PURCHASE_ORDER_STATES, RECEIPT_POSTINGS
from syncengine.inventory.tables.kinds import KINDS, Kind
from syncengine.inventory.tables.marks import SyncGuard, SyncMark
from syncengine.inventory.tables.names import ITEM_TYPES, PAYMENT_METHOD_TYPES
from syncengine.inventory.tables.selling import ESTIMATE_STATES
from syncengine.inventory.tables.stock import PROCESS_ROLES

__all__ = [
    "DUE_FROM",
    "ESTIMATE_STATES",
    "ITEM_TYPES",
    "KINDS",
    "PAYMENT_METHOD_TYPES",
    "PRICE_PLACES",
    "PROCESS_ROLES",
    "PURCHASE_ORDER_STATES",
    "RECEIPT_POSTINGS",
    "Kind",
    "SyncGuard",
    "SyncMark",
    "line_amount",
    "net_unit_price",
]
