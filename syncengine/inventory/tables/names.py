"""Names: the lists that documents refer to."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import LooseDecimal
from syncengine.inventory.tables._rows import BillAddress, Contact, Row, ShipAddress, flag, named, reference

#: What an item may be; Tieout never keeps quantities in QuickBooks, so NonInventory is what new ones are.
ITEM_TYPES: Final = ("NonInventory", "Service", "Inventory")
#: What a way of paying may be; `credit card` is what QuickBooks needs to know of.
PAYMENT_METHOD_TYPES: Final = ("credit card", "other")


class Term(Row, Base):
    """When a document is due."""

    __tablename__ = "term"
    __table_args__ = named("term")

    code: Mapped[str | None]
    name: Mapped[str | None]
    due_days: Mapped[int | None]
    discount_days: Mapped[int | None]
    discount_percent: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    day_of_month_due: Mapped[int | None]
    due_next_month_days: Mapped[int | None]
    active: Mapped[bool | None] = flag(on=True)


class Class(Row, Base):
    """What a line is for: a department of the business, a product line; QuickBooks reports by it."""

    __tablename__ = "class"
    __table_args__ = named("class")

    code: Mapped[str | None]
    name: Mapped[str | None]
    parent_id: Mapped[int | None] = reference("class")
    active: Mapped[bool | None] = flag(on=True)


class Department(Row, Base):
    """Where a document belongs; QuickBooks' screens call it Location."""

    __tablename__ = "department"
    __table_args__ = named("department")

    code: Mapped[str | None]
    name: Mapped[str | None]
    parent_id: Mapped[int | None] = reference("department")
    active: Mapped[bool | None] = flag(on=True)


class PaymentMethod(Row, Base):
    """How customers pay."""

    __tablename__ = "payment_method"
    __table_args__ = named("payment_method")

    code: Mapped[str | None]
    name: Mapped[str | None]
    #: `credit card` or `other`; payments by card carry QuickBooks' mark of a card.
    type: Mapped[str | None] = mapped_column(default="other", server_default="other")
    active: Mapped[bool | None] = flag(on=True)


class Category(Row, Base):
    """What items are sorted by; QuickBooks shows an item as `category:sub-category:item`."""

    __tablename__ = "category"
    __table_args__ = named("category")

    code: Mapped[str | None]
    name: Mapped[str | None]
    parent_id: Mapped[int | None] = reference("category")
    active: Mapped[bool | None] = flag(on=True)


class CustomField(Row, Base):
    """What one of the three custom fields is called; it travels where a field of QuickBooks has exactly this name."""

    __tablename__ = "custom_field"
    __table_args__ = named("custom_field")

    code: Mapped[str | None]
    name: Mapped[str | None]
    #: 1, 2 or 3: the column `custom1`, `custom2` or `custom3` of the documents that it is on.
    slot: Mapped[int | None]
    #: Whether it is on sales forms (estimates, invoices, sales receipts), and whether on purchase orders.
    on_sales: Mapped[bool | None] = flag(on=True)
    on_purchases: Mapped[bool | None] = flag(on=False)
    active: Mapped[bool | None] = flag(on=True)


class WorkCenter(Row, Base):
    """Where builds and processes are under way; what has not reached finished goods posts nothing yet."""

    __tablename__ = "work_center"
    __table_args__ = named("work_center")

    code: Mapped[str | None]
    name: Mapped[str | None]
    finished_goods: Mapped[bool | None] = flag(on=False)
    active: Mapped[bool | None] = flag(on=True)


class Customer(Row, Contact, BillAddress, ShipAddress, Base):
    """Whom we sell to; `name` is the DisplayName in QuickBooks."""

    __tablename__ = "customer"
    __table_args__ = named("customer")

    code: Mapped[str | None] = mapped_column(sort_order=-1)
    name: Mapped[str | None] = mapped_column(sort_order=-1)
    parent_id: Mapped[int | None] = reference("customer")
    taxable: Mapped[bool | None] = flag(on=True)
    #: Why an untaxed customer is exempt: QuickBooks' number 1 to 15 of the reason; needed under automated sales tax.
    tax_exemption_reason: Mapped[int | None]
    #: The customer's resale certificate.
    resale_number: Mapped[str | None]
    #: A code such as EUR; none is the home currency. Fixed in QuickBooks from the first sync on.
    currency: Mapped[str | None]
    payment_method_id: Mapped[int | None] = reference("payment_method")
    active: Mapped[bool | None] = flag(on=True)


class Vendor(Row, Contact, Base):
    """Whom we buy from; `name` is the DisplayName in QuickBooks."""

    __tablename__ = "vendor"
    __table_args__ = named("vendor")

    code: Mapped[str | None] = mapped_column(sort_order=-1)
    name: Mapped[str | None] = mapped_column(sort_order=-1)
    line1: Mapped[str | None]
    line2: Mapped[str | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    account_number: Mapped[str | None]
    #: A code such as EUR; none is the home currency. Fixed in QuickBooks from the first sync on.
    currency: Mapped[str | None]
    active: Mapped[bool | None] = flag(on=True)


class Item(Row, Base):
    """A product or service; accounts are QuickBooks' fully qualified names, none means the company's default."""

    __tablename__ = "item"
    __table_args__ = named("item")

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
    #: What QuickBooks debits when the item is bought on a document typed there.
    expense_account: Mapped[str | None]
    #: Where its value stands while it is in stock, and where that goes when it is sold: for the entries that we post.
    asset_account: Mapped[str | None]
    cogs_account: Mapped[str | None]
    category_id: Mapped[int | None] = reference("category")
    taxable: Mapped[bool | None] = flag(on=True)
    will_sync: Mapped[bool | None] = flag(on=True)
    active: Mapped[bool | None] = flag(on=True)


class EmployeeLink(Row, Base):
    """A worker here, tied to an Employee that was pulled from QuickBooks; nothing of it is ever sent."""

    __tablename__ = "employee_link"
    __table_args__ = named("employee_link", label="worker_name")

    code: Mapped[str | None]
    worker_name: Mapped[str | None]
    employee_qbo_id: Mapped[str | None]
    active: Mapped[bool | None] = flag(on=True)
