"""Rules of money that only changes its place."""

from __future__ import annotations

from syncengine.emulator import faults
from syncengine.emulator.rules import lines
from syncengine.emulator.rules.draft import Draft, amount_of


def card_payment(draft: Draft) -> None:
    """CreditCardPayment: from a bank account to a credit card (6430), a positive amount (2290)."""
    lines.head(draft)
    for name, wanted in (("BankAccountRef", "Bank"), ("CreditCardAccountRef", "Credit Card")):
        type_ = str(draft.pointed("Account", name).get("AccountType"))
        if type_ != wanted:
            raise faults.account_type(type_, name)
    if amount_of(draft.obj, "Amount") <= 0:
        raise faults.negative_amount()
