"""Invoice: what a customer owes. Both ways."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Text
from syncengine.entities._links import Reference
from syncengine.entities._sales import Linked, form, goods, service_date
from syncengine.terms import Direction

ENTITY = Entity(
    name="Invoice",
    kind="invoice",
    direction=Direction.BOTH,
    natural_key="DocNumber",
    document=True,
    fields=form(
        Day("DueDate", "due_date", fills=True),
        Day("ShipDate", "ship_date"),
        Text("TrackingNum", "tracking_number", longest=31),
        Reference("SalesTermRef", "term_id", refers_to="Term"),
        Linked("LinkedTxn.Estimate", "estimate_id", refers_to="Estimate"),
    ),
    lines=goods(service_date()),
    posts="Debit accounts receivable, credit the items' income accounts.",
)
