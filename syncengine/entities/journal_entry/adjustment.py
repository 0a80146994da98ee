"""An adjustment posts stock that was found or lost: asset against adjustment account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.entities._fields import Record, References
from syncengine.entities._posted import account, item_account, lines, worth
from syncengine.entities.journal_entry._journal import both, journal


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    other = account(refs, "adjustment_account", record.get("account"), of="this adjustment")
    for line in lines(record):
        yield from both(worth(line), line, record, refs, debit=item_account(line, refs, "asset_account"), credit=other)


ENTITY = journal(
    "adjustment",
    "Adjustment",
    _entries,
    posts="Debit the item's asset account, credit the adjustment account; a loss the other way round.",
)
