"""Selling: estimates, orders, invoices, receipts, payments, shipments, and what customers send back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from syncengine.db.base import Base
from syncengine.db.types import LooseDate, LooseDecimal
from syncengine.inventory.tables._rows import (
    LINES,
    BillAddress,
    CostLine,
    Custom,
    Foreign,
    Row,
    SalesLine,
    ShipAddress,
    flag,
    named,
    reference,
)

#: Where an estimate stands.
ESTIMATE_STATES: Final = ("pending", "accepted", "closed", "rejected")


class _Sale(Row, BillAddress, ShipAddress, Custom, Foreign):
    """What every document of a sale says."""

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    customer_memo: Mapped[str | None]
    private_note: Mapped[str | None]
    email: Mapped[str | None]
    po_number: Mapped[str | None]

    @declared_attr
    def customer_id(cls) -> Mapped[int | None]:  # noqa: N805 -- declared_attr hands the class over
        """The customer."""
        return mapped_column(ForeignKey("customer.id"), index=True)

    @declared_attr
    def department_id(cls) -> Mapped[int | None]:  # noqa: N805 -- declared_attr hands the class over
        """The department."""
        return mapped_column(ForeignKey("department.id"), index=True)


class Estimate(_Sale, Base):
    """An offer to a customer; posts nothing. Its lines are in `estimate_line`."""

    __tablename__ = "estimate"
    __table_args__ = named("estimate", key="number", label="txn_date")

    expiration_date: Mapped[date | None] = mapped_column(LooseDate())
    term_id: Mapped[int | None] = reference("term")
    #: `pending`, `accepted`, `closed` or `rejected`.
    status: Mapped[str | None] = mapped_column(default="pending", server_default="pending")


class EstimateLine(SalesLine, Base):
    """One line of an estimate."""

    __tablename__ = "estimate_line"
    __table_args__ = LINES

    estimate_id: Mapped[int] = mapped_column(ForeignKey("estimate.id", ondelete="CASCADE"), index=True)


class SalesOrder(_Sale, Base):
    """What a customer ordered; QuickBooks knows no such document, only the deposit that was paid with it."""

    __tablename__ = "sales_order"
    __table_args__ = named("sales_order", key="number", label="txn_date")

    estimate_id: Mapped[int | None] = reference("estimate")
    #: What the customer paid with the order, in the order's currency; posts an entry of its own.
    deposit: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    payment_method_id: Mapped[int | None] = reference("payment_method")
    #: `open` or `closed`.
    status: Mapped[str | None] = mapped_column(default="open", server_default="open")


class SalesOrderLine(SalesLine, Base):
    """One line of a sales order."""

    __tablename__ = "sales_order_line"
    __table_args__ = LINES

    sales_order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id", ondelete="CASCADE"), index=True)


class Invoice(_Sale, Base):
    """A sale on account; its lines are in `invoice_line`."""

    __tablename__ = "invoice"
    __table_args__ = named("invoice", key="number", label="txn_date")

    due_date: Mapped[date | None] = mapped_column(LooseDate())
    ship_date: Mapped[date | None] = mapped_column(LooseDate())
    term_id: Mapped[int | None] = reference("term")
    tracking_number: Mapped[str | None]
    estimate_id: Mapped[int | None] = reference("estimate")
    sales_order_id: Mapped[int | None] = reference("sales_order")
    #: Paid with the order, in the invoice's currency: it flows as a payment on the invoice.
    deposit: Mapped[Decimal | None] = mapped_column(LooseDecimal())


class InvoiceLine(SalesLine, Base):
    """One line of an invoice."""

    __tablename__ = "invoice_line"
    __table_args__ = LINES

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"), index=True)
    service_date: Mapped[date | None] = mapped_column(LooseDate())


class SalesReceipt(_Sale, Base):
    """A sale that was paid at once; its lines are in `sales_receipt_line`."""

    __tablename__ = "sales_receipt"
    __table_args__ = named("sales_receipt", key="number", label="txn_date")

    ship_date: Mapped[date | None] = mapped_column(LooseDate())
    tracking_number: Mapped[str | None]
    sales_order_id: Mapped[int | None] = reference("sales_order")
    payment_method_id: Mapped[int | None] = reference("payment_method")
    #: A check's number, or a card payment's.
    payment_reference: Mapped[str | None]
    #: The full name of the account that the money goes to; none is QuickBooks' undeposited funds.
    deposit_account: Mapped[str | None]


class SalesReceiptLine(SalesLine, Base):
    """One line of a sales receipt."""

    __tablename__ = "sales_receipt_line"
    __table_args__ = LINES

    sales_receipt_id: Mapped[int] = mapped_column(ForeignKey("sales_receipt.id", ondelete="CASCADE"), index=True)
    service_date: Mapped[date | None] = mapped_column(LooseDate())


class Payment(Row, Foreign, Base):
    """Money from a customer: on invoices (`payment_line`), not applied yet, or on a sales order."""

    __tablename__ = "payment"
    __table_args__ = named("payment", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    customer_id: Mapped[int | None] = reference("customer")
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    #: All of it, in the payment's currency; what its lines do not use up is unapplied.
    amount: Mapped[Decimal | None] = mapped_column(LooseDecimal())
    payment_method_id: Mapped[int | None] = reference("payment_method")
    payment_reference: Mapped[str | None]
    deposit_account: Mapped[str | None]
    #: A payment on an order is an entry between deposit asset and deposit liability.
    sales_order_id: Mapped[int | None] = reference("sales_order")
    private_note: Mapped[str | None]


class PaymentLine(Row, Base):
    """What of a payment one invoice gets, in the payment's currency."""

    __tablename__ = "payment_line"
    __table_args__ = LINES

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id", ondelete="CASCADE"), index=True)
    line_no: Mapped[int | None]
    invoice_id: Mapped[int | None] = reference("invoice")
    amount: Mapped[Decimal | None] = mapped_column(LooseDecimal())


class Shipment(Row, ShipAddress, Base):
    """Goods that left for a customer, at cost; its lines are in `shipment_line`."""

    __tablename__ = "shipment"
    __table_args__ = named("shipment", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    customer_id: Mapped[int | None] = reference("customer")
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    department_id: Mapped[int | None] = reference("department")
    sales_order_id: Mapped[int | None] = reference("sales_order")
    invoice_id: Mapped[int | None] = reference("invoice")
    sales_receipt_id: Mapped[int | None] = reference("sales_receipt")
    tracking_number: Mapped[str | None]
    private_note: Mapped[str | None]


class ShipmentLine(CostLine, Base):
    """One line of a shipment."""

    __tablename__ = "shipment_line"
    __table_args__ = LINES

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id", ondelete="CASCADE"), index=True)


class CustomerReturn(Row, Foreign, Base):
    """Goods that a customer sent back, into stock at the restock value; with a credit memo, to the customer's credit too."""

    __tablename__ = "customer_return"
    __table_args__ = named("customer_return", key="number", label="txn_date")

    number: Mapped[str | None] = mapped_column(sort_order=-1)
    customer_id: Mapped[int | None] = reference("customer")
    txn_date: Mapped[date | None] = mapped_column(LooseDate())
    department_id: Mapped[int | None] = reference("department")
    invoice_id: Mapped[int | None] = reference("invoice")
    credit_memo: Mapped[bool | None] = flag(on=False)
    customer_memo: Mapped[str | None]
    private_note: Mapped[str | None]


class CustomerReturnLine(SalesLine, Base):
    """One line of a customer return: the price is what is credited, the restock cost what one unit is worth in stock."""

    __tablename__ = "customer_return_line"
    __table_args__ = LINES

    customer_return_id: Mapped[int] = mapped_column(ForeignKey("customer_return.id", ondelete="CASCADE"), index=True)
    restock_cost: Mapped[Decimal | None] = mapped_column(LooseDecimal())
