"""Invoice: what a customer owes. Both ways."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Note, Reference, TaxFlag, Text, address
from syncengine.entities._lines import Lines
from syncengine.terms import Direction

ENTITY = Entity(
    name="Invoice",
    kind="invoice",
    direction=Direction.BOTH,
    natural_key="DocNumber",
    document=True,
    fields=(
        Text("DocNumber", "number", longest=21, fills=True),
        Reference("CustomerRef", "customer_id", refers_to="Customer", required=True, always=True),
        Day("TxnDate", "txn_date", fills=True),
        Day("DueDate", "due_date", fills=True),
        Day("ShipDate", "ship_date"),
        Text("TrackingNum", "tracking_number", longest=31),
        Reference("SalesTermRef", "term_id", refers_to="Term"),
        Reference("DepartmentRef", "department_id", refers_to="Department", when="departments"),
        Text("CustomerMemo.value", "customer_memo", longest=1000),
        # 4,000 less our marker.
        Note("PrivateNote", "private_note", longest=3980),
        Text("BillEmail.Address", "email", longest=100),
        *address("BillAddr", "bill_"),
        *address("ShipAddr", "ship_"),
    ),
    lines=Lines(
        detail="SalesItemLineDetail",
        price="unit_price",
        discount="discount",
        fields=(
            Text("Description", "description", longest=4000),
            Reference("SalesItemLineDetail.ItemRef", "item_id", refers_to="Item"),
            Reference("SalesItemLineDetail.ClassRef", "class_id", refers_to="Class", when="classes"),
            Day("SalesItemLineDetail.ServiceDate", "service_date"),
            TaxFlag("SalesItemLineDetail.TaxCodeRef", "taxable", when="sales_tax"),
        ),
    ),
)
