"""QuickBooks deletes no name that is in use: a list entry is made inactive instead, and never asked to go."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass

CORRECTION = Correction(
    row="800: lists",
    cause="Other records in QuickBooks still use it, so it cannot be deleted there.",
    remedy="Remove in QuickBooks what uses it, or keep it.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes (800: Cannot delete object), D20",
    fits=lambda trouble: trouble.code == "800" and not trouble.document,
    rank=30,
    does="Asks for no list entry to be deleted: it is made inactive in the first place.",
    at_once=True,
    there="Settings (the gear) > All lists leads to its list; Run report in its row names the transactions that use it.",
)
