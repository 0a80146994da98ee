"""Class: a tag on lines. Both ways; exists only while its tracking is on in QuickBooks."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Flag, Name
from syncengine.entities._links import Reference
from syncengine.terms import Direction

ENTITY = Entity(
    name="Class",
    kind="class",
    direction=Direction.BOTH,
    feature="classes",
    fields=(
        Name("Name", "name", longest=100, forbidden=":\t\n", required=True, always=True),
        Reference("ParentRef", "parent_id", refers_to="Class"),
        Flag("Active", "active", default=True),
    ),
)
