"""Vendor: whom we buy from. Both ways."""

from __future__ import annotations

from syncengine.entities._contact import address, contact
from syncengine.entities._currency import own_currency
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Flag, Text
from syncengine.entities._links import Reference
from syncengine.terms import Direction

ENTITY = Entity(
    name="Vendor",
    kind="vendor",
    direction=Direction.BOTH,
    natural_key="DisplayName",
    fields=(
        *contact(),
        *address("BillAddr", ""),
        Text("AcctNum", "account_number", longest=100),
        Reference("TermRef", "term_id", refers_to="Term"),
        own_currency(),
        Flag("Active", "active", default=True),
    ),
)
