"""Something that the record uses was made inactive: it is made active for as long as the record needs to arrive."""

from __future__ import annotations

from collections.abc import Iterable

from syncengine.corrections._correction import (
    Correction,
    Facts,
    Klass,
    LookUp,
    Ref,
    Trouble,
    Verdict,
    activate,
    by_reference,
    deactivate,
    listed,
    referred,
)
from syncengine.quickbooks import FaultClass

#: Who can owe something or be owed it, and the documents that leave such a balance.
_PARTIES = frozenset({"Customer", "Vendor"})
_OWING = frozenset({"Invoice", "Bill", "CreditMemo", "VendorCredit", "Payment"})


def _fits(trouble: Trouble) -> bool:
    return trouble.code in {"610", "2500", "6000", "6250"} and trouble.says("made inactive", "is inactive", "or is inactive")


def _name(ref: Ref) -> str:
    return f"{ref.entity} {ref.qbo_id}"


def _look_ups(facts: Facts) -> Iterable[LookUp]:
    # Only QuickBooks knows for certain what is inactive just now; where our copies name somebody, only they are asked for.
    suspects = [ref for ref in facts.refs if not ref.active] or list(facts.refs)
    return [LookUp(_name(ref), ref.entity, qbo_id=ref.qbo_id) for ref in dict.fromkeys(suspects)]


def _decide(_: Trouble, facts: Facts) -> Verdict | None:
    inactive: dict[str, Ref] = {}
    for ref in facts.refs:
        if any(found.get("Active") is False for found in facts.told(_name(ref))):
            inactive[_name(ref)] = ref
    if not inactive:
        return None
    names = listed([ref.shown for ref in inactive.values()])
    again = "it" if len(inactive) == 1 else "them"
    owing = sorted({ref.shown for ref in inactive.values() if ref.entity in _PARTIES and facts.entity in _OWING})
    tail = ", unless QuickBooks refuses that."
    if owing:
        tail += f" It does while there is an open balance, so that {listed(owing)} will most likely stay active."
    return Verdict(
        f"Makes {names} active in QuickBooks, sends {facts.shown}, and makes {again} inactive again{tail}",
        tuple(activate(ref.entity, ref.qbo_id) for ref in inactive.values()),
        tuple(deactivate(ref.entity, ref.qbo_id) for ref in inactive.values()),
    )


CORRECTION = Correction(
    row="610 a, 2500, 6250: inactive",
    cause="Something that the record uses was made inactive in QuickBooks: {who}.",
    remedy="Make {who} active again in QuickBooks, or choose another one on the record.",
    klass=Klass.POLICY,
    consent="Make what is inactive active for the moment",
    source="Intuit's list of error codes (610: Object Not Found)",
    fits=lambda trouble: _fits(trouble) or (trouble.meaning is FaultClass.REFERENCE and trouble.says("inactive")),
    rank=30,
    names=referred,
    does=(
        "Makes what is inactive active in QuickBooks, sends the record, and makes it inactive again, unless QuickBooks refuses "
        "that, as it does for a customer or vendor with an open balance: then it stays active, and the error's history says so."
    ),
    look_ups=_look_ups,
    decide=_decide,
    group=by_reference,
    there=(
        "Open the list: Sales > Customers, Expenses > Vendors, Settings (the gear) > Products and services, Settings > "
        "Chart of accounts, or Settings > All lists > Classes. Choose the gear above the list, Include inactive, and Make "
        "active in the row's Action column."
    ),
)
