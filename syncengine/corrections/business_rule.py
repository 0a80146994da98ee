"""A rule of QuickBooks' own refuses the record; its words below say why."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, by_words
from syncengine.quickbooks import FaultClass

CORRECTION = Correction(
    row="6000: unknown detail",
    cause="A rule of QuickBooks' own refuses the record; its words below say why.",
    remedy="Act on what QuickBooks says, then save the record.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=lambda trouble: trouble.code == "6000" or trouble.meaning is FaultClass.BUSINESS,
    rank=90,
    group=by_words,
)
