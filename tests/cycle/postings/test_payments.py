"""Payments on invoices, unapplied parts, deposits; and what they do to the invoices, which is neither drift nor conflict."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from syncengine.engine import windows
from syncengine.inventory import writer
from syncengine.store import cursors
from tests.cycle.postings.test_sales import DAY, abbey, only, open_shop, records, sold
from tests.cycle.test_both_ways import one
from tests.cycle.test_payloads import act
from tests.support.world import World

Desk = tuple[World, int, dict[str, int]]


@pytest.fixture
def desk(begun: Callable[[Callable[[World], Desk]], Desk]) -> Desk:
    """A shop with an open invoice of 100, in step."""
    return begun(open_desk)


def open_desk(world: World) -> Desk:
    world, company, ids = open_shop(world)
    ids["invoice"] = invoice(world, company, ids, "I-1")
    assert world.sync(company).result == "ok"
    return world, company, ids


def invoice(world: World, company: int, ids: dict[str, int], number: str, **more: Any) -> int:
    lines = [{"item_id": ids["item"], "quantity": Decimal(2), "unit_price": Decimal(50)}]
    return world.save(company, "invoice", {"number": number, "customer_id": ids["customer"], "txn_date": DAY, **more}, lines)


def there(world: World, company: int, number: str = "I-1") -> Any:
    return one(world.query(company, f"SELECT * FROM Invoice WHERE DocNumber = '{number}'"))


def test_a_payment_pays_its_invoices_and_what_is_left_is_unapplied(world):
    world, company, ids = open_desk(world)
    second = invoice(world, company, ids, "I-2")
    world.save(
        company, "payment", {"customer_id": ids["customer"], "txn_date": DAY, "amount": Decimal("180.50"), "payment_reference": "1001"},
        [{"invoice_id": ids["invoice"], "amount": Decimal(100)}, {"invoice_id": second, "amount": Decimal("60.25")}],
    )  # fmt: skip
    assert world.sync(company).result == "ok", world.errors(company)
    payment = only(world, company, "Payment")
    assert (payment["TotalAmt"], payment["UnappliedAmt"], payment["PaymentRefNum"]) == (Decimal("180.50"), Decimal("20.25"), "1001")
    assert (there(world, company)["Balance"], there(world, company, "I-2")["Balance"]) == (0, Decimal("39.75"))
    settled = world.settle(company)
    assert (settled.sent, settled.result) == (0, "ok")
    assert world.waiting(company) == []
    assert world.errors(company) == []


def test_a_paid_invoice_can_still_be_edited_here(desk):
    world, company, ids = desk
    world.save(company, "payment", {"customer_id": ids["customer"], "txn_date": DAY, "amount": Decimal(40)}, [{"invoice_id": ids["invoice"], "amount": Decimal(40)}])
    world.sync(company)
    # Its SyncToken has moved on since we last saw it: the payment did that.
    world.save(company, "invoice", {"id": ids["invoice"], "customer_memo": "thank you"})
    assert world.sync(company).result == "ok"
    invoice = there(world, company)
    assert (invoice["CustomerMemo"]["value"], invoice["Balance"]) == ("thank you", 60)
    assert [each["TxnType"] for each in invoice["LinkedTxn"]] == ["Payment"]
    assert world.settle(company).sent == 0


def test_a_payment_typed_in_quickbooks_arrives_with_what_it_pays(desk):
    world, company, ids = desk
    payment = act(world, company, "create", entity="Payment", object={
        "CustomerRef": abbey(world, company), "TotalAmt": 70, "TxnDate": "2026-03-05", "PaymentRefNum": "77",
        "Line": [{"Amount": 30, "LinkedTxn": [{"TxnId": there(world, company)["Id"], "TxnType": "Invoice"}]}]})  # fmt: skip
    result = world.settle(company)
    assert (result.result, result.sent) == ("ok", 0)
    [here] = records(world, company, "payment")
    assert (here["amount"], here["payment_reference"], here["deposit_account"]) == (Decimal(70), "77", "Undeposited Funds")
    assert [(line["invoice_id"], line["amount"]) for line in here["lines"]] == [(ids["invoice"], Decimal(30))]
    # More of it is applied there, another note is written here: both stand.
    act(world, company, "edit", entity="Payment", id=payment["Id"], changes={
        "CustomerRef": abbey(world, company), "TotalAmt": 70,
        "Line": [{"Amount": 50, "LinkedTxn": [{"TxnId": there(world, company)["Id"], "TxnType": "Invoice"}]}]})  # fmt: skip
    world.save(company, "payment", {"id": here["id"], "private_note": "by post"})
    assert world.settle(company).result == "ok"
    assert records(world, company, "payment")[0]["lines"][0]["amount"] == Decimal(50)
    assert only(world, company, "Payment")["PrivateNote"].startswith("by post [T-")
    assert only(world, company, "Payment")["UnappliedAmt"] == 20
    assert world.settle(company).sent == 0


def test_a_payment_that_uses_a_credit_memo_keeps_it_when_it_is_edited_here(desk):
    world, company, _ = desk
    act(world, company, "set_preferences", changes={"SalesFormsPrefs": {"AutoApplyCredit": False}})
    memo = act(world, company, "create", entity="CreditMemo", object={"CustomerRef": abbey(world, company), "Line": [sold(world, company, qty=1)]})
    target = there(world, company)
    act(world, company, "create", entity="Payment", object={"CustomerRef": abbey(world, company), "TotalAmt": 10, "TxnDate": "2026-03-05", "Line": [
        {"Amount": 60, "LinkedTxn": [{"TxnId": target["Id"], "TxnType": "Invoice"}]},
        {"Amount": 50, "LinkedTxn": [{"TxnId": memo["Id"], "TxnType": "CreditMemo"}]}]})  # fmt: skip
    world.settle(company)
    [here] = records(world, company, "payment")
    assert [line["amount"] for line in here["lines"]] == [Decimal(60)]
    world.save(company, "payment", {"id": here["id"], "private_note": "with their credit"})
    assert world.sync(company).result == "ok", world.errors(company)
    kinds = {line["LinkedTxn"][0]["TxnType"]: line["Amount"] for line in only(world, company, "Payment")["Line"]}
    assert kinds == {"Invoice": 60, "CreditMemo": 50}
    world.save(company, "payment", {"id": here["id"]}, [{"id": here["lines"][0]["id"], "amount": Decimal(55)}])
    assert world.sync(company).result == "ok", world.errors(company)
    kinds = {line["LinkedTxn"][0]["TxnType"]: line["Amount"] for line in only(world, company, "Payment")["Line"]}
    assert kinds == {"Invoice": 55, "CreditMemo": 50}


def test_a_payment_voided_there_is_worth_nothing_here_and_one_deleted_here_goes_there(desk):
    world, company, ids = desk
    payment = world.save(company, "payment", {"customer_id": ids["customer"], "txn_date": DAY, "amount": Decimal(40)}, [{"invoice_id": ids["invoice"], "amount": Decimal(40)}])
    world.sync(company)
    world.settle(company)
    act(world, company, "void", entity="Payment", id=only(world, company, "Payment")["Id"])
    world.settle(company)
    here = world.record(company, "payment", payment)
    assert (here["amount"], here["lines"], here["private_note"]) == (Decimal(0), [], "Voided")
    assert there(world, company)["Balance"] == 100
    with world.site.database.writing() as connection:
        writer.delete(connection, "payment", company, payment)
    assert world.settle(company).result == "ok"
    assert world.query(company, "SELECT * FROM Payment") == []


def test_a_payment_deleted_in_quickbooks_goes_here_and_its_invoice_stays(desk):
    world, company, ids = desk
    world.save(company, "payment", {"customer_id": ids["customer"], "txn_date": DAY, "amount": Decimal(40)}, [{"invoice_id": ids["invoice"], "amount": Decimal(40)}])
    world.sync(company)
    world.settle(company)
    act(world, company, "delete", entity="Payment", id=only(world, company, "Payment")["Id"])
    result = world.settle(company)
    assert (result.result, result.sent) == ("ok", 0)
    assert records(world, company, "payment") == []
    assert there(world, company)["Balance"] == 100


def test_a_payment_of_more_than_there_is_is_refused_and_told(desk):
    world, company, ids = desk
    world.save(company, "payment", {"customer_id": ids["customer"], "txn_date": DAY, "amount": Decimal(40)}, [{"invoice_id": ids["invoice"], "amount": Decimal(60)}])
    assert world.sync(company).result == "errors"
    [error] = world.errors(company)
    assert error["cause"]
    assert world.query(company, "SELECT * FROM Payment") == []


def test_a_payment_on_a_sales_order_is_no_payment_in_quickbooks(desk):
    world, company, ids = desk
    order = world.save(company, "sales_order", {"number": "SO-1", "customer_id": ids["customer"]}, [])
    world.save(company, "payment", {"customer_id": ids["customer"], "txn_date": DAY, "amount": Decimal(40), "sales_order_id": order}, [])
    world.sync(company)
    assert world.query(company, "SELECT * FROM Payment") == []


def test_the_deposit_of_an_order_flows_as_a_payment_on_its_invoice(world):
    world, company, ids = open_desk(world)
    cash = world.save(company, "payment_method", {"name": "Cash in hand"})
    world.set(company, deposit_liability_account=liability(world, company))
    values = {"number": "SO-1", "customer_id": ids["customer"], "payment_method_id": cash, "txn_date": DAY, "deposit": Decimal("25.50")}
    order = world.save(company, "sales_order", values, [])
    world.clock.advance(300)
    world.sync(company)
    second = invoice(world, company, ids, "I-2", sales_order_id=order, deposit=Decimal("25.50"))
    assert world.sync(company).result == "ok", world.errors(company)
    payment = only(world, company, "Payment")
    assert payment["PrivateNote"].startswith("Deposit on invoice I-2 [T-")
    assert payment["TotalAmt"] == Decimal("25.50")
    account = one(world.query(company, "SELECT * FROM Account WHERE Name = 'Customer Deposits'"))
    assert payment["DepositToAccountRef"]["value"] == account["Id"]
    assert account["CurrentBalance"] == 0, "what the order's own entry owes the customer is owed no more"
    assert payment["PaymentMethodRef"]["value"] == one(world.query(company, "SELECT * FROM PaymentMethod WHERE Name = 'Cash in hand'"))["Id"]
    assert there(world, company, "I-2")["Balance"] == Decimal("74.50")
    assert world.settle(company).sent == 0
    assert records(world, company, "payment") == [], "it is the invoice's deposit, not a payment of its own"
    # It follows its invoice, and goes with the deposit.
    world.save(company, "invoice", {"id": second, "deposit": Decimal(30)})
    world.sync(company)
    assert (only(world, company, "Payment")["TotalAmt"], there(world, company, "I-2")["Balance"]) == (30, 70)
    world.save(company, "invoice", {"id": second, "deposit": None})
    assert world.settle(company).result == "ok"
    assert world.query(company, "SELECT * FROM Payment") == []
    assert there(world, company, "I-2")["Balance"] == 100


def liability(world: World, company: int) -> str:
    act(world, company, "create", entity="Account", object={"Name": "Customer Deposits", "AccountType": "Other Current Liability"})
    return "Customer Deposits"


def test_an_invoice_without_a_deposit_queues_nothing_but_itself(desk):
    world, company, ids = desk
    invoice(world, company, ids, "I-9")
    world.preview(company)
    assert world.sync(company).sent == 1


def test_a_second_page_of_payments_arrives_whole(sqlite_world):
    world, company, _ = open_shop(sqlite_world)
    customer = abbey(world, company)
    for number in range(1, 8):
        act(world, company, "create", entity="Payment", object={"CustomerRef": customer, "TotalAmt": number, "TxnDate": "2026-03-05"})
    pages = windows._PAGE
    try:
        windows._PAGE = 3
        with world.site.database.writing() as connection:
            cursors.forget(connection, company, "cdc")
        world.settle(company)
    finally:
        windows._PAGE = pages
    assert sorted(each["amount"] for each in records(world, company, "payment")) == [Decimal(number) for number in range(1, 8)]
