"""What the forms of a sale have in common: estimate, invoice, sales receipt, credit memo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from syncengine.entities._contact import address
from syncengine.entities._currency import foreign
from syncengine.entities._custom import custom_fields
from syncengine.entities._fields import Day, Field, Note, Payload, References, Text
from syncengine.entities._lines import Lines
from syncengine.entities._links import Reference, TaxFlag
from syncengine.errors import RecordError

_DETAIL = "SalesItemLineDetail"
_LINKS = "LinkedTxn"


@dataclass(frozen=True)
class Linked(Reference):
    """The document that this one was made from, among the links of QuickBooks: `LinkedTxn.Estimate`.

    The links that QuickBooks sets itself, such as those of payments, stay as they are.
    """

    @property
    def type(self) -> str:
        """QuickBooks' TxnType of the link."""
        return self.path.partition(".")[2]

    def get(self, payload: Mapping[str, Any]) -> Any:
        """The Id of the first document of this type."""
        return next((str(each["TxnId"]) for each in links(payload) if each.get("TxnType") == self.type and each.get("TxnId")), None)

    def wire(self, value: Any) -> Any:
        """The bare Id."""
        return value

    def place(self, payload: Payload, wire: Any) -> None:
        """Set the link beside the others."""
        self.clear(payload)
        payload[_LINKS] = [{"TxnId": wire, "TxnType": self.type}, *links(payload)]

    def clear(self, payload: Payload) -> None:
        """Take the link out; the others stay."""
        if _LINKS in payload:
            payload[_LINKS] = [each for each in links(payload) if each.get("TxnType") != self.type]

    def inward(self, value: Any, refs: References) -> Any:
        """The record here; none where it has none, since a link is no money."""
        try:
            return super().inward(value, refs)
        except RecordError:
            return None


def links(holder: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The links of a QuickBooks object or of a line."""
    given = holder.get(_LINKS)
    return [dict(each) for each in given if isinstance(each, Mapping)] if isinstance(given, list | tuple) else []


def number(*, fills: bool = True) -> Field:
    """The document's number."""
    return Text("DocNumber", "number", longest=21, fills=fills)


def customer() -> Field:
    """The customer."""
    return Reference("CustomerRef", "customer_id", refers_to="Customer", required=True, always=True)


def department() -> Field:
    """The department, which QuickBooks has on the form as a whole."""
    return Reference("DepartmentRef", "department_id", refers_to="Department", when="departments")


def note() -> Field:
    """The private note: 4,000 characters less our marker."""
    return Note("PrivateNote", "private_note", longest=3980)


def form(*own: Field) -> tuple[Field, ...]:
    """The head of an estimate, an invoice or a sales receipt, with its own fields behind the date."""
    return (
        number(),
        customer(),
        Day("TxnDate", "txn_date", fills=True),
        *own,
        department(),
        *foreign(),
        Text("CustomerMemo.value", "customer_memo", longest=1000),
        note(),
        Text("BillEmail.Address", "email", longest=100),
        *address("BillAddr", "bill_"),
        *address("ShipAddr", "ship_"),
        *custom_fields(),
    )


def goods(*own: Field) -> Lines:
    """The lines of a sales form, with fields of their own before the tax."""
    return Lines(
        detail=_DETAIL,
        price="unit_price",
        discount="discount",
        fields=(
            Text("Description", "description", longest=4000),
            Reference(f"{_DETAIL}.ItemRef", "item_id", refers_to="Item"),
            Reference(f"{_DETAIL}.ClassRef", "class_id", refers_to="Class", when="classes"),
            *own,
            TaxFlag(f"{_DETAIL}.TaxCodeRef", "taxable", when="sales_tax"),
        ),
    )


def service_date() -> Field:
    """The day of a line's service."""
    return Day(f"{_DETAIL}.ServiceDate", "service_date")


def paid() -> tuple[Field, ...]:
    """How something was paid: the method, and a check's number or the like."""
    return (
        Reference("PaymentMethodRef", "payment_method_id", refers_to="PaymentMethod"),
        Text("PaymentRefNum", "payment_reference", longest=21),
    )


