"""QuickBooks changed the record at the same moment, several times in a row."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass
from syncengine.quickbooks import FaultClass

CORRECTION = Correction(
    row="5010",
    cause="QuickBooks changed the record at the same moment, several times in a row.",
    remedy="Sync once more.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes",
    fits=lambda trouble: trouble.meaning is FaultClass.STALE,
    rank=20,
    counts=False,
    at_once=True,
    does=(
        "Reads the record again, merges it field by field, and sends it under a new name; where both sides changed the "
        "same field, a person chooses."
    ),
    there=(
        "Open the record with Search at the top and choose More > Audit history at its foot: it says who, or which app, "
        "keeps changing it."
    ),
)
