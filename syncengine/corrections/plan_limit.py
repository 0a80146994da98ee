"""The QuickBooks plan takes no more classes and locations: Plus takes 40 of both together, lower plans take none."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, together

CORRECTION = Correction(
    row="-: class or department refused by the plan",
    cause="The QuickBooks plan takes no more classes and locations: Plus takes 40 of both together, lower plans take none.",
    remedy="Upgrade the plan, or make some classes or locations inactive in QuickBooks, then press Retry.",
    klass=Klass.NO,
    source="QuickBooks' page of usage limits",
    fits=lambda trouble: (
        trouble.entity in {"Class", "Department"} and (trouble.code in {"5030", "6000"} and trouble.says("limit", "maximum"))
    ),
    rank=15,
    group=together,
    there=(
        "Settings (the gear) > All lists > Classes or Locations: Make inactive in the Action column. How many there are "
        "of how many stands under Settings > Account and settings > Usage; an upgrade under Settings > Subscriptions and "
        "billing."
    ),
)
