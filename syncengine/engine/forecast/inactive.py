"""A record that uses something which is inactive in QuickBooks (610, 6000)."""

from __future__ import annotations

from syncengine.engine.forecast._look import Look, references
from syncengine.engine.step import Step
from syncengine.terms import Operation


def expect(step: Step, look: Look) -> str:
    """Told from the copies of what the record refers to."""
    if step.operation is Operation.DELETE:
        return ""
    found = {(entity, look.inactive(entity, qbo_id)) for entity, qbo_id in references(step.entity, step.intended)}
    names = sorted(f"{entity} {name.removesuffix(' (deleted)')}" for entity, name in found if name)
    if not names:
        return ""
    are = "is" if len(names) == 1 else "are"
    return f"{', '.join(names)} {are} inactive in QuickBooks. Make it active there, or choose another one on the record."
