"""QuickBooks has the same customer, vendor or item already, linked with nothing here: the two become one."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, Verdict, adopt
from syncengine.corrections._names import look_ups, same_kind, taken


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    free = [each for each in same_kind(facts, active=True) if str(each["Id"]) not in facts.linked]
    if facts.operation != "create" or len(free) != 1:
        return None
    return Verdict(f"Links {facts.shown} with the {facts.entity.lower()} of the same name that QuickBooks has.", (adopt(free[0]),))


CORRECTION = Correction(
    row="6240, 630: same kind, exact name, not linked",
    cause="QuickBooks already has a record of the same kind and name.",
    remedy="Rename one of the two, or make this record the same as the one in QuickBooks, name by name.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes (6240: Duplicate Name Exists)",
    fits=taken,
    rank=30,
    does="Links the record with the one of the same kind and exact name, where nothing else here is linked with it.",
    look_ups=look_ups,
    decide=_decide,
    there=(
        "Look for the name with Search at the top, or under Sales > Customers, Expenses > Vendors and Payroll > "
        "Employees, inactive ones too. To rename: open it, Edit, change the display name, Save."
    ),
)
