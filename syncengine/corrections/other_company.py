"""The connection leads to another QuickBooks company than before."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, together

CORRECTION = Correction(
    row="local: reconnected to a different company",
    cause="The connection leads to another QuickBooks company than before.",
    remedy="Connect the right company. Nothing was sent.",
    klass=Klass.NO,
    source="Tieout's own check of the realm",
    fits=lambda trouble: trouble.what == "WrongRealm",
    rank=10,
    group=together,
    counts=False,
    at_once=True,
    there="The company's name stands at the top; Settings (the gear) > Switch company leads to the others of the same sign-in.",
)
