"""A document number that QuickBooks has given to another document of the same type (6140)."""

from __future__ import annotations

from syncengine.engine.forecast._look import Look
from syncengine.engine.step import Step
from syncengine.terms import Operation


def expect(step: Step, look: Look) -> str:
    """Told from the copies of the same type; bills may share a number, since it is the vendor's."""
    number = step.intended.get("DocNumber")
    if not number or step.operation is Operation.DELETE or step.entity.name in {"Bill", "Purchase", "VendorCredit"}:
        return ""
    own = step.binding["qbo_id"] if step.binding else None
    if all(qbo_id == own for qbo_id in look.of_number(step.entity.name, str(number))):
        return ""
    return f"QuickBooks has another document of this type with the number {number}. Give this one another number."
