"""The record cannot be sent as it is."""

from __future__ import annotations

from syncengine.corrections._correction import LOCAL, Correction, Klass

CORRECTION = Correction(
    row="local: the record cannot be built",
    cause="The record cannot be sent as it is.",
    remedy="Correct it here, then sync.",
    klass=Klass.NO,
    source="Tieout",
    fits=lambda trouble: trouble.code == LOCAL,
    rank=90,
)
