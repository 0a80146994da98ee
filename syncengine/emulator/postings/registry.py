"""Which entities post, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.postings import counts, journal, openings, purchases, sales
from syncengine.emulator.postings.posting import Posting

#: Entity -> the postings of one of its objects. Estimates, purchase orders and times post nothing.
POSTS: Mapping[str, Callable[[Books, dict[str, Any]], list[Posting]]] = {
    "Account": openings.account,
    "Item": openings.item,
    "Invoice": sales.invoice,
    "SalesReceipt": sales.sales_receipt,
    "CreditMemo": sales.credit_memo,
    "RefundReceipt": sales.refund_receipt,
    "Payment": sales.payment,
    "Bill": purchases.bill,
    "VendorCredit": purchases.vendor_credit,
    "Purchase": purchases.purchase,
    "BillPayment": purchases.bill_payment,
    "JournalEntry": journal.journal_entry,
    "Deposit": journal.deposit,
    "Transfer": journal.transfer,
    "CreditCardPayment": journal.card_payment,
    "InventoryAdjustment": counts.adjustment,
}


def of(books: Books, entity: str, obj: dict[str, Any]) -> list[Posting]:
    """The postings of an object as it stands; they sum to zero but for the cost of issues, which the stock knows."""
    posts = POSTS.get(entity)
    return posts(books, obj) if posts else []
