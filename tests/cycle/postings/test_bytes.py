"""Every posting and every operation: what the next cycle sends is what the preview showed, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from syncengine.entities import POSTINGS
from tests.support.previewed import Watch
from tests.support.trade import DAY, Trade

D = Decimal
_Lines = Callable[[Trade], list[dict[str, Any]]]


@dataclass(frozen=True)
class Sample:
    """A record that posts, and what is done to it."""

    values: Callable[[Trade], dict[str, Any]]
    #: Its lines, and those that it gets instead.
    lines: _Lines | None = None
    others: _Lines | None = None
    #: One value of its header becomes another one; one is emptied, which takes a full update.
    edit: dict[str, Any] = field(default_factory=lambda: {"private_note": "counted again"})
    clear: dict[str, Any] = field(default_factory=lambda: {"private_note": None})
    #: How many rows are listed as changed in QuickBooks when it is edited or deleted: a payment has moved its invoice there.
    moved: int = 0


def at_cost(*rows: tuple[str, str, str], **more: Any) -> _Lines:
    return lambda trade: [trade.line(item, D(quantity), cost, **more) for item, quantity, cost in rows]


def sold(*rows: tuple[str, str, str], **more: Any) -> _Lines:
    return lambda trade: [
        {"item_id": trade.items[item], "quantity": D(quantity), "unit_price": D(price), "taxable": False, **more} for item, quantity, price in rows
    ]


def named(**more: Any) -> Callable[[Trade], dict[str, Any]]:
    return lambda _: {"name": "Écluse 7", **more}


def with_vendor(**more: Any) -> Callable[[Trade], dict[str, Any]]:
    return lambda trade: {"number": "X-1", "vendor_id": trade.vendor, **more}


def with_customer(**more: Any) -> Callable[[Trade], dict[str, Any]]:
    return lambda trade: {"number": "X-1", "customer_id": trade.customer, **more}


def on_an_invoice(trade: Trade) -> list[dict[str, Any]]:
    return [{"invoice_id": open_invoice(trade), "amount": D("12.50")}]


def open_invoice(trade: Trade) -> int:
    """One that is in QuickBooks already."""
    if "invoice" not in trade.items:
        trade.items["invoice"] = trade.save("invoice", sold(("Anchor", "4", "25"))(trade), number="I-1", customer_id=trade.customer)
        trade.sync()
    return trade.items["invoice"]


def stated(**more: Any) -> Callable[[Trade], dict[str, Any]]:
    return lambda _: {"number": "X-1", "private_note": "first", **more}


def drop_shipped(trade: Trade) -> dict[str, Any]:
    """An order that went straight to the customer, in a company that posts the costs of such orders."""
    trade.world.set(trade.company, close_drop_ship=True)
    return with_vendor(drop_ship=True, status="closed", closed_on=DAY, private_note="first")(trade)


COSTS, MORE = at_cost(("Anchor", "2", "10.25"), ("Buoy", "3", "0.335")), at_cost(("Buoy", "1.5", "7"), ("Anchor", "2", "10.25"))
SALE, SALES = sold(("Anchor", "2", "10.25"), ("Buoy", "3", "0.335"), discount=D("0.15")), sold(("Buoy", "1", "7"), ("Anchor", "2", "10.25"))
NAMED = {"edit": {"name": "Écluse 8"}, "clear": {"name": "Écluse 9"}}
SAMPLES: dict[tuple[str, str], Sample] = {
    ("Class", "class"): Sample(named(), **NAMED),
    ("Department", "department"): Sample(named(), **NAMED),
    ("Term", "term"): Sample(named(due_days=30, discount_days=10), edit={"due_days": 45}, clear={"discount_days": None}),
    ("PaymentMethod", "payment_method"): Sample(named(type="credit card"), **NAMED),
    ("Item", "category"): Sample(named(), **NAMED),
    ("Item", "item"): Sample(named(unit_price=D("9.80"), description="Blue", sku="E7"), edit={"unit_price": D("9.75")}, clear={"sku": None}),
    ("Vendor", "vendor"): Sample(named(email="a@b.example", phone="555 0100"), edit={"phone": "555 0101"}, clear={"email": None}),
    ("Customer", "customer"): Sample(named(email="a@b.example", bill_city="Lyon"), edit={"bill_city": "Brest"}, clear={"email": None}),
    ("JournalEntry", "adjustment"): Sample(stated(), COSTS, MORE),
    ("JournalEntry", "build"): Sample(lambda trade: {**stated()(trade), "item_id": trade.items["Buoy"], "quantity": D(2)}, COSTS, MORE),
    ("JournalEntry", "customer_return"): Sample(
        with_customer(private_note="first"), sold(("Anchor", "2", "10"), restock_cost=D("9.99")), sold(("Anchor", "1", "10"), restock_cost=D(8))
    ),
    ("JournalEntry", "payment"): Sample(
        lambda trade: {**with_customer(amount=D(50), private_note="first")(trade), "sales_order_id": order(trade)}, lambda _: [], edit={"amount": D("60.10")}
    ),
    ("JournalEntry", "process"): Sample(
        stated(), lambda trade: [*COSTS(trade), trade.line("Buoy", 1, role="output")], lambda trade: [*MORE(trade), trade.line("Buoy", 1, role="output")]
    ),
    ("JournalEntry", "purchase_order"): Sample(
        drop_shipped, COSTS, MORE, edit={"closed_on": date(2026, 3, 20)}, clear={"vendor_memo": None, "private_note": None}
    ),
    ("JournalEntry", "sales_order"): Sample(with_customer(deposit=D("12.50"), private_note="first"), lambda _: [], edit={"deposit": D("13")}),
    ("JournalEntry", "shipment"): Sample(with_customer(private_note="first"), COSTS, MORE),
    ("JournalEntry", "vendor_return"): Sample(with_vendor(vendor_credit=False, account="Supplies", private_note="first"), COSTS, MORE),
    ("Bill", "item_receipt"): Sample(with_vendor(posts_as="bill", reference_number="R-1", private_note="first"), COSTS, MORE, clear={"reference_number": None}),
    ("Bill", "transfer"): Sample(
        lambda trade: {**stated(carrier_charge=D(45), carrier_reference="T-1")(trade), "carrier_id": trade.vendor}, lambda trade: [trade.line("Anchor", 1)],
        edit={"carrier_charge": D("44.10")}, clear={"carrier_reference": None},
    ),
    ("Purchase", "item_receipt"): Sample(with_vendor(posts_as="check", reference_number="R-1"), COSTS, MORE, clear={"reference_number": None}),
    ("VendorCredit", "vendor_return"): Sample(with_vendor(vendor_credit=True, private_note="first"), COSTS, MORE),
    ("CreditMemo", "customer_return"): Sample(
        with_customer(credit_memo=True, customer_memo="sorry"), sold(("Anchor", "2", "10"), restock_cost=D("9.99")), sold(("Anchor", "1", "10"), restock_cost=D(8)),
        clear={"customer_memo": None},
    ),
    ("Estimate", "estimate"): Sample(with_customer(customer_memo="offer"), SALE, SALES, clear={"customer_memo": None}),
    ("PurchaseOrder", "purchase_order"): Sample(with_vendor(vendor_memo="soon"), COSTS, MORE, clear={"vendor_memo": None}),
    ("SalesReceipt", "sales_receipt"): Sample(with_customer(customer_memo="thanks", payment_reference="7"), SALE, SALES, clear={"payment_reference": None}),
    ("Invoice", "invoice"): Sample(with_customer(customer_memo="thanks", po_number="7"), SALE, SALES, clear={"customer_memo": None}),
    ("Payment", "payment"): Sample(with_customer(amount=D(40), payment_reference="7"), on_an_invoice, lambda _: [], clear={"payment_reference": None}),
    ("Payment", "invoice"): Sample(with_customer(deposit=D(5)), SALE, edit={"deposit": D(6)}, moved=1),
}  # fmt: skip


def order(trade: Trade) -> int:
    """A sales order that posts nothing of its own."""
    return trade.save("sales_order", [], number="SO-1", customer_id=trade.customer)


def test_there_is_a_sample_of_everything_that_is_sent():
    assert SAMPLES.keys() == POSTINGS.keys()


@pytest.mark.parametrize("key", SAMPLES, ids=":".join)
def test_each_operation_sends_the_bytes_that_were_shown(firm: Trade, key: tuple[str, str]):
    sample, entity = SAMPLES[key], POSTINGS[key]
    trade, watch = firm, Watch(firm.world, firm.company)
    values, lines = sample.values(trade), sample.lines(trade) if sample.lines else None

    def leaves(operation: str, **more: int) -> None:
        sent = watch.keeps_its_word(**more)
        ids = {row["id"]: (row["entity"], row["kind"]) for row in watch.last}
        assert [each.operation for each in sent if ids[each.outbox_id] == key] == [operation], watch.last

    record = trade.save(key[1], lines, **values)
    leaves("create")
    trade.save(key[1], None, id=record, **sample.edit)
    leaves("update", changed=sample.moved)
    if key != ("Payment", "invoice"):  # its own record has nothing of it that may be empty
        trade.save(key[1], None, id=record, **sample.clear)
        leaves("update")
    if sample.others:
        trade.save(key[1], sample.others(trade), id=record)
        leaves("update")
    if not entity.document:
        trade.save(key[1], None, id=record, active=False)
        leaves("update")
        trade.save(key[1], None, id=record, active=True)
        leaves("update")
    trade.delete(key[1], record)
    leaves("delete", changed=sample.moved)
    assert trade.world.waiting(trade.company) == []



