"""The record names no account, and the company has no default for it; or QuickBooks has no such account."""

from __future__ import annotations

from syncengine.corrections._correction import LOCAL, Correction, Klass, by_words

CORRECTION = Correction(
    row="local: no account and no default",
    cause="The record names no account, and the company has no default for it; or QuickBooks has no active account of that name.",
    remedy="Choose an account that QuickBooks has on the record, or set the company's default account.",
    klass=Klass.NO,
    source="Tieout's settings",
    fits=lambda trouble: trouble.code == LOCAL and trouble.says("without this account", "no active account", "no account"),
    rank=60,
    group=by_words,
    there=(
        "Settings (the gear) > Chart of accounts lists the accounts; New adds one. Inactive ones show with the gear above "
        "the list > Include inactive."
    ),
)
