"""What the record refers to is not in QuickBooks under that Id: it is found again by its exact name, or sent first."""

from __future__ import annotations

from collections.abc import Iterable

from syncengine.corrections._correction import (
    Act,
    Correction,
    Facts,
    Klass,
    LookUp,
    Ref,
    Trouble,
    Verdict,
    by_reference,
    coded,
    listed,
    referred,
    relink,
    send_first,
)

#: How a list entry is called in QuickBooks; what is not named here is called by Name.
_NAMES = {"Customer": "DisplayName", "Vendor": "DisplayName", "Employee": "DisplayName"}


def _own(facts: Facts) -> list[Ref]:
    """References to records of ours: an account is QuickBooks' own, and nobody here could send it."""
    return [ref for ref in dict.fromkeys(facts.refs) if ref.kind and ref.record_id is not None]


def named_as(ref: Ref) -> str:
    """What the look-up of a reference by its exact name is called."""
    return f"{ref.entity} named {ref.name}"


def _look_ups(facts: Facts) -> Iterable[LookUp]:
    for ref in _own(facts):
        yield LookUp(f"{ref.entity} {ref.qbo_id}", ref.entity, qbo_id=ref.qbo_id)
        yield LookUp(named_as(ref), ref.entity, ((_NAMES.get(ref.entity, "Name"), "=", ref.name),))


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    acts: list[Act] = []
    says: list[str] = []
    for ref in _own(facts):
        read = f"{ref.entity} {ref.qbo_id}"
        if read not in facts.answers or facts.told(read):
            continue
        found = [each for each in facts.told(named_as(ref)) if each.get("Active") is not False]
        if len(found) == 1:
            acts.append(relink(ref, str(found[0]["Id"])))
            says.append(f"links {ref.shown} with the one of that name in QuickBooks")
        elif not found:
            acts.append(send_first(ref))
            says.append(f"sends {ref.shown} first")
    if not acts:
        return None
    return Verdict(f"{listed(says)[:1].upper()}{listed(says)[1:]}, then sends {facts.shown}.", tuple(acts))


CORRECTION = Correction(
    row="2500, 6250, 6560",
    cause="The record refers to something that QuickBooks does not have under its number: {who}.",
    remedy="Create it again in QuickBooks, or choose another one on the record.",
    klass=Klass.SAFE,
    source="Intuit's list of error codes (2500: Invalid Reference Id)",
    fits=coded("2500", "6250", "6560"),
    rank=40,
    names=referred,
    does="Looks for what is missing by its exact name and links it; where there is none, sends it first; then sends the record.",
    look_ups=_look_ups,
    decide=_decide,
    group=by_reference,
    there=(
        "Open the list (Sales > Customers, Expenses > Vendors, Settings > Products and services, or Settings > Chart of "
        "accounts), choose New, and give it exactly the name that it has here."
    ),
)
