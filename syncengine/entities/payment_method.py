"""PaymentMethod: how customers pay. Both ways."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Flag, Name
from syncengine.entities._links import Choice
from syncengine.terms import Direction

_TYPES = (("credit card", "CREDIT_CARD"), ("other", "NON_CREDIT_CARD"))

ENTITY = Entity(
    name="PaymentMethod",
    kind="payment_method",
    direction=Direction.BOTH,
    fields=(
        Name("Name", "name", longest=31, required=True, always=True),
        Choice("Type", "type", default="NON_CREDIT_CARD", words=_TYPES),
        Flag("Active", "active", default=True),
    ),
)
