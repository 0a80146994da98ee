"""RecurringTransaction: a transaction that QuickBooks makes, or reminds of, at set times; wrapped in the name of its kind."""

from __future__ import annotations

from typing import Any

from syncengine.emulator.catalogue import journal, purchases, sales
from syncengine.emulator.catalogue.entity import Entity, words
from syncengine.emulator.catalogue.kinds import Kind, Record, Visit, choice
from syncengine.emulator.rules import recurring

#: What can recur.
KINDS: dict[str, Entity] = {
    entity.name: entity
    for entity in (
        purchases.BILL, purchases.PURCHASE, sales.CREDIT_MEMO, journal.DEPOSIT, sales.ESTIMATE, sales.INVOICE,
        journal.JOURNAL_ENTRY, sales.REFUND_RECEIPT, sales.SALES_RECEIPT, journal.TRANSFER, purchases.VENDOR_CREDIT,
        purchases.PURCHASE_ORDER,
    )
}  # fmt: skip


class _Typed(Record):
    """An object of one of the kinds; `Type`, which no client sees, says of which."""

    def check(self, value: Any, path: str, visit: Visit) -> dict[str, Any]:
        """The object, checked as one of its kind."""
        kind = KINDS[value["Type"]]
        inner = {name: item for name, item in value.items() if name != "Type"}
        return {**kind.record.check(inner, path, visit), "Type": kind.name}


def _properties() -> dict[str, Kind]:
    known: dict[str, Kind] = {"Type": choice(" ".join(KINDS))}
    for entity in KINDS.values():
        known.update(entity.record.properties)
    return known


RECURRING_TRANSACTION = Entity(
    name="RecurringTransaction",
    record=_Typed("RecurringTransaction", _properties()),
    sequence="transactions",
    required=("RecurringInfo", "Type"),
    fixed=words("Type"),
    plan="essentials",
    deletable=True,
    cdc=False,
    filterable=words("Type RecurDataRef"),
    sortable=words("RecurDataRef"),
    prepare=recurring.rules({name: (entity.prepare, entity.required, entity.defaults) for name, entity in KINDS.items()}),
    opened=recurring.opened,
    shown=recurring.shown({name: tuple(entity.record.properties) for name, entity in KINDS.items()}),
    buried=recurring.buried,
)

ENTITIES = (RECURRING_TRANSACTION,)
