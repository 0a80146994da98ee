"""The payment is part of a bank deposit, so QuickBooks lets nobody change it."""

from __future__ import annotations

from syncengine.corrections._correction import Correction, Klass, coded

CORRECTION = Correction(
    row="6540",
    cause="The payment is part of a bank deposit, so QuickBooks lets nobody change it.",
    remedy="Take it out of the deposit in QuickBooks, then press Retry.",
    klass=Klass.NO,
    source="Intuit's list of error codes",
    fits=coded("6540"),
    rank=60,
    there=(
        "Settings (the gear) > Chart of accounts, View register of the bank account, open the deposit, Edit, clear the "
        "mark of the payment, then Save and close. Put it into a deposit again afterwards."
    ),
)
