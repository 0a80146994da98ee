"""CompanyCurrency: the currencies that the company deals in. Pulled only, with the slow lists, where there are several."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.terms import Direction

ENTITY = Entity(name="CompanyCurrency", direction=Direction.PULL, cdc=False, feature="multicurrency")
