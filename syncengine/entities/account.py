"""Account: the chart of accounts. Pulled only; the inventory side refers to accounts by their full names."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.terms import Direction

ENTITY = Entity(name="Account", direction=Direction.PULL, natural_key="FullyQualifiedName")
