"""The inventory's own rows, which other programs may write with plain SQL, and `KINDS`, the register of what they are.

Every column but the key is nullable or has a default in the database, so that any program can insert a row
in its own words; what cannot be read as its column's type comes back as `Unreadable` and is that record's error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Table, UniqueConstraint, func, true
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import LooseBool, LooseDate, LooseDecimal, Utc

#: What an item may be; Tieout never keeps quantities in QuickBooks, so NonInventory is what new ones are.
ITEM_TYPES: Final = ("NonInventory", "Service", "Inventory")
#: Where a purchase order stands.
PURCHASE_ORDER_STATES: Final = ("open", "closed")


def _reference(table: str) -> Any:
    return mapped_column(ForeignKey(f"{table}.id"), index=True)


class _Row:
    """What each inventory row has: an id that is never used again, its company, the moment it was made."""

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-2)
    created_at: Mapped[datetime] = mapped_column(Utc, server_default=func.current_timestamp(), sort_order=99)

    @declared_attr
    def company_id(cls) -> Mapped[int]:  # noqa: N805 -- declared_attr hands the class over
        """The company that the row belongs to; 1 where a program does not say."""
        return mapped_column(ForeignKey("company.id"), server_default="1", sort_order=-1)


class _Bill:
    bill_line1: Mapped[str | None]
    bill_line2: Mapped[str | None]
    bill_city: Mapped[str | None]
    bill_region: Mapped[str | None]
    bill_postal_code: Mapped[str | None]
    bill_country: Mapped[str | None]


class _Ship:
    ship_line1: Mapped[str | None]
    ship_line2: Mapped[str | None]
    ship_city: Mapped[str | None]
    ship_region: Mapped[str | None]
    ship_postal_code: Mapped[str | None]
    ship_country: Mapped[str | None]


class _Contact:
    company_name: Mapped[str | None]
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    mobile: Mapped[str | None]
    fax: Mapped[str | None]
    website: Mapped[str | None]
    notes: Mapped[str | None]

    @declared_attr
    def term_id(cls) -> Mapped[int | None]:  # noqa: N805 -- declared_attr hands the class over
        """The terms that new documents take."""
        return mapped_column(ForeignKey("term.id"), index=True)


def _named(table: str, key: str = "code", label: str = "name") -> tuple[Any, ...]:
    """The table arguments of a named record: its own key once per company, and found by name."""
    found = Index(f"ix_{table}_company_id_{label}", "company_id", label)
    return (UniqueConstraint("company_id", key), found, {"sqlite_autoincrement": True})


class Term(_Row, Base):
    """When a document is due."""

    __tablename__ = "term"
    __table_args__ = _named("term")

    code: Mapped[str | None]
    name: Mapped[str | None]
    due_days: Mapped[int | None]
    discount_days: Mapped[int | None]
    discount_percent: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    day_of_month_due: Mapped[int | None]
    due_next_month_days: Mapped[int | None]
    active: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())


class Class(_Row, Base):
    """What a line is for: a department of the business, a product line; QuickBooks reports by it."""

    __tablename__ = "class"
    __table_args__ = _named("class")

    code: Mapped[str | None]
    name: Mapped[str | None]
    parent_id: Mapped[int | None] = _reference("class")
    active: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())


class Department(_Row, Base):
    """Where a document belongs; QuickBooks' screens call it Location."""

    __tablename__ = "department"
    __table_args__ = _named("department")

    code: Mapped[str | None]
    name: Mapped[str | None]
    parent_id: Mapped[int | None] = _reference("department")
    active: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())


class Customer(_Row, _Contact, _Bill, _Ship, Base):
    """Whom we sell to; `name` is the DisplayName in QuickBooks."""

    __tablename__ = "customer"
    __table_args__ = _named("customer")

    code: Mapped[str | None] = mapped_column(sort_order=-1)
    name: Mapped[str | None] = mapped_column(sort_order=-1)
    parent_id: Mapped[int | None] = _reference("customer")
    taxable: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())
    active: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())


class Vendor(_Row, _Contact, Base):
    """Whom we buy from; `name` is the DisplayName in QuickBooks."""

    __tablename__ = "vendor"
    __table_args__ = _named("vendor")

    code: Mapped[str | None] = mapped_column(sort_order=-1)
    name: Mapped[str | None] = mapped_column(sort_order=-1)
    line1: Mapped[str | None]
    line2: Mapped[str | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    account_number: Mapped[str | None]
    active: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())


class Item(_Row, Base):
    """A product or service; accounts are QuickBooks' fully qualified names, none means the company's default."""

    __tablename__ = "item"
    __table_args__ = _named("item")

    code: Mapped[str | None]
    name: Mapped[str | None]
    sku: Mapped[str | None]
    description: Mapped[str | None]
    purchase_description: Mapped[str | None]
    type: Mapped[str | None] = mapped_column(default="NonInventory", server_default="NonInventory")
    unit_price: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    purchase_cost: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    standard_cost: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    income_account: Mapped[str | None]
    expense_account: Mapped[str | None]
    taxable: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())
    will_sync: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())
    active: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())


class EmployeeLink(_Row, Base):
    """A worker here, tied to an Employee that was pulled from QuickBooks; nothing of it is ever sent."""

    __tablename__ = "employee_link"
    __table_args__ = _named("employee_link", label="worker_name")

    code: Mapped[str | None]
    worker_name: Mapped[str | None]
    employee_qbo_id: Mapped[str | None]
    active: Mapped[bool | None] = mapped_column(LooseBool(), default=True, server_default=true())


class Invoice(_Row, _Bill, _Ship, Base):
    """A sale on account; its lines are in `invoice_line`."""

    __tablename__ = "invoice"
    __table_args__ = _named("invoice", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    customer_id: Mapped[int | None] = _reference("customer")
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    due_date: Mapped[date | None] = mapped_column(LooseDate())
    ship_date: Mapped[date | None] = mapped_column(LooseDate())
    term_id: Mapped[int | None] = _reference("term")
    department_id: Mapped[int | None] = _reference("department")
    po_number: Mapped[str | None]
    customer_memo: Mapped[str | None]
    private_note: Mapped[str | None]
    email: Mapped[str | None]
    tracking_number: Mapped[str | None]


class InvoiceLine(_Row, Base):
    """One line of an invoice; without `amount` it is worth quantity x unit_price x (1 - discount), to the cent."""

    __tablename__ = "invoice_line"
    __table_args__ = ({"sqlite_autoincrement": True},)

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"), index=True)
    line_no: Mapped[int | None]
    item_id: Mapped[int | None] = _reference("item")
    description: Mapped[str | None]
    quantity: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    unit_price: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    #: A fraction, 0 to 1.
    discount: Mapped[Decimal | None] = mapped_column(LooseDecimal(), default=Decimal(0), server_default="0")
    amount: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    class_id: Mapped[int | None] = _reference("class")
    #: Nothing here: as the item says.
    taxable: Mapped[bool | None] = mapped_column(LooseBool())
    service_date: Mapped[date | None] = mapped_column(LooseDate())


class PurchaseOrder(_Row, _Ship, Base):
    """What we asked a vendor to deliver; posts nothing. Its lines are in `purchase_order_line`."""

    __tablename__ = "purchase_order"
    __table_args__ = _named("purchase_order", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    vendor_id: Mapped[int | None] = _reference("vendor")
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    due_date: Mapped[date | None] = mapped_column(LooseDate())
    department_id: Mapped[int | None] = _reference("department")
    term_id: Mapped[int | None] = _reference("term")
    vendor_memo: Mapped[str | None]
    private_note: Mapped[str | None]
    status: Mapped[str | None] = mapped_column(default="open", server_default="open")


class PurchaseOrderLine(_Row, Base):
    """One line of a purchase order; without `amount` it is worth quantity x unit_cost, to the cent."""

    __tablename__ = "purchase_order_line"
    __table_args__ = ({"sqlite_autoincrement": True},)

    purchase_order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id", ondelete="CASCADE"), index=True)
    line_no: Mapped[int | None]
    item_id: Mapped[int | None] = _reference("item")
    description: Mapped[str | None]
    quantity: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    unit_cost: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    amount: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    class_id: Mapped[int | None] = _reference("class")
    customer_id: Mapped[int | None] = _reference("customer")


class SyncMark(Base):
    """One change that the triggers saw and that capture has not yet taken up."""

    __tablename__ = "sync_mark"
    __table_args__ = (Index("ix_sync_mark_kind_record_id", "kind", "record_id"), {"sqlite_autoincrement": True})

    #: Wide, because every change of every record takes one, for ever.
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    company_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    operation: Mapped[str] = mapped_column(String(6))
    marked_at: Mapped[datetime] = mapped_column(Utc, server_default=func.current_timestamp())


class SyncGuard(Base):
    """SQLite's guard: while a transaction holds a row here, what it changes leaves no marks. Always empty when committed."""

    __tablename__ = "sync_guard"

    id: Mapped[int] = mapped_column(primary_key=True)


@dataclass(frozen=True)
class Kind:
    """What Tieout knows about one kind of record.

    Attributes:
        name: the word used everywhere: in marks, bindings, the command line.
        table: its rows.
        lines: the rows of its lines; None for a record without lines.
        parent: the column of `lines` that names the document.
        key: the inventory program's own key, unique per company where it is not null.
        label: the column that names the record to people.
        references: the columns of `table` that hold ids of other kinds, with the kind each refers to.
        line_references: the same for `lines`.
        captured: whether changes are marked for QuickBooks.
    """

    name: str
    table: Table
    lines: Table | None = None
    parent: str = ""
    key: str = "code"
    label: str = "name"
    references: Mapping[str, str] = field(default_factory=dict)
    line_references: Mapping[str, str] = field(default_factory=dict)
    captured: bool = True


def _references(table: Table, parent: str = "") -> dict[str, str]:
    """The columns of `table` that refer to other inventory records, read off its foreign keys."""
    found = {key.parent.name: key.column.table.name for key in table.foreign_keys}
    return {column: kind for column, kind in sorted(found.items()) if kind != "company" and column != parent}


def _kind(
    row: type[Base], line_row: type[Base] | None = None, *, key: str = "code", label: str = "name", captured: bool = True
) -> Kind:
    table = row.metadata.tables[row.__tablename__]
    lines = line_row.metadata.tables[line_row.__tablename__] if line_row else None
    parent = f"{table.name}_id" if line_row else ""
    return Kind(
        name=table.name, table=table, lines=lines, parent=parent, key=key, label=label, captured=captured,
        references=_references(table), line_references=_references(lines, parent) if lines is not None else {},
    )  # fmt: skip


#: Every kind of inventory record, each after those it refers to.
KINDS: Final[Mapping[str, Kind]] = {
    kind.name: kind
    for kind in (
        _kind(Term),
        _kind(Class),
        _kind(Department),
        _kind(Item),
        _kind(Customer),
        _kind(Vendor),
        _kind(EmployeeLink, label="worker_name", captured=False),
        _kind(PurchaseOrder, PurchaseOrderLine, key="number", label="number"),
        _kind(Invoice, InvoiceLine, key="number", label="number"),
    )
}

_CENT = Decimal("0.01")
#: QuickBooks takes up to 7 decimals in UnitPrice and Qty.
PRICE_PLACES: Final = 7


def line_amount(quantity: Decimal, unit_price: Decimal, discount: Decimal = Decimal(0)) -> Decimal:
    """What a line is worth: quantity x unit_price x (1 - discount), rounded half-up to the cent once, at the end."""
    return (quantity * unit_price * (1 - discount)).quantize(_CENT, ROUND_HALF_UP)


def net_unit_price(unit_price: Decimal, discount: Decimal = Decimal(0)) -> Decimal:
    """The unit price after the discount, rounded only where it has more than the 7 places that QuickBooks takes."""
    net = unit_price * (1 - discount)
    rounded = net.quantize(Decimal(1).scaleb(-PRICE_PLACES), ROUND_HALF_UP)
    return net if rounded == net else rounded
