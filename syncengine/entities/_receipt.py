"""What a receipt of goods posts: the same lines whether it becomes a bill or was paid at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from syncengine.entities._fields import Record, References, fail
from syncengine.entities._posted import about, lines, value_account, worth
from syncengine.inventory.tables import RECEIPT_POSTINGS

#: By what a receipt becomes when it was paid at once: QuickBooks' word for it, and the setting that names the account that pays.
PAID: Final[Mapping[str, tuple[str, str]]] = {
    "check": ("Check", "checking_account"),
    "cash": ("Cash", "cash_account"),
    "credit card": ("CreditCard", "credit_card_account"),
}


def said(record: Record, refs: References) -> str:
    """The word of the receipt for what it becomes, whatever it is.

    Where it says none, it stays what it was posted as; one that is not posted yet becomes the company's default.
    """
    word = record.get("posts_as") or _standing(record, refs) or refs.setting("receipt_posts_as")
    return str(word).strip().casefold()


def _standing(record: Record, refs: References) -> str:
    """What the receipt is in QuickBooks at present; empty where it is nothing there."""
    record_id = record.get("id")
    if not isinstance(record_id, int):
        return ""
    if refs.posted("Bill", "item_receipt", record_id) is not None:
        return "bill"
    purchase = refs.posted("Purchase", "item_receipt", record_id)
    if purchase is None:
        return ""
    return next((word for word, (theirs, _) in PAID.items() if theirs == purchase.get("PaymentType")), "check")


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
