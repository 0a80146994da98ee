"""Customer: whom we sell to, sub-customers included. Both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from syncengine.entities._contact import address, contact
from syncengine.entities._currency import own_currency
from syncengine.entities._entity import Entity
from syncengine.entities._fields import Flag, Record, References, Text, Whole, fail
from syncengine.entities._links import HasParent, Reference
from syncengine.terms import Direction

#: QuickBooks' reasons for an exemption from sales tax are numbered 1 to 15 (its reference of Customer).
_REASONS = 15


@dataclass(frozen=True)
class Exemption(Whole):
    """The number of the reason why a customer pays no tax; a taxed one has none."""

    def put(self, record: Record, refs: References) -> Any:
        """The reason. Raises RecordError where automated sales tax would ask for one."""
        if record.get("taxable") is not False:
            return None
        reason = super().put(record, refs)
        if reason is None and refs.feature("automated_sales_tax"):
            raise fail(
                self.column, None, "QuickBooks computes sales tax by itself and asks why a customer pays none.",
                f"Write the number of the reason, 1 to {_REASONS}, or make the customer taxable.",
            )  # fmt: skip
        if reason is not None and not 1 <= int(reason) <= _REASONS:
            raise fail(self.column, reason, "QuickBooks knows no such reason.", f"Write a number from 1 to {_REASONS}.")
        return reason

    def wire(self, value: Any) -> Any:
        """Text, as QuickBooks writes its ids."""
        return None if value is None else str(value)


ENTITY = Entity(
    name="Customer",
    kind="customer",
    direction=Direction.BOTH,
    natural_key="DisplayName",
    fields=(
        *contact(),
        *address("BillAddr", "bill_"),
        *address("ShipAddr", "ship_"),
        Reference("SalesTermRef", "term_id", refers_to="Term"),
        Reference("PaymentMethodRef", "payment_method_id", refers_to="PaymentMethod"),
        Reference("ParentRef", "parent_id", refers_to="Customer"),
        HasParent("Job", "parent_id", default=False),
        Flag("Taxable", "taxable", default=True),
        Exemption("TaxExemptionReasonId", "tax_exemption_reason"),
        # 21 as for the other numbers of a tax office; Intuit's schema says no more of it.
        Text("ResaleNum", "resale_number", longest=21),
        own_currency(),
        Text("Notes", "notes", longest=2000),
        Flag("Active", "active", default=True),
    ),
)
