"""An adjustment posts one journal entry, follows its edits, and posts nothing when it is worth nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.support.world import World


@pytest.fixture
def stock(world: World) -> tuple[World, int, int]:
    """A company whose accounts for adjustments are set, and an item in it."""
    company = world.company()
    world.sync(company)
    world.set(company, asset_account="Inventory Asset", adjustment_account="Inventory Shrinkage")
    item = world.save(company, "item", {"code": "A1", "name": "Anchor"})
    return world, company, item


def entries(world: World, company: int) -> list[dict[str, Any]]:
    return world.query(company, "SELECT * FROM JournalEntry")


def sides(entry: dict[str, Any]) -> list[tuple[str, str, Decimal]]:
    return [
        (line["JournalEntryLineDetail"]["PostingType"], line["JournalEntryLineDetail"]["AccountRef"]["name"], line["Amount"])
        for line in entry["Line"]
    ]


def test_found_stock_is_debited_to_the_asset_and_credited_to_the_adjustment_account(stock):
    world, company, item = stock
    lines = [{"item_id": item, "quantity": Decimal(3), "unit_cost": Decimal("9.995")}]
    world.save(company, "adjustment", {"number": "ADJ-547", "txn_date": world.clock.now().date()}, lines)
    assert world.sync(company).result == "ok"
    [entry] = entries(world, company)
    assert sides(entry) == [("Debit", "Inventory Asset", Decimal("29.99")), ("Credit", "Inventory Shrinkage", Decimal("29.99"))]
    assert entry["DocNumber"] == "TO-1"
    assert entry["PrivateNote"].startswith("Adjustment ADJ-547 [T-")
    assert entry["Line"][0]["Description"] == "Anchor, 3 pcs"
    assert world.settle(company).sent == 0


def test_an_edit_changes_the_same_entry_and_a_worthless_one_takes_it_back(stock):
    world, company, item = stock
    adjustment = world.save(company, "adjustment", {"number": "A", "txn_date": world.clock.now().date()}, [{"item_id": item, "amount": Decimal(-5)}])
    world.sync(company)
    [first] = entries(world, company)
    assert sides(first)[0] == ("Credit", "Inventory Asset", Decimal(5))
    [line] = world.record(company, "adjustment", adjustment)["lines"]
    world.save(company, "adjustment", {"id": adjustment}, [{"id": line["id"], "item_id": item, "amount": Decimal(7)}])
    world.sync(company)
    [second] = entries(world, company)
    assert (second["Id"], second["DocNumber"]) == (first["Id"], first["DocNumber"])
    assert sides(second)[0] == ("Debit", "Inventory Asset", Decimal(7))
    world.save(company, "adjustment", {"id": adjustment}, [{"id": line["id"], "item_id": item, "amount": Decimal(0)}])
    assert world.sync(company).result == "ok"
    assert entries(world, company) == []
    world.save(company, "adjustment", {"id": adjustment}, [{"id": line["id"], "item_id": item, "amount": Decimal(1)}])
    assert world.sync(company).result == "ok"
    [third] = entries(world, company)
    assert third["DocNumber"] == first["DocNumber"]
    assert third["Id"] != first["Id"]


def test_two_kinds_of_one_id_have_entries_of_their_own(stock):
    """A record id is told apart by its kind everywhere: in the queue, in bindings and in markers."""
    world, company, item = stock
    today = world.clock.now().date()
    adjustment = world.save(company, "adjustment", {"number": "A", "txn_date": today}, [{"item_id": item, "amount": Decimal(5)}])
    assert adjustment == item == 1
    world.sync(company)
    assert len(entries(world, company)) == 1
    assert len(world.query(company, "SELECT * FROM Item WHERE Name = 'Anchor'")) == 1


def test_an_account_that_nobody_named_is_said_before_anything_is_sent(stock):
    world, company, item = stock
    world.set(company, adjustment_account="")
    world.save(company, "adjustment", {"number": "A", "txn_date": world.clock.now().date()}, [{"item_id": item, "amount": Decimal(5)}])
    assert world.sync(company).result == "errors"
    [error] = world.errors(company)
    assert error["cause"] == "adjustment account: There is no adjustment account for this adjustment, and the company has no default."
    assert error["remedy"] == "Set the company's adjustment account."
