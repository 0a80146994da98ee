"""The QuickBooks plan, or whoever connected it, may not have this kind of record: the kind rests, all others go on."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Facts, Klass, Trouble, coded


def _kind(_: Trouble, facts: Facts) -> str:
    return facts.entity


CORRECTION = Correction(
    row="5020, 5030",
    cause="This QuickBooks plan, or the person who connected it, may not have records of this kind ({who}).",
    remedy="Upgrade the plan, connect as an administrator, or switch this kind of record off; then press Retry.",
    klass=Klass.NO,
    source="Intuit's list of error codes (5020: Permission Denied, 5030: Feature Not Supported)",
    fits=coded("5020", "5030"),
    rank=20,
    names=_kind,
    does="",
    group=_kind,
    counts=False,
    at_once=True,
    there=(
        "Settings (the gear) > Subscriptions and billing says which plan it is and offers an upgrade. Settings (the gear) "
        "> Manage users: whoever connects Tieout needs the role Company admin or Primary admin there."
    ),
)
