"""A customer return with a credit memo credits the customer at the prices of its lines; its stock posts an entry of its own."""

from __future__ import annotations

from syncengine.entities._currency import foreign
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Day, Record, References, Text
from syncengine.entities._sales import customer, department, goods, note, number
from syncengine.terms import Direction


def _credited(record: Record) -> bool:
    return bool(record.get("credit_memo"))


def _wanted(record: Record, _refs: References) -> bool:
    return _credited(record)


ENTITY = Entity(
    name="CreditMemo",
    kind="customer_return",
    direction=Direction.PUSH,
    natural_key="DocNumber",
    document=True,
    fields=(
        number(fills=False),
        customer(),
        Day("TxnDate", "txn_date", required=True),
        department(),
        *foreign(),
        Text("CustomerMemo.value", "customer_memo", longest=1000),
        note(),
    ),
    lines=goods(),
    wanted=_wanted,
    posts="Debit the items' income accounts, credit accounts receivable.",
)
