"""An account of the wrong type is used: QuickBooks wants a card account for card charges, a bank account for cheques."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, by_words

CORRECTION = Correction(
    row="6000: account of the wrong type; checking account not a bank",
    cause="An account of the wrong type is used: QuickBooks wants a card account for card charges, a bank account for cheques.",
    remedy="Choose an account of the type that QuickBooks asks for, on the record or in the company's settings.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=lambda trouble: (
        trouble.code == "6430"
        or (
            trouble.code == "6000"
            and trouble.says("type of account", "wrong type", "you must choose a", "account type", "sub-type")
        )
    ),
    rank=60,
    group=by_words,
    there=(
        "Settings (the gear) > Chart of accounts shows each account's type in the column Type; Edit in the Action column "
        "changes it."
    ),
)
