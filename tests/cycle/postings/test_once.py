"""Each record is booked once: what is posted elsewhere goes, what is posted stands when only a setting changes, deposits count once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.cycle.test_payloads import act
from tests.support.trade import Trade

D = Decimal


def paid(trade: Trade) -> tuple[int, int]:
    """An order, and an unapplied payment of 50 that is in QuickBooks."""
    order = trade.save("sales_order", [trade.line("Anchor", 1)], number="SO-1", customer_id=trade.customer)
    payment = trade.save("payment", [], number="PM-1", customer_id=trade.customer, amount=D(50))
    trade.sync()
    return order, payment


def test_a_payment_that_moves_onto_an_order_is_booked_once_and_comes_back_as_one(both_trade):
    trade = both_trade
    order, payment = paid(trade)
    assert trade.balances() == {"Undeposited Funds": D(50), "Accounts Receivable (A/R)": D(-50)}
    trade.save("payment", id=payment, sales_order_id=order)
    trade.sync()
    assert trade.balances() == {"Undeposited Funds": D(50), "Payroll Clearing": D(-50)}
    assert trade.objects("Payment") == []
    assert trade.world.settle(trade.company).sent == 0
    assert trade.world.record(trade.company, "payment", payment)["amount"] == D(50), "the record stays"
    assert (trade.told(), trade.world.waiting(trade.company)) == ([], [])
    trade.save("payment", id=payment, sales_order_id=None)
    trade.sync()
    assert trade.balances() == {"Undeposited Funds": D(50), "Accounts Receivable (A/R)": D(-50)}
    assert trade.objects("JournalEntry") == []
    assert trade.world.settle(trade.company).sent == 0


def test_a_payment_edited_there_while_it_moves_onto_an_order_is_never_booked_twice(trade):
    order, payment = paid(trade)
    act(trade.world, trade.company, "edit", entity="Payment", id=trade.one("Payment")["Id"], changes={"TotalAmt": 60})
    trade.save("payment", id=payment, sales_order_id=order)
    trade.sync()
    assert trade.balances() == {"Undeposited Funds": D(60), "Payroll Clearing": D(-60)}, "their amount, booked our way"
    assert trade.world.settle(trade.company).sent == 0


@pytest.mark.parametrize(
    ("was", "entity", "type_"), [("bill", "Bill", None), ("check", "Purchase", "Check"), ("cash", "Purchase", "Cash")]
)
def test_a_receipt_stays_what_it_was_posted_as_when_the_companys_default_changes(trade, was, entity, type_):
    trade.world.set(trade.company, receipt_posts_as=was)
    receipt = trade.save("item_receipt", [trade.line("Anchor", 2, 10)], number="R-1", vendor_id=trade.vendor)
    trade.sync()
    first, books = trade.one(entity), trade.balances()
    for default in ("credit card", "bill", "none", "check"):
        trade.world.set(trade.company, **({} if default == was else {"receipt_posts_as": default}))
        trade.save("item_receipt", id=receipt, private_note=f"typo {default}")
        trade.sync()
        now = trade.one(entity)
        assert (now["Id"], now.get("PaymentType")) == (first["Id"], type_)
        assert f"typo {default}" in now["PrivateNote"]
        assert trade.balances() == books
    # The record's own word counts at once, and a new receipt follows the default of its day.
    trade.save("item_receipt", id=receipt, posts_as="none")
    trade.sync()
    assert (trade.objects("Bill"), trade.objects("Purchase"), trade.balances()) == ([], [], {})


def test_the_costs_of_a_drop_ship_order_stay_posted_when_the_company_posts_no_more_of_them(trade):
    trade.world.set(trade.company, close_drop_ship=True)
    values = {"vendor_id": trade.vendor, "drop_ship": True, "status": "closed", "closed_on": "2026-03-15"}
    order = trade.save("purchase_order", [trade.line("Anchor", 2, 10)], number="P-1", **values)
    trade.sync()
    books = trade.balances()
    assert books == {"Cost of Goods Sold": D(20), "Accounts Payable (A/P)": D(-20)}
    trade.world.set(trade.company, close_drop_ship=False)
    trade.save("purchase_order", id=order, private_note="typo")
    trade.save("purchase_order", [trade.line("Anchor", 1, 10)], number="P-2", **values)
    trade.sync()
    assert trade.balances() == books, "the old one stays, the new one posts nothing"
    trade.save("purchase_order", id=order, status="open", closed_on=None)
    trade.sync()
    assert (trade.objects("JournalEntry"), trade.balances()) == ([], {})


def sold(trade: Trade, **values: Any) -> dict[str, Any]:
    return {"item_id": trade.items["Anchor"], "quantity": D(1), "unit_price": D(100), **values}


def test_a_deposit_on_an_invoice_whose_order_has_none_comes_out_of_no_liability(trade):
    order = trade.save("sales_order", [sold(trade)], number="SO-1", customer_id=trade.customer)
    trade.save("invoice", [sold(trade)], number="I-1", customer_id=trade.customer, sales_order_id=order, deposit=D(50))
    trade.sync()
    assert trade.balances() == {"Accounts Receivable (A/R)": D(50), "Undeposited Funds": D(50), "Sales of Product Income": D(-100)}


@pytest.mark.parametrize("way", ["deposit", "payment", "both"])
def test_a_deposit_that_came_with_the_order_leaves_the_liability_with_its_invoice(trade, way):
    order = trade.save("sales_order", [sold(trade)], number="SO-1", customer_id=trade.customer, deposit=None if way == "payment" else D(50))
    if way != "deposit":
        trade.save("payment", [], number="PM-1", customer_id=trade.customer, amount=D(50), sales_order_id=order)
    trade.sync()
    assert trade.balances() == {"Undeposited Funds": D(50), "Payroll Clearing": D(-50)}
    trade.save("invoice", [sold(trade)], number="I-1", customer_id=trade.customer, sales_order_id=order, deposit=D(50))
    trade.sync()
    assert trade.balances() == {"Accounts Receivable (A/R)": D(50), "Undeposited Funds": D(50), "Sales of Product Income": D(-100)}


def test_a_payment_that_is_part_of_its_orders_deposit_is_booked_once_whenever_it_comes_or_goes(both_trade):
    trade = both_trade
    order = trade.save("sales_order", [sold(trade)], number="SO-1", customer_id=trade.customer, deposit=D(80))
    other = trade.save("sales_order", [sold(trade)], number="SO-2", customer_id=trade.customer, deposit=D(80))
    trade.sync()

    def owed() -> Decimal:
        trade.sync()
        assert trade.world.settle(trade.company).sent == 0
        return -trade.balances()["Payroll Clearing"]

    assert owed() == 160
    payment = trade.save("payment", [], number="PM-1", customer_id=trade.customer, amount=D(50), sales_order_id=order)
    assert owed() == 160, "30 of the order's own, 50 of the payment"
    assert sorted(entry["Line"][0]["Amount"] for entry in trade.objects("JournalEntry")) == [30, 50, 80]
    trade.save("payment", id=payment, amount=D(100))
    assert owed() == 180, "more than the deposit: the payment alone"
    trade.save("payment", id=payment, sales_order_id=other)
    assert owed() == 180
    assert sorted(entry["Line"][0]["Amount"] for entry in trade.objects("JournalEntry")) == [80, 100]
    trade.delete("payment", payment)
    assert owed() == 160
