"""Purchase: the view-only copies of all purchases, those typed in QuickBooks included."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.terms import Direction

ENTITY = Entity(name="Purchase", direction=Direction.PULL, natural_key="DocNumber", document=True)
