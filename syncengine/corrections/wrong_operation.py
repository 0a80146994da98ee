"""QuickBooks does not know what was asked of it."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="500: unsupported operation",
    cause="QuickBooks does not know what was asked of it.",
    remedy="Nothing here can change what is asked: send support the report, which holds QuickBooks' message and number.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("500", "2010", "2000", "2030", "4000", "4001"),
    rank=70,
    solvable=False,
)
