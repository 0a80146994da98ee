"""A document dated in a period that is closed in QuickBooks (6200, 6210)."""

from __future__ import annotations

from syncengine.engine.forecast._look import Look
from syncengine.engine.step import Step
from syncengine.entities._fields import Flat


def expect(step: Step, look: Look) -> str:
    """Told from BookCloseDate of the Preferences and every day that the document bears, here and there."""
    closed = str(look.preference("AccountingInfoPrefs", "BookCloseDate") or "")[:10]
    if not closed or not step.entity.document:
        return ""
    flats: list[Flat] = [step.intended, step.entity.get(step.held) if step.held else {}]
    days = [str(flat["TxnDate"]) for flat in flats if flat.get("TxnDate")]
    if not days or min(days) > closed:
        return ""
    return (
        f"It is dated {min(days)}, and the books are closed in QuickBooks up to {closed}. "
        "Change the date, or open the period in QuickBooks (Settings, Advanced, Accounting)."
    )
