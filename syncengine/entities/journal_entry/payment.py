"""A payment on a sales order posts a deposit: deposit asset against deposit liability."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.entities._fields import Record, References, bounded, fail
from syncengine.entities.journal_entry._deposit import deposit
from syncengine.entities.journal_entry._journal import journal


def _wanted(record: Record, _refs: References) -> bool:
    return record.get("sales_order_id") is not None


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    if record.get("amount") is None:
        raise fail("amount", None, "The payment does not say how much was paid.", "Fill in the amount.")
    yield from deposit(bounded("amount", record["amount"], 2), record, refs, asset=record.get("deposit_account"))


ENTITY = journal(
    "payment",
    "Payment on a sales order",
    _entries,
    posts="Debit the deposit asset account, credit the deposit liability account; only payments on a sales order.",
    foreign=True,
    wanted=_wanted,
)
