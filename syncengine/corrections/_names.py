"""Who else has a name: what the corrections of a taken name have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from syncengine.corrections._correction import Facts, LookUp, coded
from syncengine.quickbooks import Payload

#: Kinds that share one list of names (Intuit's list of error codes, 6240).
PEOPLE = ("Customer", "Vendor", "Employee")
#: What QuickBooks puts behind the name of what was made inactive.
_DELETED = " (deleted)"
taken = coded("6240", "630", "6000", says=("already exists", "already using", "duplicate"))


def look_ups(facts: Facts) -> Iterable[LookUp]:
    """The record's own kind under that name, active or not; and the other kinds that share the names."""
    if facts.document or not facts.name:
        return
    both: tuple[str, str, Any] = ("Active", "IN", (True, False))
    for entity in PEOPLE if facts.entity in PEOPLE else (facts.entity,):
        names = (facts.name, f"{facts.name}{_DELETED}")
        yield LookUp(f"{entity} of that name", entity, ((facts.natural_key, "IN", names), both))


def same_kind(facts: Facts, *, active: bool) -> Sequence[Payload]:
    """Those of the record's own kind, under the same parent, that bear the name exactly.

    An inactive one may have QuickBooks' mark behind its name; an active one that is called so is somebody else.
    """
    parent = _bare(facts.payload.get("ParentRef"))
    return [
        each
        for each in facts.told(f"{facts.entity} of that name")
        if (each.get("Active") is not False) is active
        and _bears(facts, each)
        and (facts.natural_key != "Name" or _bare(each.get("ParentRef")) == parent)
        and (str(each.get("Id")) != str(facts.payload.get("Id")))
    ]


def others(facts: Facts) -> list[str]:
    """Which other kinds have it."""
    return [
        entity
        for entity in PEOPLE
        if entity != facts.entity
        and any(each.get("Active") is not False and _bears(facts, each) for each in facts.told(f"{entity} of that name"))
    ]


def _bears(facts: Facts, found: Payload) -> bool:
    """Whether an object has the record's name; capitals and blanks around it do not tell names apart in QuickBooks."""
    names = {facts.name, f"{facts.name}{_DELETED}"} if found.get("Active") is False else {facts.name}
    return str(found.get(facts.natural_key) or "").strip().casefold() in {name.strip().casefold() for name in names}


def _bare(ref: Any) -> str:
    return str(ref.get("value") or "") if isinstance(ref, dict) else ""
