"""QuickBooks has the same name as an inactive record: that one is made active and linked."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, Verdict, activate, adopt, deactivate
from syncengine.corrections._names import look_ups, same_kind, taken


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    found = same_kind(facts, active=False)
    # An inactive record here that is linked with it gives it up; an active one keeps it.
    free = [each for each in found if not facts.linked.get(str(each["Id"]), ("", False))[1]]
    if facts.operation != "create" or len(free) != 1 or same_kind(facts, active=True):
        return None
    says = f"Makes the inactive {facts.entity.lower()} {facts.name} in QuickBooks active again and links it with {facts.shown}."
    if str(free[0]["Id"]) in facts.linked:
        says += " The inactive record of that name here is then linked with nothing."
    says += " Where they cannot be linked, it is made inactive again."
    theirs = str(free[0]["Id"])
    acts = (activate(facts.entity, theirs), adopt(free[0]))
    return Verdict(says, acts, otherwise=(deactivate(facts.entity, theirs),))


CORRECTION = Correction(
    row="6240, 630: same kind, inactive",
    cause="QuickBooks has an inactive record of the same kind and name.",
    remedy="Make the one in QuickBooks active again, or rename this record.",
    klass=Klass.POLICY,
    consent="Link an inactive record of the same name",
    source="Intuit's list of error codes (6240: Duplicate Name Exists)",
    fits=taken,
    rank=31,
    does="Makes the inactive record of that name active in QuickBooks and links it; inactive again, where that fails.",
    look_ups=look_ups,
    decide=_decide,
    there=(
        "Open the list: Sales > Customers, Expenses > Vendors, Settings (the gear) > Products and services, Settings > "
        "Chart of accounts, or Settings > All lists > Classes. Choose the gear above the list, Include inactive, and Make "
        "active in the row's Action column."
    ),
)
