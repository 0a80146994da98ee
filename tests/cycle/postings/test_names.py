"""Payment methods, categories of items, and what customers and vendors say besides their names."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from syncengine.inventory import reader
from tests.cycle.test_both_ways import one
from tests.cycle.test_payloads import act
from tests.support.world import World


@pytest.fixture
def company(sqlite_world: World) -> int:
    return sqlite_world.company()


def named(world: World, company: int, entity: str, name: str, prop: str = "Name") -> Any:
    return one(world.query(company, f"SELECT * FROM {entity} WHERE {prop} = '{name}' AND Active IN (true, false)"))


def test_a_payment_method_goes_there_and_one_typed_there_comes_here_and_edits_follow(world):
    company = world.company()
    card = world.save(company, "payment_method", {"name": "Visa of ours", "type": "credit card"})
    assert world.sync(company).result == "ok"
    there = named(world, company, "PaymentMethod", "Visa of ours")
    assert there["Type"] == "CREDIT_CARD"
    act(world, company, "create", entity="PaymentMethod", object={"Name": "Barter", "Type": "NON_CREDIT_CARD"})
    act(world, company, "edit", entity="PaymentMethod", id=there["Id"], changes={"Name": "Visa Two", "Type": "CREDIT_CARD"})
    world.settle(company)
    barter = one([each for each in everything(world, company, "payment_method") if each["name"] == "Barter"])
    assert barter["type"] == "other"
    assert world.record(company, "payment_method", card)["name"] == "Visa Two"
    world.save(company, "payment_method", {"id": barter["id"], "active": False})
    assert world.sync(company).result == "ok"
    assert named(world, company, "PaymentMethod", "Barter (deleted)")["Active"] is False
    assert world.settle(company).sent == 0


def everything(world: World, company: int, kind: str) -> list[Any]:
    with world.site.database.reading() as connection:
        return list(reader.load(connection, kind, company).values())


def test_an_item_stands_in_its_category_and_moves_with_it(sqlite_world, company):
    world = sqlite_world
    sea = world.save(company, "category", {"name": "Sea"})
    deep = world.save(company, "category", {"name": "Deep", "parent_id": sea})
    anchor = world.save(company, "item", {"name": "Anchor", "category_id": deep})
    assert world.sync(company).result == "ok"
    there = named(world, company, "Item", "Anchor")
    assert (there["FullyQualifiedName"], there["SubItem"]) == ("Sea:Deep:Anchor", True)
    assert named(world, company, "Item", "Deep")["Type"] == "Category"
    world.save(company, "item", {"id": anchor, "category_id": sea})
    world.sync(company)
    assert named(world, company, "Item", "Anchor")["FullyQualifiedName"] == "Sea:Anchor"
    world.save(company, "item", {"id": anchor, "category_id": None})
    world.sync(company)
    assert named(world, company, "Item", "Anchor")["FullyQualifiedName"] == "Anchor"
    assert world.settle(company).sent == 0


def test_a_category_typed_in_quickbooks_arrives_with_the_items_in_it(sqlite_world, company):
    world = sqlite_world
    world.sync(company)
    income = one(world.query(company, "SELECT * FROM Account WHERE Name = 'Sales of Product Income'"))["Id"]
    category = act(world, company, "create", entity="Item", object={"Name": "Ropes", "Type": "Category"})
    act(world, company, "create", entity="Item", object={
        "Name": "Hawser", "Type": "NonInventory", "IncomeAccountRef": {"value": income}, "SubItem": True,
        "ParentRef": {"value": category["Id"]}})  # fmt: skip
    assert world.settle(company).result == "ok"
    [ropes] = everything(world, company, "category")
    hawser = one([each for each in everything(world, company, "item") if each["name"] == "Hawser"])
    assert (ropes["name"], hawser["category_id"]) == ("Ropes", ropes["id"])
    assert world.settle(company).sent == 0
    # A new name there is a new name here, and the other way round.
    act(world, company, "edit", entity="Item", id=category["Id"], changes={"Name": "Cordage", "Type": "Category"})
    world.settle(company)
    assert everything(world, company, "category")[0]["name"] == "Cordage"
    world.save(company, "category", {"id": ropes["id"], "name": "Lines"})
    world.sync(company)
    assert named(world, company, "Item", "Hawser")["FullyQualifiedName"] == "Lines:Hawser"


def test_a_name_longer_than_quickbooks_takes_is_said_with_its_limit(sqlite_world, company):
    world = sqlite_world
    world.save(company, "payment_method", {"name": "x" * 32})
    world.save(company, "category", {"name": "c" * 101})
    assert world.sync(company).result == "errors"
    told = sorted(error["cause"] for error in world.errors(company))
    assert told == [
        "name: It has 101 characters; QuickBooks takes 100.",
        "name: It has 32 characters; QuickBooks takes 31.",
    ]


def test_an_untaxed_customer_needs_a_reason_where_quickbooks_computes_the_tax(sqlite_world, company):
    world = sqlite_world
    world.sync(company)
    act(world, company, "set_preferences", changes={"TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": True}})
    world.clock.advance(2 * 86_400)
    world.sync(company)
    customer = world.save(company, "customer", {"name": "Abbey", "taxable": False, "resale_number": "R-1"})
    assert world.sync(company).result == "errors"
    [error] = world.errors(company)
    assert error["cause"].startswith("tax_exemption_reason: QuickBooks computes sales tax by itself")
    world.save(company, "customer", {"id": customer, "tax_exemption_reason": 4})
    assert world.sync(company).result == "ok"
    there = named(world, company, "Customer", "Abbey", "DisplayName")
    assert (there["Taxable"], str(there["TaxExemptionReasonId"]), there["ResaleNum"]) == (False, "4", "R-1")
    assert world.settle(company).sent == 0
    world.save(company, "customer", {"id": customer, "taxable": True})
    assert world.sync(company).result == "ok"
    there = named(world, company, "Customer", "Abbey", "DisplayName")
    assert (there["Taxable"], there.get("TaxExemptionReasonId")) == (True, None)


def test_a_customers_payment_method_travels_both_ways(sqlite_world, company):
    world = sqlite_world
    cash = world.save(company, "payment_method", {"name": "Cash in hand"})
    customer = world.save(company, "customer", {"name": "Abbey", "payment_method_id": cash})
    world.sync(company)
    there = named(world, company, "Customer", "Abbey", "DisplayName")
    assert there["PaymentMethodRef"]["value"] == named(world, company, "PaymentMethod", "Cash in hand")["Id"]
    other = act(world, company, "create", entity="PaymentMethod", object={"Name": "Cheque"})
    act(world, company, "edit", entity="Customer", id=there["Id"], changes={"DisplayName": "Abbey", "PaymentMethodRef": {"value": other["Id"]}})
    world.settle(company)
    cheque = one([each for each in everything(world, company, "payment_method") if each["name"] == "Cheque"])
    assert world.record(company, "customer", customer)["payment_method_id"] == cheque["id"]


def test_an_account_renamed_in_quickbooks_is_renamed_wherever_it_is_named_here(sqlite_world, company):
    world = sqlite_world
    world.sync(company)
    world.set(company, asset_account="Inventory Asset")
    customer = world.save(company, "customer", {"name": "Abbey"})
    item = world.save(company, "item", {"name": "Anchor", "asset_account": "Inventory Asset", "standard_cost": Decimal(3)})
    adjustment = world.save(company, "adjustment", {"account": "Inventory Asset", "txn_date": world.clock.now().date()}, [{"item_id": item, "amount": Decimal(0)}])
    receipt = world.save(company, "sales_receipt", {"customer_id": customer, "deposit_account": "Inventory Asset"}, [{"item_id": item, "amount": Decimal(1)}])
    world.settle(company)
    account = one(world.query(company, "SELECT * FROM Account WHERE Name = 'Inventory Asset'"))
    act(world, company, "edit", entity="Account", id=account["Id"], changes={"Name": "Stock", "AccountType": "Other Current Asset"})
    result = world.settle(company)
    assert (result.result, result.sent) == ("ok", 0)
    assert world.record(company, "item", item)["asset_account"] == "Stock"
    assert world.record(company, "adjustment", adjustment)["account"] == "Stock"
    assert world.record(company, "sales_receipt", receipt)["deposit_account"] == "Stock"
