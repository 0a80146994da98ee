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
    there=(
        "Open the record (for classes and locations Settings > All lists), Edit, and choose another parent, or clear the "
        "mark that makes it a sub-record; then Save."
    ),
)
