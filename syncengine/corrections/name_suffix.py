"""A record of another kind has the name: ours goes with a suffix."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, Verdict, listed, override
from syncengine.corrections._names import PEOPLE, look_ups, others, same_kind, taken

_SUFFIX = {"Customer": " (C)", "Vendor": " (V)", "Employee": " (E)"}


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    kinds = others(facts)
    if facts.entity not in PEOPLE or not kinds or same_kind(facts, active=True):
        return None
    name = facts.name + _SUFFIX[facts.entity]
    who = listed([kind.lower() for kind in kinds])
    says = f"Sends {facts.shown} to QuickBooks as “{name}”, because a {who} has the name there. It keeps its name here."
    return Verdict(says, (override(facts.natural_key, name),))


CORRECTION = Correction(
    row="6240: another kind has the name",
    cause="A customer, vendor or employee in QuickBooks has this name already; the three share one list of names.",
    remedy="Rename one of the two.",
    klass=Klass.POLICY,
    consent="Add a suffix to a name that is taken",
    source="Intuit's list of error codes (6240: Duplicate Name Exists)",
    fits=taken,
    rank=32,
    does="Sends the record under its name and a suffix, (C), (V) or (E); its name here stays.",
    look_ups=look_ups,
    decide=_decide,
    undo="The record goes under its own name again.",
    there=(
        "Look for the name with Search at the top, or under Sales > Customers, Expenses > Vendors and Payroll > "
        "Employees, inactive ones too. To rename: open it, Edit, change the display name, Save."
    ),
)
