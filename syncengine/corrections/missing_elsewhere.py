"""The record refers to something that QuickBooks does not have, or no longer has."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, by_reference, coded, referred

CORRECTION = Correction(
    row="2500, 6250, 6560: nothing of that name",
    cause="The record refers to something that QuickBooks does not have, or no longer has: {who}.",
    remedy="Choose another customer, vendor, item or account on the record, or create the missing one in QuickBooks.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("610", "2500", "6250", "6560"),
    rank=80,
    names=referred,
    group=by_reference,
    there=(
        "Open the list (Sales > Customers, Expenses > Vendors, Settings > Products and services, or Settings > Chart of "
        "accounts), choose New, and give it exactly the name that it has here."
    ),
)
