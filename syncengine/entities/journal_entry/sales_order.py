"""A sales order that was paid for in part posts its deposit: deposit asset against deposit liability.

Payments on the order are part of its deposit and post themselves, so that the order posts what they leave of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.entities._fields import Record, References, bounded
from syncengine.entities.journal_entry._deposit import deposit, unpaid
from syncengine.entities.journal_entry._journal import journal


def _wanted(record: Record, _refs: References) -> bool:
    return record.get("deposit") is not None


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    whole = bounded("deposit", record["deposit"], 2)
    yield from deposit(unpaid(whole, refs.paid_on_order(record["id"])), record, refs)


ENTITY = journal(
    "sales_order",
    "Sales order",
    _entries,
    posts="Debit the deposit asset account, credit the deposit liability account: the order's deposit less "
    "the payments on the order, which post their own part; nothing without a deposit.",
    foreign=True,
    wanted=_wanted,
)
