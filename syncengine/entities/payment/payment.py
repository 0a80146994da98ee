"""A payment of a customer: on invoices, or not applied yet. Both ways; one on a sales order is an entry instead."""

from __future__ import annotations

from syncengine.entities._applied import Applied, amount
from syncengine.entities._currency import foreign
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Record, References
from syncengine.entities._links import AccountName
from syncengine.entities._sales import customer, note, paid
from syncengine.terms import Direction


def _on_no_order(record: Record) -> bool:
    return record.get("sales_order_id") is None


def _wanted(record: Record, _refs: References) -> bool:
    return _on_no_order(record)


ENTITY = Entity(
    name="Payment",
    kind="payment",
    direction=Direction.BOTH,
    natural_key="PaymentRefNum",
    document=True,
    fields=(
        customer(),
        amount("amount"),
        Day("TxnDate", "txn_date", fills=True),
        *paid(),
        AccountName("DepositToAccountRef", "deposit_account"),
        *foreign(),
        note(),
    ),
    lines=Applied(),
    matched_by="payment_reference",
    wanted=_wanted,
    posts="Debit the account that the money goes to, credit accounts receivable.",
)
