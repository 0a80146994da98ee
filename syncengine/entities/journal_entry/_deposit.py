"""Money that a customer pays on an order: until there is an invoice, it lies there and is owed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.entities._fields import Record, References, fail
from syncengine.entities._posted import account


def unpaid(deposit: Decimal, paid: Decimal) -> Decimal:
    """What an order's deposit comes to beside the payments on the order, each of which posts its own part.

    A payment on an order is written into the deposit of the order as well: only what no payment accounts for is left.
    """
    return max(deposit - paid, Decimal(0)) if deposit > 0 else deposit


def deposit(amount: Decimal, record: Record, refs: References, *, asset: Any = None) -> Iterator[dict[str, Any]]:
    """The two entries of a deposit; `asset` is the account that the money went to, where the record names one."""
    if amount < 0:
        raise fail("amount", amount, "A deposit is not below 0.", "Correct the amount.")
    shared = {"customer_id": record.get("customer_id"), "department_id": record.get("department_id")}
    yield {"amount": amount, "account": account(refs, "deposit_asset_account", asset), **shared}
    yield {"amount": -amount, "account": account(refs, "deposit_liability_account"), **shared}
