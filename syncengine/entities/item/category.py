"""A category of items: an Item of its own type to QuickBooks, which shows what is in it as `category:sub-category:item`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Field, Flag, Name, Record, References
from syncengine.entities._links import HasParent, Reference
from syncengine.terms import Direction

CATEGORY = "Category"


@dataclass(frozen=True)
class Fixed(Field):
    """A word that is always the same."""

    word: str = ""

    def put(self, _record: Record, _refs: References) -> str:
        """The word."""
        return self.word

    def canonical(self, value: Any) -> str:
        """Whatever stands there."""
        return str(value)


ENTITY = Entity(
    name="Item",
    kind="category",
    direction=Direction.BOTH,
    second=True,
    fields=(
        Name("Name", "name", longest=100, forbidden=":\t\n", required=True, always=True),
        Fixed("Type", "", required=True, one_way=True, word=CATEGORY),
        Reference("ParentRef", "parent_id", refers_to="Item", kind="category"),
        HasParent("SubItem", "parent_id", default=False),
        Flag("Active", "active", default=True),
    ),
    accepts=lambda payload: payload.get("Type") == CATEGORY,
)
