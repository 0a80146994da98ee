"""All parts of the name are empty."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="6080",
    cause="All parts of the name are empty.",
    remedy="Fill in a name, then save the record.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("6080"),
    rank=60,
)
