"""Debits and credits of the entry differ."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="2300",
    cause="Debits and credits of the entry differ.",
    remedy="Correct the amounts of the record, so that both sides are equal, then save it.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("2300", "2290", "2260"),
    rank=60,
)
