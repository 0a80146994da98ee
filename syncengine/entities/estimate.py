"""Estimate: an offer to a customer. Both ways; posts nothing."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day
from syncengine.entities._links import Choice, Reference
from syncengine.entities._sales import form, goods
from syncengine.terms import Direction

_STATES = (("pending", "Pending"), ("accepted", "Accepted"), ("closed", "Closed"), ("rejected", "Rejected"))
#: QuickBooks' newer screens say so of an estimate that became an invoice.
_CONVERTED = ("closed", "Converted")

ENTITY = Entity(
    name="Estimate",
    kind="estimate",
    direction=Direction.BOTH,
    natural_key="DocNumber",
    document=True,
    fields=form(
        Day("ExpirationDate", "expiration_date"),
        Reference("SalesTermRef", "term_id", refers_to="Term"),
        Choice("TxnStatus", "status", default="Pending", words=(_CONVERTED, *_STATES)),
    ),
    lines=goods(),
    posts="Nothing.",
)
