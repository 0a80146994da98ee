"""The currency does not fit: multicurrency is on on one side only, or the customer's or vendor's currency is fixed already."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, by_words

CORRECTION = Correction(
    row="6000, 2220: currency mismatch",
    cause=(
        "The currency does not fit: multicurrency is on on one side only, or the customer's or vendor's currency is fixed already."
    ),
    remedy=(
        "Switch multicurrency on in both systems, and give the record the currency that its customer, vendor or account"
        " has in QuickBooks."
    ),
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=lambda trouble: trouble.code == "2220" or (trouble.code == "6000" and trouble.says("currency", "currencies")),
    rank=60,
    group=by_words,
    there=(
        "Settings (the gear) > Account and settings > Advanced > Currency: switch Multicurrency on; QuickBooks lets "
        "nobody switch it off again. A customer's or vendor's currency stands in its details, and is fixed with its first "
        "transaction."
    ),
)
