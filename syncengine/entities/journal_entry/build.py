"""A build posts what an item was made of: its asset account against those of its inputs, once it is finished."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.entities._fields import Record, References, fail
from syncengine.entities._posted import about, item_account, lines
from syncengine.entities.journal_entry._journal import journal
from syncengine.entities.journal_entry._making import held, taken


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    if record.get("item_id") is None:
        raise fail("item_id", None, "The build does not say what was made.", "Choose the item.")
    inputs = [taken(line, record, refs) for line in lines(record)]
    made = {"item_id": record["item_id"], "quantity": record.get("quantity")}
    yield {
        "amount": -sum((entry["amount"] for entry in inputs), Decimal(0)),
        "account": item_account(made, refs, "asset_account"),
        "description": about(made, refs),
        "class_id": record.get("class_id"),
        "department_id": record.get("department_id"),
    }
    yield from inputs


ENTITY = journal(
    "build",
    "Build",
    _entries,
    posts="Debit the asset account of what was made, credit those of its inputs, or the expense accounts of services.",
    holds=held,
)
