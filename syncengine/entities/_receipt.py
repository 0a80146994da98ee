"""What a receipt of goods posts: the same lines whether it becomes a bill or was paid at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.entities._fields import Record, References, fail
from syncengine.entities._posted import about, lines, value_account, worth
from syncengine.inventory.tables import RECEIPT_POSTINGS


def said(record: Record, refs: References) -> str:
    """The word of the receipt for what it becomes, whatever it is; the company's default where it says none."""
    return str(record.get("posts_as") or refs.setting("receipt_posts_as")).strip().casefold()


def posts_as(record: Record, refs: References) -> str:
    """What the receipt becomes, one of RECEIPT_POSTINGS: as it says itself, or the company's default.

    Raises RecordError for any other word.
    """
    word = said(record, refs)
    if word not in RECEIPT_POSTINGS:
        raise fail("posts_as", word, f"It must be one of {', '.join(RECEIPT_POSTINGS)}.", "Choose one of them.")
    return word


def entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    """What each line of a receipt or a return brings or takes, at cost."""
    for line in lines(record):
        yield {
            "amount": worth(line),
            "account": value_account(line, refs),
            "description": about(line, refs),
            "class_id": line.get("class_id"),
            "customer_id": line.get("customer_id"),
        }
