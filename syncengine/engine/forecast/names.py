"""A name that QuickBooks has given to another record (6240)."""

from __future__ import annotations

from syncengine.engine.forecast._look import PEOPLE, Look, named
from syncengine.engine.step import Step
from syncengine.terms import Operation

#: Whose names QuickBooks wants only once among siblings; their copies bear full names, so that siblings alone meet.
_NESTED = frozenset({"Class", "Department", "Item"})


def expect(step: Step, look: Look) -> str:
    """Told from the copies of the same list, and for people from all three lists that share their names."""
    name = named(step)
    if not name or step.operation is Operation.DELETE:
        return ""
    if step.entity.name in _NESTED and step.intended.get("ParentRef"):
        return ""  # the copies know such names by their parents' names
    own = step.binding["qbo_id"] if step.binding else None
    for entity in PEOPLE if step.entity.name in PEOPLE else (step.entity.name,):
        for row in look.of_name(entity, name):
            if (entity, row["qbo_id"]) != (step.entity.name, own):
                state = "" if row["active"] else "inactive "
                return (
                    f"QuickBooks has {'an' if state else 'a'} {state}{entity.lower()} called {name!r} already. "
                    "Rename one of the two."
                )
    return ""
