"""Custom fields travel where QuickBooks has one of exactly that name, and leave the others alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.cycle.postings.test_sales import DAY, abbey, only, open_shop, records, sold
from tests.cycle.test_payloads import act
from tests.support.world import World


def define(world: World, company: int, **names: str) -> None:
    """Fields of QuickBooks' sales forms: slot -> name."""
    flags = [{"Name": f"SalesFormsPrefs.UseSalesCustom{slot[1:]}", "Type": "BooleanType", "BooleanValue": True} for slot in names]
    called = [{"Name": f"SalesFormsPrefs.SalesCustomName{slot[1:]}", "Type": "StringType", "StringValue": name} for slot, name in names.items()]
    fields = [{"CustomField": flags}, {"CustomField": called}]
    act(world, company, "set_preferences", changes={"SalesFormsPrefs": {"CustomField": fields}})
    world.clock.advance(2 * 86_400)
    world.sync(company)


def values(form: Any) -> dict[str, str]:
    return {field["DefinitionId"]: field["StringValue"] for field in form["CustomField"] if "StringValue" in field}


def test_a_field_travels_by_its_exact_name_whatever_its_place(sqlite_world):
    world, company, ids = open_shop(sqlite_world)
    define(world, company, _1="Crew #", _2="Sales Rep", _3="Dock")
    world.save(company, "custom_field", {"name": "Sales Rep", "slot": 1})
    world.save(company, "custom_field", {"name": "crew #", "slot": 2})
    world.save(company, "custom_field", {"name": "Dock", "slot": 3, "on_sales": False})
    lines = [{"item_id": ids["item"], "quantity": Decimal(1), "unit_price": Decimal(5)}]
    invoice = world.save(company, "invoice", {"number": "I-1", "customer_id": ids["customer"], "txn_date": DAY, "custom1": "Ann", "custom2": "7", "custom3": "B"}, lines)
    assert world.sync(company).result == "ok"
    assert values(only(world, company, "Invoice")) == {"2": "Ann"}, "`crew #` is not `Crew #`, and Dock is on no sales form here"
    # A bookkeeper fills the others in and changes ours: theirs survive our edits, ours arrives.
    there = only(world, company, "Invoice")
    act(world, company, "edit", entity="Invoice", id=there["Id"], changes={"CustomerRef": there["CustomerRef"], "CustomField": [
        {"DefinitionId": "1", "Type": "StringType", "StringValue": "C9"}, {"DefinitionId": "2", "Type": "StringType", "StringValue": "Bob"}]})  # fmt: skip
    world.settle(company)
    here = world.record(company, "invoice", invoice)
    assert (here["custom1"], here["custom2"], here["custom3"]) == ("Bob", "7", "B")
    world.save(company, "invoice", {"id": invoice, "custom1": "Cleo"})
    world.sync(company)
    assert values(only(world, company, "Invoice")) == {"1": "C9", "2": "Cleo"}
    world.save(company, "invoice", {"id": invoice, "custom1": None})
    world.sync(company)
    assert values(only(world, company, "Invoice")) == {"1": "C9"}
    assert world.settle(company).sent == 0


def test_estimates_and_receipts_have_them_and_forms_typed_there_bring_them(sqlite_world):
    world, company, ids = open_shop(sqlite_world)
    define(world, company, _1="Crew #")
    world.save(company, "custom_field", {"name": "Crew #", "slot": 3})
    lines = [{"item_id": ids["item"], "quantity": Decimal(1), "unit_price": Decimal(5)}]
    for kind in ("estimate", "sales_receipt"):
        world.save(company, kind, {"number": kind[:8], "customer_id": ids["customer"], "txn_date": DAY, "custom3": "9"}, lines)
    world.sync(company)
    assert values(only(world, company, "Estimate")) == values(only(world, company, "SalesReceipt")) == {"1": "9"}
    act(world, company, "create", entity="Invoice", object={"CustomerRef": abbey(world, company), "TxnDate": "2026-03-02", "Line": [sold(world, company)],
        "CustomField": [{"DefinitionId": "1", "Type": "StringType", "StringValue": "12"}]})  # fmt: skip
    world.settle(company)
    assert records(world, company, "invoice")[0]["custom3"] == "12"


def test_a_text_too_long_for_quickbooks_is_told_and_none_travels_without_a_namesake(sqlite_world):
    world, company, ids = open_shop(sqlite_world)
    lines = [{"item_id": ids["item"], "quantity": Decimal(1), "unit_price": Decimal(5)}]
    invoice = world.save(company, "invoice", {"number": "I-1", "customer_id": ids["customer"], "txn_date": DAY, "custom1": "x" * 40}, lines)
    assert world.sync(company).result == "ok"
    define(world, company, _1="Crew #")
    world.save(company, "custom_field", {"name": "Crew #", "slot": 1})
    world.save(company, "invoice", {"id": invoice, "customer_memo": "!"})
    assert world.sync(company).result == "errors"
    [error] = world.errors(company)
    assert error["cause"] == "custom1: It has 40 characters; QuickBooks takes 31."
