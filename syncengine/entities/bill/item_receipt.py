"""A receipt of goods that the vendor sends an invoice for posts a bill: item assets against the payable account."""

from __future__ import annotations

from syncengine.entities._currency import posted
from syncengine.entities._due import DueDate
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Record, References
from syncengine.entities._links import Reference
from syncengine.entities._owed import owed
from syncengine.entities._posted import expense_lines, source
from syncengine.entities._receipt import entries, posts_as
from syncengine.terms import Direction


def _wanted(record: Record, refs: References) -> bool:
    return posts_as(record, refs) == "bill"


ENTITY = Entity(
    name="Bill",
    kind="item_receipt",
    direction=Direction.PUSH,
    natural_key="DocNumber",
    document=True,
    fields=(
        # The vendor's own number: QuickBooks gives bills none.
        *owed(
            DueDate("DueDate", "due_date", one_way=True),
            Reference("SalesTermRef", "term_id", refers_to="Term"),
            number="reference_number",
            vendor="vendor_id",
        ),
        *posted(party="vendor"),
        source("Item receipt"),
    ),
    lines=expense_lines(entries),
    wanted=_wanted,
    stands=True,
    posts="Debit the item's asset account, credit the payable account.",
)
