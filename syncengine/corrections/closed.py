"""The document is dated in a period that is closed in QuickBooks."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, together
from syncengine.quickbooks import FaultClass

CORRECTION = Correction(
    row="6200, 6210: documents that are there already",
    cause="The document is dated in a period that is closed in QuickBooks.",
    remedy="Change the document's date, or open the period in QuickBooks (Settings, Advanced, Accounting).",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=lambda trouble: trouble.meaning is FaultClass.CLOSED,
    rank=70,
    group=together,
    there=(
        "Settings (the gear) > Account and settings > Advanced > Accounting: move the date of Close the books back, or "
        "switch it off, and Save. Close the books again once the record has arrived."
    ),
)
