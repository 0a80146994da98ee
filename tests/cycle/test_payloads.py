"""What an update leaves alone: values that QuickBooks holds and the inventory says nothing of survive every edit here."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from syncengine.quickbooks import wire
from syncengine.store import settings
from tests.cycle.test_both_ways import one, small_trade
from tests.support.world import World

CRATE = [{"DefinitionId": "1", "Name": "Crate", "Type": "StringType", "StringValue": "C9"}]


def act(world: World, company: int, action: str, **wish: Any) -> Any:
    """A bookkeeper's act, with what was read given back as it came."""
    found = world.actor(company, action, **json.loads(wire.dumps(wish)))
    return found.get("object", found) if isinstance(found, dict) else found


def only(world: World, company: int, entity: str) -> Any:
    """The only object of its kind in QuickBooks."""
    return one(world.query(company, f"select * from {entity}"))


def give_an_account_of_its_own(world: World, company: int) -> str:
    """The Id of a second payable account, which the only purchase order now has."""
    account = act(world, company, "create", entity="Account", object={"Name": "A/P Two", "AccountType": "Accounts Payable"})
    theirs = only(world, company, "PurchaseOrder")
    changes = {"VendorRef": theirs["VendorRef"], "APAccountRef": {"value": account["Id"]}}
    act(world, company, "edit", entity="PurchaseOrder", id=theirs["Id"], changes=changes)
    return str(account["Id"])


def fill_the_first_line(world: World, company: int) -> Any:
    """The first line of the only invoice, once a bookkeeper gave it parts that have no place in the inventory."""
    theirs = only(world, company, "Invoice")
    lines = [line for line in theirs["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    lines[0]["SalesItemLineDetail"].setdefault("ItemAccountRef", {"value": "1"})
    lines[0]["CustomField"] = CRATE
    changes = {"Line": lines, "CustomerRef": theirs["CustomerRef"]}
    act(world, company, "edit", entity="Invoice", id=theirs["Id"], changes=changes)
    return only(world, company, "Invoice")["Line"][0]


def test_a_purchase_order_keeps_its_own_payable_account(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    account = give_an_account_of_its_own(world, company)
    world.settle(company)

    world.save(company, "purchase_order", {"id": ids["purchase_order"], "vendor_memo": "x"})
    assert world.settle(company).result == "ok"

    theirs = only(world, company, "PurchaseOrder")
    assert (theirs["Memo"], theirs["APAccountRef"]["value"]) == ("x", account)


def test_another_default_account_is_for_new_orders_and_clashes_with_no_old_one(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    act(world, company, "create", entity="Account", object={"Name": "A/P Three", "AccountType": "Accounts Payable"})
    account = give_an_account_of_its_own(world, company)
    with world.site.database.writing() as connection:
        settings.put(connection, company, "payable_account", "A/P Three")

    world.save(company, "purchase_order", {"id": ids["purchase_order"], "vendor_memo": "x"})
    assert world.settle(company).result == "ok", world.errors(company)
    theirs = only(world, company, "PurchaseOrder")
    assert (theirs["Memo"], theirs["APAccountRef"]["value"]) == ("x", account)

    act(world, company, "delete", entity="PurchaseOrder", id=theirs["Id"])
    assert world.settle(company).result == "ok", world.errors(company)
    assert world.record(company, "purchase_order", ids["purchase_order"]) is None


def test_unknown_parts_of_a_line_survive_an_edit_of_the_header(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    before = fill_the_first_line(world, company)
    world.settle(company)

    world.save(company, "invoice", {"id": ids["invoice"], "customer_memo": "x"})
    assert world.settle(company).result == "ok"

    theirs = only(world, company, "Invoice")
    assert theirs["CustomerMemo"]["value"] == "x"
    assert theirs["Line"][0] == before


def test_unknown_parts_of_a_line_survive_an_edit_of_the_line(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    before = fill_the_first_line(world, company)
    world.settle(company)

    lines = [dict(line) for line in world.record(company, "invoice", ids["invoice"])["lines"]]
    lines[0]["quantity"] = Decimal(20)
    world.save(company, "invoice", {"id": ids["invoice"]}, lines)
    assert world.settle(company).result == "ok", world.errors(company)

    after = only(world, company, "Invoice")["Line"][0]
    detail = {**before["SalesItemLineDetail"], "Qty": 20}
    assert after == {**before, "Amount": Decimal("166.6"), "SalesItemLineDetail": detail}
