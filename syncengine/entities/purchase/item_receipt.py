"""A receipt of goods that was paid at once posts a purchase: item assets against the account that paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from syncengine.entities._currency import posted
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Field, Record, References, Text
from syncengine.entities._links import AccountName, Reference
from syncengine.entities._posted import account, expense_lines, source
from syncengine.entities._receipt import PAID, entries, posts_as, said
from syncengine.terms import Direction


@dataclass(frozen=True)
class PaymentType(Field):
    """How the receipt was paid; QuickBooks never changes it in a purchase that exists."""

    def put(self, record: Record, refs: References) -> str:
        """QuickBooks' word for it."""
        return PAID[posts_as(record, refs)][0]

    def canonical(self, value: Any) -> str:
        """The word as it is."""
        return str(value)


@dataclass(frozen=True)
class Payer(AccountName):
    """The bank or card account that paid: the receipt's own, or the company's default for its way of paying."""

    def put(self, record: Record, refs: References) -> str:
        """Its Id."""
        setting = PAID[posts_as(record, refs)][1]
        return refs.account(account(refs, setting, record.get(self.column), of="this receipt"), self.column)


@dataclass(frozen=True)
class Payee(Reference):
    """The vendor who was paid; QuickBooks wants it said that it is one."""

    def wire(self, value: Any) -> Any:
        """A reference with its type."""
        return None if value is None else {"value": value, "type": "Vendor"}


def _wanted(record: Record, refs: References) -> bool:
    return said(record, refs) in PAID  # a word that means nothing is the bill's error, once


ENTITY = Entity(
    name="Purchase",
    kind="item_receipt",
    direction=Direction.PUSH,
    natural_key="DocNumber",
    document=True,
    fields=(
        # The check's number, or the vendor's own: QuickBooks gives purchases none.
        Text("DocNumber", "reference_number", longest=21),
        PaymentType("PaymentType", "posts_as", required=True, always=True, one_way=True, reissued=True),
        Payer("AccountRef", "payment_account", required=True, always=True, one_way=True),
        Payee("EntityRef", "vendor_id", refers_to="Vendor", required=True),
        Day("TxnDate", "txn_date", required=True),
        Reference("DepartmentRef", "department_id", refers_to="Department", when="departments"),
        *posted(party="vendor"),
        source("Item receipt"),
    ),
    lines=expense_lines(entries),
    wanted=_wanted,
    stands=True,
    posts="Debit the item's asset account, credit the account that paid: checking, cash or credit card.",
)
