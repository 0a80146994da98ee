"""A closed drop-ship order posts the costs of what the vendor sent to our customer: cost of goods sold against payables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.entities._fields import Record, References
from syncengine.entities._posted import account, item_account, lines, worth
from syncengine.entities.journal_entry._journal import both, journal


def _wanted(record: Record, refs: References) -> bool:
    closed = str(record.get("status") or "").strip().casefold() == "closed"
    return record.get("drop_ship") is True and closed and (refs.setting("close_drop_ship") is True or _stands(record, refs))


def _stands(record: Record, refs: References) -> bool:
    """Whether its costs are posted already: the setting is about orders that are not."""
    return refs.posted("JournalEntry", "purchase_order", record["id"]) is not None


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    payable, vendor = account(refs, "payable_account"), {"vendor_id": record.get("vendor_id")}
    for line in lines(record):
        costs, customer = item_account(line, refs, "cogs_account"), {"customer_id": line.get("customer_id")}
        yield from both(worth(line), line, record, refs, debit=costs, credit=payable, debtor=customer, creditor=vendor)


ENTITY = journal(
    "purchase_order",
    "Drop-ship purchase order",
    _entries,
    posts="Debit the item's cost of goods sold account, credit the payable account; once it is closed, while the setting "
    "`close_drop_ship` is on; what is posted stays posted.",
    day="closed_on",
    foreign=True,
    wanted=_wanted,
    stands=True,
)
