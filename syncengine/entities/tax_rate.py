"""TaxRate: pulled only, with the slow lists, because the change feed does not carry it."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.terms import Direction

ENTITY = Entity(name="TaxRate", direction=Direction.PULL, cdc=False)
