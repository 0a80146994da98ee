"""The QuickBooks subscription has ended, or has a billing problem."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, together

CORRECTION = Correction(
    row="6190",
    cause="The QuickBooks subscription has ended, or has a billing problem.",
    remedy="Settle the subscription in QuickBooks, then sync.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=lambda trouble: trouble.code == "6190" or (trouble.what == "AccessDenied" and trouble.says("6190", "subscription")),
    rank=10,
    group=together,
    counts=False,
    at_once=True,
    there="Sign in as Primary admin, Settings (the gear) > Subscriptions and billing: resubscribe, or correct the way of payment.",
)
