"""A share that one transaction has in another one."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Link:
    """A share that a transaction has in another one, such as a payment's line in an invoice."""

    entity: str
    id: str
    #: What it takes from the other one's open balance; 0 for a link without money.
    amount: Decimal
    #: What the other one's LinkedTxn calls us (`Payment`, `BillPaymentCheck`).
    shown_as: str
