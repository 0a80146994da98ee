"""QuickBooks cannot link these two documents: their parties differ, or one party is inactive."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="620",
    cause="QuickBooks cannot link these two documents: their parties differ, or one party is inactive.",
    remedy="Give both documents the same active customer or vendor.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("620"),
    rank=60,
    there=(
        "Open both documents with Search at the top and compare the customer or vendor in their first field; whether one "
        "is inactive, the list under Sales > Customers or Expenses > Vendors says."
    ),
)
