"""CreditMemo: the view-only copies of all credit memos, those typed in QuickBooks included; none of them makes a return."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.terms import Direction

ENTITY = Entity(name="CreditMemo", direction=Direction.PULL, natural_key="DocNumber", document=True)
