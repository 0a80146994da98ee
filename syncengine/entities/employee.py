"""Employee: pulled only; an inventory worker is linked to one by `employee_link`."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.terms import Direction

ENTITY = Entity(name="Employee", direction=Direction.PULL, natural_key="DisplayName")
