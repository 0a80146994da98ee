"""The document is dated before the item's start date in QuickBooks."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="6270",
    cause="The document is dated before the item's start date in QuickBooks.",
    remedy="Choose a later date, or set an earlier start date for the item in QuickBooks.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("6270"),
    rank=60,
    there=(
        "Settings (the gear) > Products and services, the arrow in the item's row > Adjust starting value: set an earlier "
        "As of date, then Save."
    ),
)
