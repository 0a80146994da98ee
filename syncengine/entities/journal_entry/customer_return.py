"""A return from a customer posts what went back into stock, at restock value: item assets against cost of goods sold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.entities._fields import Record, References, fail
from syncengine.entities._posted import item_account, lines, named, stocked, value
from syncengine.entities.journal_entry._journal import both, journal


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    for line in lines(record):
        if not stocked(line, refs):
            continue  # a service does not go back into stock
        if line.get("restock_cost") is None:
            cause = "The line does not say what one unit is worth when it goes back into stock."
            raise fail(named(line, "restock_cost"), None, cause, "Fill in the restock cost; 0 where it is worth nothing.")
        worth = value(line, line.get("quantity"), line["restock_cost"], "restock_cost")
        costs, stock = item_account(line, refs, "cogs_account"), item_account(line, refs, "asset_account")
        yield from both(worth, line, record, refs, debit=stock, credit=costs)


ENTITY = journal(
    "customer_return",
    "Customer return",
    _entries,
    posts="Debit the item's asset account, credit its cost of goods sold account, at restock value; services post nothing.",
    switch="post_cogs",
)
