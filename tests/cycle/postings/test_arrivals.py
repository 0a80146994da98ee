"""What a new invoice or sales receipt from QuickBooks makes here: a shipment, or a sales order, once (A19)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from syncengine import failpoints
from syncengine.commands import change_settings
from syncengine.queries import Session
from tests.cycle.postings.test_sales import abbey, only, open_shop, records, sold
from tests.cycle.test_both_ways import one
from tests.cycle.test_payloads import act
from tests.support.world import World

Shop = tuple[World, int, dict[str, int]]


@pytest.fixture
def shop(begun: Callable[[Callable[[World], Shop]], Shop]) -> Shop:
    """A shop whose anchors have a standard cost of 20 and whose buoys have none."""
    return begun(_shop)


def _shop(world: World) -> Shop:
    world, company, ids = open_shop(world)
    world.save(company, "item", {"id": ids["item"], "standard_cost": Decimal(20)})
    world.settle(company)
    return world, company, ids


def switch(world: World, company: int, **settings: bool) -> None:
    """As a person does it, a while after the last thing that happened."""
    world.clock.advance(60)
    change_settings(Session(world.site.database, "owner", company, world.clock), settings)
    world.clock.advance(60)


def typed(world: World, company: int, entity: str = "Invoice", *lines: dict[str, Any], **more: Any) -> Any:
    return act(world, company, "create", entity=entity, object={
        "CustomerRef": abbey(world, company), "TxnDate": "2026-03-02", "Line": list(lines or [sold(world, company)]), **more})  # fmt: skip


def test_a_new_invoice_makes_a_shipment_at_standard_cost_once(shop):
    world, company, ids = shop
    typed(world, company, DocNumber="BEFORE")
    switch(world, company, ship_invoices=True)
    typed(world, company, "Invoice", sold(world, company), sold(world, company, "Buoy", 3, 10), DocNumber="AFTER")
    world.settle(company)
    [shipment] = records(world, company, "shipment")
    after = one([each for each in records(world, company, "invoice") if each["number"] == "AFTER"])
    assert (shipment["invoice_id"], shipment["customer_id"], shipment["txn_date"]) == (after["id"], ids["customer"], after["txn_date"])
    assert [(line["item_id"], line["quantity"], line["unit_cost"]) for line in shipment["lines"]] == [
        (ids["item"], Decimal(2), Decimal(20)), (ids["buoy"], Decimal(3), None)]  # fmt: skip
    assert shipment["private_note"] == "Made of invoice AFTER, which came from QuickBooks."
    # An edit there, and reading it again, make no second one.
    act(world, company, "edit", entity="Invoice", id=one(world.query(company, "SELECT * FROM Invoice WHERE DocNumber = 'AFTER'"))["Id"],
        changes={"CustomerRef": abbey(world, company), "CustomerMemo": {"value": "again"}})  # fmt: skip
    world.settle(company)
    world.settle(company)
    assert len(records(world, company, "shipment")) == 1


def test_our_own_invoices_ship_nothing_and_neither_does_a_service(shop):
    world, company, ids = shop
    switch(world, company, ship_invoices=True)
    world.save(company, "invoice", {"number": "OURS", "customer_id": ids["customer"]}, [{"item_id": ids["item"], "amount": Decimal(5)}])
    world.save(company, "item", {"name": "Advice", "type": "Service"})
    world.sync(company)
    typed(world, company, "Invoice", sold(world, company, "Advice", 1, 80), DocNumber="TALK")
    world.settle(company)
    assert len(records(world, company, "invoice")) == 2
    assert records(world, company, "shipment") == []


def test_a_crash_between_the_invoice_and_its_shipment_leaves_neither(shop):
    world, company, _ = shop
    switch(world, company, ship_invoices=True)
    typed(world, company)
    world.clock.advance(300)
    failpoints.arm("page.applied", failpoints.raise_crash)
    try:
        with pytest.raises(failpoints.Crash):
            world.sync(company)
    finally:
        failpoints.disarm()
    assert records(world, company, "invoice") == records(world, company, "shipment") == []
    world.clock.advance(600)
    world.settle(company)
    assert (len(records(world, company, "invoice")), len(records(world, company, "shipment"))) == (1, 1)


def test_a_new_sales_receipt_ships_under_its_own_setting(shop):
    world, company, _ = shop
    switch(world, company, ship_sales_receipts=True)
    typed(world, company, "SalesReceipt")
    typed(world, company, "Invoice")
    world.settle(company)
    [shipment] = records(world, company, "shipment")
    assert (shipment["sales_receipt_id"], shipment["invoice_id"]) == (records(world, company, "sales_receipt")[0]["id"], None)


def test_a_new_invoice_makes_a_sales_order_unless_it_makes_a_shipment(shop):
    world, company, _ = shop
    switch(world, company, order_invoices=True)
    typed(world, company, DocNumber="A")
    world.settle(company)
    [order] = records(world, company, "sales_order")
    [invoice] = records(world, company, "invoice")
    assert invoice["sales_order_id"] == order["id"]
    assert [(line["quantity"], line["unit_price"]) for line in order["lines"]] == [(Decimal(2), Decimal(50))]
    switch(world, company, ship_invoices=True)
    typed(world, company, DocNumber="B")
    result = world.settle(company)
    assert len(records(world, company, "sales_order")) == 1
    assert len(records(world, company, "shipment")) == 1
    assert result.result in {"ok", "errors"}
    assert only(world, company, "Customer")["DisplayName"] == "Abbey"


def test_what_was_switched_off_and_on_again_looks_forward_from_then(shop):
    world, company, _ = shop
    switch(world, company, ship_invoices=True)
    world.settle(company)
    switch(world, company, ship_invoices=False)
    typed(world, company, DocNumber="WHILE OFF")
    switch(world, company, ship_invoices=True)
    world.settle(company)
    assert records(world, company, "shipment") == []
    typed(world, company, DocNumber="ON")
    world.settle(company)
    assert len(records(world, company, "shipment")) == 1


def test_a_shipment_without_a_standard_cost_is_parked_with_its_reason_and_never_worth_nothing(shop):
    world, company, _ = shop
    world.set(company, asset_account="Inventory Asset", cogs_account="Cost of Goods Sold")
    switch(world, company, ship_invoices=True)
    typed(world, company, "Invoice", sold(world, company, "Buoy", 3, 10), DocNumber="DEAR")
    world.settle(company)
    world.sync(company)
    [error] = world.errors(company)
    assert error["cause"].startswith("line 1: unit_cost: ")
    [waiting] = world.waiting(company)
    assert (waiting["kind"], waiting["state"]) == ("shipment", "parked")
    [shipment] = records(world, company, "shipment")
    world.save(company, "shipment", {"id": shipment["id"]}, [{"id": shipment["lines"][0]["id"], "unit_cost": Decimal(4)}])
    assert world.sync(company).result == "ok"
    entry = only(world, company, "JournalEntry")
    assert [line["Amount"] for line in entry["Line"]] == [Decimal(12), Decimal(12)]
    assert "Made of invoice DEAR" in entry["PrivateNote"]
