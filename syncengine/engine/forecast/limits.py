"""More classes and departments than the QuickBooks plan allows."""

from __future__ import annotations

from syncengine.engine.forecast._look import Look
from syncengine.engine.step import Step
from syncengine.engine.tracking import ENTITY
from syncengine.terms import Operation


def expect(step: Step, look: Look) -> str:
    """Told from the plan in CompanyInfo and the active names of both sides."""
    if step.entity.name not in ENTITY.values() or step.operation is not Operation.CREATE:
        return ""
    room = look.room
    if room.limit is None or room.used <= room.limit:
        return ""
    return (
        f"The plan {room.plan} allows {room.limit} classes and departments together, and there will be {room.used}. "
        "Make some inactive, or choose a larger plan in QuickBooks."
    )
