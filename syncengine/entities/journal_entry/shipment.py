"""A shipment posts the cost of what left: cost of goods sold against item assets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.entities._fields import Record, References
from syncengine.entities._posted import item_account, lines, stocked, worth
from syncengine.entities.journal_entry._journal import both, journal


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    for line in lines(record):
        if not stocked(line, refs):
            continue  # a service leaves no stock; what it costs was an expense when it was bought
        costs, stock = item_account(line, refs, "cogs_account"), item_account(line, refs, "asset_account")
        yield from both(worth(line), line, record, refs, debit=costs, credit=stock)


ENTITY = journal(
    "shipment",
    "Shipment",
    _entries,
    posts="Debit the item's cost of goods sold account, credit its asset account; services post nothing.",
    switch="post_cogs",
)
