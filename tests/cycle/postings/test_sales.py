"""Estimates, invoices and sales receipts, both ways, with their discounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from syncengine.inventory import reader, writer
from syncengine.inventory.tables import line_amount
from tests.cycle.test_both_ways import one
from tests.cycle.test_payloads import act
from tests.support.world import World

DAY = date(2026, 3, 2)


@pytest.fixture
def shop(begun: Callable[[Callable[[World], Any]], Any]) -> tuple[World, int, dict[str, int]]:
    """A company with a customer and two items, in step."""
    return begun(open_shop)


def open_shop(world: World) -> tuple[World, int, dict[str, int]]:
    company = world.company()
    ids = {
        "customer": world.save(company, "customer", {"name": "Abbey"}),
        "item": world.save(company, "item", {"name": "Anchor", "unit_price": Decimal(50)}),
        "buoy": world.save(company, "item", {"name": "Buoy", "unit_price": Decimal("9.99")}),
    }
    assert world.sync(company).result == "ok", world.errors(company)
    return world, company, ids


def only(world: World, company: int, entity: str) -> Any:
    return one(world.query(company, f"SELECT * FROM {entity}"))


def records(world: World, company: int, kind: str) -> list[Any]:
    with world.site.database.reading() as connection:
        return list(reader.load(connection, kind, company).values())


def worth(record: Any) -> Decimal:
    """What the lines of a document come to here."""
    return sum((line["amount"] if line["amount"] is not None else line_amount(line["quantity"], line["unit_price"], line["discount"] or Decimal(0))
                for line in record["lines"]), Decimal(0))  # fmt: skip


def sold(world: World, company: int, name: str = "Anchor", qty: int = 2, price: int = 50) -> dict[str, Any]:
    """A line as a bookkeeper types it."""
    item = one(world.query(company, f"SELECT * FROM Item WHERE Name = '{name}'"))
    return {"DetailType": "SalesItemLineDetail", "Amount": qty * price,
            "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "Qty": qty, "UnitPrice": price}}  # fmt: skip


def abbey(world: World, company: int) -> dict[str, str]:
    return {"value": only(world, company, "Customer")["Id"]}


# --- estimates -----------------------------------------------------------------------------------------------------


def test_an_estimate_goes_there_and_becomes_an_invoice_that_closes_it_here_too(shop):
    world, company, ids = shop
    estimate = world.save(
        company, "estimate", {"number": "E-1", "customer_id": ids["customer"], "txn_date": DAY, "expiration_date": date(2026, 4, 2)},
        [{"item_id": ids["item"], "quantity": Decimal(2), "unit_price": Decimal(50)}],
    )  # fmt: skip
    assert world.sync(company).result == "ok"
    there = only(world, company, "Estimate")
    assert (there["DocNumber"], there["TxnStatus"], there["ExpirationDate"], there["TotalAmt"]) == ("E-1", "Pending", "2026-04-02", 100)
    world.save(company, "estimate", {"id": estimate, "status": "accepted"})
    world.sync(company)
    assert only(world, company, "Estimate")["TxnStatus"] == "Accepted"
    invoice = world.save(
        company, "invoice", {"number": "I-1", "customer_id": ids["customer"], "txn_date": DAY, "estimate_id": estimate},
        [{"item_id": ids["item"], "quantity": Decimal(2), "unit_price": Decimal(50)}],
    )  # fmt: skip
    assert world.sync(company).result == "ok"
    assert only(world, company, "Invoice")["LinkedTxn"] == [{"TxnId": there["Id"], "TxnType": "Estimate"}]
    world.settle(company)
    assert world.record(company, "estimate", estimate)["status"] == "closed"
    assert world.record(company, "invoice", invoice)["estimate_id"] == estimate
    assert world.settle(company).sent == 0


def test_an_estimate_typed_in_quickbooks_and_its_invoice_arrive_linked_and_edits_on_both_sides_merge(shop):
    world, company, _ = shop
    estimate = act(world, company, "create", entity="Estimate", object={
        "CustomerRef": abbey(world, company), "DocNumber": "Q-7", "TxnDate": "2026-03-02", "Line": [sold(world, company)]})  # fmt: skip
    world.settle(company)
    [here] = records(world, company, "estimate")
    assert (here["number"], here["status"], worth(here)) == ("Q-7", "pending", Decimal(100))
    act(world, company, "create", entity="Invoice", object={
        "CustomerRef": abbey(world, company), "TxnDate": "2026-03-02", "Line": [sold(world, company)],
        "LinkedTxn": [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]})  # fmt: skip
    world.settle(company)
    [invoice] = records(world, company, "invoice")
    assert invoice["estimate_id"] == here["id"]
    assert records(world, company, "estimate")[0]["status"] == "closed"
    act(world, company, "edit", entity="Estimate", id=estimate["Id"], changes={
        "CustomerRef": abbey(world, company), "CustomerMemo": {"value": "as agreed"}})  # fmt: skip
    world.save(company, "estimate", {"id": here["id"], "expiration_date": date(2026, 5, 1)})
    assert world.settle(company).result == "ok"
    there = only(world, company, "Estimate")
    assert (there["CustomerMemo"]["value"], there["ExpirationDate"]) == ("as agreed", "2026-05-01")
    assert records(world, company, "estimate")[0]["customer_memo"] == "as agreed"


def test_a_deleted_estimate_goes_on_the_other_side_too(shop):
    world, company, ids = shop
    lines = [{"item_id": ids["item"], "quantity": Decimal(1), "unit_price": Decimal(5)}]
    first = world.save(company, "estimate", {"number": "E-1", "customer_id": ids["customer"], "txn_date": DAY}, lines)
    world.save(company, "estimate", {"number": "E-2", "customer_id": ids["customer"], "txn_date": DAY}, lines)
    world.sync(company)
    world.settle(company)
    with world.site.database.writing() as connection:
        writer.delete(connection, "estimate", company, first)
    world.sync(company)
    there = only(world, company, "Estimate")
    assert there["DocNumber"] == "E-2"
    act(world, company, "delete", entity="Estimate", id=there["Id"])
    world.settle(company)
    assert records(world, company, "estimate") == []


# --- sales receipts ------------------------------------------------------------------------------------------------


def test_a_sales_receipt_says_how_it_was_paid_and_where_the_money_went(shop):
    world, company, ids = shop
    card = world.save(company, "payment_method", {"name": "Card of theirs", "type": "credit card"})
    receipt = world.save(
        company, "sales_receipt",
        {"number": "S-1", "customer_id": ids["customer"], "txn_date": DAY, "payment_method_id": card, "payment_reference": "4711", "deposit_account": "Checking"},
        [{"item_id": ids["item"], "quantity": Decimal(1), "unit_price": Decimal("19.99"), "taxable": True}],
    )  # fmt: skip
    assert world.sync(company).result == "ok", world.errors(company)
    there = only(world, company, "SalesReceipt")
    assert (there["PaymentRefNum"], there["DepositToAccountRef"]["name"], there["TotalAmt"]) == ("4711", "Checking", Decimal("19.99"))
    assert there["PaymentMethodRef"]["value"] == one(world.query(company, "SELECT * FROM PaymentMethod WHERE Name = 'Card of theirs'"))["Id"]
    world.save(company, "sales_receipt", {"id": receipt, "deposit_account": None})
    world.sync(company)
    assert only(world, company, "SalesReceipt")["DepositToAccountRef"]["name"] == "Undeposited Funds"
    assert world.settle(company).sent == 0


def test_a_sales_receipt_typed_in_quickbooks_arrives_and_a_void_there_is_a_void_here(shop):
    world, company, _ = shop
    there = act(world, company, "create", entity="SalesReceipt", object={
        "CustomerRef": abbey(world, company), "TxnDate": "2026-03-02", "PaymentRefNum": "88", "Line": [sold(world, company)]})  # fmt: skip
    world.settle(company)
    [here] = records(world, company, "sales_receipt")
    assert (here["payment_reference"], here["deposit_account"], worth(here)) == ("88", "Undeposited Funds", Decimal(100))
    assert world.settle(company).sent == 0
    act(world, company, "void", entity="SalesReceipt", id=there["Id"])
    world.settle(company)
    [here] = records(world, company, "sales_receipt")
    assert (worth(here), here["private_note"]) == (Decimal(0), "Voided")
    assert world.settle(company).sent == 0


# --- discounts and totals ------------------------------------------------------------------------------------------


def discounted(ids: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {"item_id": ids["item"], "quantity": Decimal(2), "unit_price": Decimal(50), "discount": Decimal("0.15")},
        {"item_id": ids["buoy"], "quantity": Decimal(3), "unit_price": Decimal("9.99"), "discount": Decimal("0.1")},
        {"item_id": ids["buoy"], "quantity": Decimal(1), "unit_price": Decimal("9.99")},
    ]


@pytest.mark.parametrize("as_lines", [False, True])
def test_an_invoice_with_discounts_comes_to_the_same_either_way(shop, as_lines):
    world, company, ids = shop
    world.set(company, discounts_as_lines=as_lines)
    invoice = world.save(company, "invoice", {"number": "I-1", "customer_id": ids["customer"], "txn_date": DAY}, discounted(ids))
    assert world.sync(company).result == "ok"
    there = only(world, company, "Invoice")
    # 85.00 + 26.97 (29.97 less 2.997, half up) + 9.99
    assert there["TotalAmt"] == Decimal("121.96")
    taken_off = [line["Amount"] for line in there["Line"] if line["DetailType"] == "DiscountLineDetail"]
    assert taken_off == ([Decimal("18.00")] if as_lines else [])
    assert [line["Amount"] for line in there["Line"] if line["DetailType"] == "SubTotalLineDetail"] == [Decimal("139.96" if as_lines else "121.96")]
    assert world.settle(company).sent == 0
    # An edit there of one line leaves the discounts of the others as they are.
    lines = [line for line in there["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    lines[2]["Description"] = "the last one"
    act(world, company, "edit", entity="Invoice", id=there["Id"], changes={"CustomerRef": there["CustomerRef"], "Line": lines})
    before = world.record(company, "invoice", invoice)["lines"]
    assert world.settle(company).received == 1
    after = world.record(company, "invoice", invoice)
    assert after["lines"][:2] == before[:2]
    assert (after["lines"][2]["description"], worth(after)) == ("the last one", Decimal("121.96"))
    assert world.settle(company).sent == 0


def test_a_discount_in_percent_typed_in_quickbooks_is_a_fraction_of_each_line_here(shop):
    world, company, _ = shop
    world.set(company, discounts_as_lines=True)
    lines = [sold(world, company), sold(world, company, "Buoy", 3, 10),
             {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}}]  # fmt: skip
    act(world, company, "create", entity="Invoice", object={"CustomerRef": abbey(world, company), "TxnDate": "2026-03-02", "Line": lines})
    assert world.settle(company).result == "ok"
    [here] = records(world, company, "invoice")
    assert [(line["unit_price"], line["discount"]) for line in here["lines"]] == [(Decimal(50), Decimal("0.1")), (Decimal(10), Decimal("0.1"))]
    assert worth(here) == only(world, company, "Invoice")["TotalAmt"] == Decimal(117)
    # An edit here goes back with the discount line.
    world.save(company, "invoice", {"id": here["id"]}, [{"id": here["lines"][0]["id"], "quantity": Decimal(4)}, {"id": here["lines"][1]["id"]}])
    assert world.sync(company).result == "ok"
    assert only(world, company, "Invoice")["TotalAmt"] == Decimal(207)
    assert world.settle(company).sent == 0


def test_without_discounts_in_quickbooks_a_discount_line_is_refused_before_it_is_sent(shop):
    world, company, ids = shop
    world.set(company, discounts_as_lines=True)
    act(world, company, "set_preferences", changes={"SalesFormsPrefs": {"AllowDiscount": False}})
    world.clock.advance(2 * 86_400)
    world.sync(company)
    world.save(company, "invoice", {"number": "I-1", "customer_id": ids["customer"], "txn_date": DAY}, discounted(ids))
    assert world.sync(company).result == "errors"
    [error] = world.errors(company)
    assert error["cause"] == "line 1: discount: Discounts are switched off in QuickBooks, which would leave it out in silence."
    assert world.query(company, "SELECT * FROM Invoice") == []


def test_an_invoice_that_is_worth_nothing_is_an_invoice(shop):
    world, company, ids = shop
    world.save(company, "invoice", {"number": "FREE", "customer_id": ids["customer"], "txn_date": DAY},
               [{"item_id": ids["item"], "quantity": Decimal(1), "unit_price": Decimal(0)}])  # fmt: skip
    assert world.sync(company).result == "ok"
    assert only(world, company, "Invoice")["TotalAmt"] == 0
    assert world.settle(company).sent == 0


def test_a_customer_return_with_a_credit_memo_credits_the_customer_and_one_without_does_not(shop):
    world, company, ids = shop
    lines = [{"item_id": ids["item"], "quantity": Decimal(1), "unit_price": Decimal(50), "restock_cost": Decimal(20)}]
    world.save(company, "customer_return", {"number": "RET-1", "customer_id": ids["customer"], "txn_date": DAY, "credit_memo": True}, lines)
    second = world.save(company, "customer_return", {"number": "RET-2", "customer_id": ids["customer"], "txn_date": DAY}, lines)
    world.sync(company)
    there = only(world, company, "CreditMemo")
    assert (there["DocNumber"], there["TotalAmt"]) == ("RET-1", 50)
    world.save(company, "customer_return", {"id": second, "credit_memo": True})
    world.sync(company)
    assert len(world.query(company, "SELECT * FROM CreditMemo")) == 2
    world.save(company, "customer_return", {"id": second, "credit_memo": False})
    world.sync(company)
    assert only(world, company, "CreditMemo")["DocNumber"] == "RET-1", "what is credited no more is taken back"
    # One that a bookkeeper types is a copy to look at, and makes no return.
    act(world, company, "create", entity="CreditMemo", object={"CustomerRef": abbey(world, company), "Line": [sold(world, company)]})
    world.settle(company)
    assert len(records(world, company, "customer_return")) == 2
