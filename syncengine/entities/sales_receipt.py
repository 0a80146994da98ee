"""SalesReceipt: a sale that was paid at once. Both ways."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Text
from syncengine.entities._links import AccountName
from syncengine.entities._sales import form, goods, paid, service_date
from syncengine.terms import Direction

ENTITY = Entity(
    name="SalesReceipt",
    kind="sales_receipt",
    direction=Direction.BOTH,
    natural_key="DocNumber",
    document=True,
    fields=form(
        Day("ShipDate", "ship_date"),
        Text("TrackingNum", "tracking_number", longest=31),
        *paid(),
        AccountName("DepositToAccountRef", "deposit_account"),
    ),
    lines=goods(service_date()),
    posts="Debit the account that the money goes to, credit the items' income accounts.",
)
