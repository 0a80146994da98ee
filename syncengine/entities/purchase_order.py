"""PurchaseOrder: what was ordered from a vendor. Both ways, deletes included; posts nothing."""

from __future__ import annotations

from syncengine.entities._contact import address
from syncengine.entities._currency import foreign
from syncengine.entities._custom import custom_fields
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Note, Text
from syncengine.entities._lines import Lines
from syncengine.entities._links import AccountName, Choice, Reference
from syncengine.terms import Direction

ENTITY = Entity(
    name="PurchaseOrder",
    kind="purchase_order",
    direction=Direction.BOTH,
    natural_key="DocNumber",
    document=True,
    switch="sync_purchase_orders",
    fields=(
        Text("DocNumber", "number", longest=21, fills=True),
        Reference("VendorRef", "vendor_id", refers_to="Vendor", required=True, always=True),
        # QuickBooks takes no purchase order without it, though the order posts nothing.
        AccountName("APAccountRef", "", setting="payable_account", required=True, always=True, one_way=True),
        Day("TxnDate", "txn_date", fills=True),
        Day("DueDate", "due_date"),
        Reference("SalesTermRef", "term_id", refers_to="Term"),
        Reference("DepartmentRef", "department_id", refers_to="Department", when="departments"),
        Choice("POStatus", "status", default="Open", words=(("open", "Open"), ("closed", "Closed"))),
        Text("Memo", "vendor_memo", longest=4000),
        Note("PrivateNote", "private_note", longest=3980),
        *address("ShipAddr", "ship_"),
        *foreign("vendor"),
        *custom_fields("purchases"),
    ),
    lines=Lines(
        detail="ItemBasedExpenseLineDetail",
        price="unit_cost",
        fields=(
            Text("Description", "description", longest=4000),
            Reference("ItemBasedExpenseLineDetail.ItemRef", "item_id", refers_to="Item"),
            Reference("ItemBasedExpenseLineDetail.CustomerRef", "customer_id", refers_to="Customer"),
            Reference("ItemBasedExpenseLineDetail.ClassRef", "class_id", refers_to="Class", when="classes"),
        ),
    ),
)
