"""It still has an open balance, or charges that were not billed, so QuickBooks keeps it active."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="6220, 6280",
    cause="It still has an open balance, or charges that were not billed, so QuickBooks keeps it active.",
    remedy="Settle the balance or the charges in QuickBooks, then press Retry; or make the record active here.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("6220", "6280", "6130"),
    rank=60,
    there=(
        "Open it under Sales > Customers or Expenses > Vendors and look at Transaction list for what is open; settle it "
        "with Receive payment, Pay bills or a credit."
    ),
)
