"""A share that one transaction has in another one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

#: What a payment's line may call a Purchase: made as an expense, as a check, as a credit on a card.
_PURCHASES = frozenset({"Expense", "Check", "CreditCardCredit"})


@dataclass(frozen=True)
class Link:
    """A share that a transaction has in another one, such as a payment's line in an invoice."""

    #: What the line calls it (`Invoice`, `Expense`).
    type: str
    id: str
    #: What it takes from the other one's open balance; 0 for a link without money.
    amount: Decimal
    #: What the other one's LinkedTxn calls us (`Payment`, `BillPaymentCheck`).
    shown_as: str
    #: The line of the other one, "" for all of it.
    line: str = ""

    @property
    def entity(self) -> str:
        """The entity of the other one."""
        return "Purchase" if self.type in _PURCHASES else self.type
