"""The parent of this record is wrong, or the record would stand under itself."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="700, 900: a real loop",
    cause="The parent of this record is wrong, or the record would stand under itself.",
    remedy="Choose another parent on the record.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("700", "900", "6150", "6180"),
    rank=80,
)
