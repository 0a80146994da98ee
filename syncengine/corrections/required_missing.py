"""A required part of the record is missing."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, by_element, coded

CORRECTION = Correction(
    row="2020",
    cause="A required part of the record is missing.",
    remedy="Fill in the field that QuickBooks names, then save the record.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("2020", "2250", "6440", "6520", "6420"),
    rank=70,
    group=by_element,
)
