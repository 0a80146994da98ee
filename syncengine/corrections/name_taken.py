"""Another record in QuickBooks already has this name; customers, vendors and employees share one list of names."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="6240, 630: nothing to link",
    cause="Another record in QuickBooks already has this name; customers, vendors and employees share one list of names.",
    remedy="Rename one of the two, or make this record the same as the one in QuickBooks, name by name.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("6240", "630"),
    rank=80,
    there=(
        "Look for the name with Search at the top, or under Sales > Customers, Expenses > Vendors and Payroll > "
        "Employees, inactive ones too. To rename: open it, Edit, change the display name, Save."
    ),
)
