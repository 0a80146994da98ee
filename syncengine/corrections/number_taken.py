"""QuickBooks already has another document with this number."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="6140: nothing to link",
    cause="QuickBooks already has another document with this number.",
    remedy="Give the record another number, then save it.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("6140"),
    rank=80,
    there=(
        "Type the number into Search at the top and open the document that has it. To free the number: change it there, "
        "Save and close."
    ),
)
