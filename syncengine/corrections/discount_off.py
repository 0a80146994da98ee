"""QuickBooks' own discounts or deposits are switched off, so the document would arrive without them."""

from __future__ import annotations

from syncengine.corrections._correction import LOCAL, Correction, Klass, together

CORRECTION = Correction(
    row="-: discounts or deposits are switched off",
    cause="QuickBooks' own discounts or deposits are switched off, so the document would arrive without them.",
    remedy="Switch them on in QuickBooks (Settings, Account and settings, Sales), with an account for each, then press Retry.",
    klass=Klass.NO,
    source="QuickBooks' Preferences",
    fits=lambda trouble: (
        (trouble.code == LOCAL and trouble.says("switched off in quickbooks"))
        or (trouble.code == "6000" and trouble.says("discount", "deposit") and trouble.says("turned off", "not enabled", "turn on"))
    ),
    rank=55,
    group=together,
    there=(
        "Settings (the gear) > Account and settings > Sales > Sales form content: switch on Discount or Deposit; then "
        "Advanced > Chart of accounts: choose the account for it; Save."
    ),
)
