"""Classes or locations are not tracked in this QuickBooks company."""

from __future__ import annotations

from syncengine.corrections._correction import LOCAL, Correction, Klass, by_element

CORRECTION = Correction(
    row="6000: class or location tracking is off",
    cause="Classes or locations are not tracked in this QuickBooks company.",
    remedy="Switch the tracking on in QuickBooks (Settings, Account and settings, Advanced, Categories), then sync.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=lambda trouble: trouble.code in {"6000", LOCAL} and trouble.says("tracking is turned off", "does not track"),
    rank=55,
    group=by_element,
    there=(
        "Settings (the gear) > Account and settings > Advanced > Categories: switch on Track classes or Track locations, "
        "then Save and Done."
    ),
)
