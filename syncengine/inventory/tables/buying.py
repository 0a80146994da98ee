"""Buying: orders to vendors, what they deliver, and what goes back to them."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import LooseDate
from syncengine.inventory.tables._rows import LINES, CostLine, Custom, Foreign, Row, ShipAddress, flag, named, reference

#: Where a purchase order stands.
PURCHASE_ORDER_STATES: Final = ("open", "closed")
#: What an item receipt becomes in QuickBooks; none on the receipt means the company's default.
RECEIPT_POSTINGS: Final = ("none", "bill", "check", "cash", "credit card")
#: The day that the due date of a receipt's bill is reckoned from.
DUE_FROM: Final = ("receipt", "vendor invoice")


class PurchaseOrder(Row, ShipAddress, Custom, Foreign, Base):
    """What we asked a vendor to deliver; posts nothing. Its lines are in `purchase_order_line`."""

    __tablename__ = "purchase_order"
    __table_args__ = named("purchase_order", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    vendor_id: Mapped[int | None] = reference("vendor")
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    due_date: Mapped[date | None] = mapped_column(LooseDate())
    department_id: Mapped[int | None] = reference("department")
    term_id: Mapped[int | None] = reference("term")
    vendor_memo: Mapped[str | None]
    private_note: Mapped[str | None]
    status: Mapped[str | None] = mapped_column(default="open", server_default="open")
    #: The vendor delivers to our customer: where the company closes such orders by itself, cost of goods sold is posted.
    drop_ship: Mapped[bool | None] = flag(on=False)
    #: When it was closed: the day on which a drop-ship order posts.
    closed_on: Mapped[date | None] = mapped_column(LooseDate())


class PurchaseOrderLine(CostLine, Base):
    """One line of a purchase order."""

    __tablename__ = "purchase_order_line"
    __table_args__ = LINES

    purchase_order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id", ondelete="CASCADE"), index=True)
    customer_id: Mapped[int | None] = reference("customer")


class ItemReceipt(Row, Foreign, Base):
    """Goods that came from a vendor, at cost; its lines are in `item_receipt_line`."""

    __tablename__ = "item_receipt"
    __table_args__ = named("item_receipt", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    vendor_id: Mapped[int | None] = reference("vendor")
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    purchase_order_id: Mapped[int | None] = reference("purchase_order")
    #: One of RECEIPT_POSTINGS.
    posts_as: Mapped[str | None]
    #: The bank or card account that paid, by its full name; none is the company's default for its kind.
    payment_account: Mapped[str | None]
    #: The check's number, or the vendor's own invoice number on a bill.
    reference_number: Mapped[str | None]
    vendor_invoice_date: Mapped[date | None] = mapped_column(LooseDate())
    due_date: Mapped[date | None] = mapped_column(LooseDate())
    #: `receipt` or `vendor invoice`: the day that the due date is reckoned from; none is the company's rule.
    due_from: Mapped[str | None]
    term_id: Mapped[int | None] = reference("term")
    department_id: Mapped[int | None] = reference("department")
    private_note: Mapped[str | None]


class ItemReceiptLine(CostLine, Base):
    """One line of an item receipt; a line without an item names the account of a charge that came along."""

    __tablename__ = "item_receipt_line"
    __table_args__ = LINES

    item_receipt_id: Mapped[int] = mapped_column(ForeignKey("item_receipt.id", ondelete="CASCADE"), index=True)
    #: An account by its full name: that of a charge, or instead of the item's own.
    account: Mapped[str | None]
    customer_id: Mapped[int | None] = reference("customer")


class VendorReturn(Row, Foreign, Base):
    """Goods that went back to a vendor, at cost; its lines are in `vendor_return_line`."""

    __tablename__ = "vendor_return"
    __table_args__ = named("vendor_return", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    vendor_id: Mapped[int | None] = reference("vendor")
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    item_receipt_id: Mapped[int | None] = reference("item_receipt")
    #: Whether the vendor gives credit; without it the value goes to `account`.
    vendor_credit: Mapped[bool | None] = flag(on=True)
    account: Mapped[str | None]
    department_id: Mapped[int | None] = reference("department")
    private_note: Mapped[str | None]


class VendorReturnLine(CostLine, Base):
    """One line of a return to a vendor; a line without an item names the account that a difference in value goes to."""

    __tablename__ = "vendor_return_line"
    __table_args__ = LINES

    vendor_return_id: Mapped[int] = mapped_column(ForeignKey("vendor_return.id", ondelete="CASCADE"), index=True)
    account: Mapped[str | None]
