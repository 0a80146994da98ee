"""Conflicts end as people chose, and no choice is forgotten."""

from __future__ import annotations

from decimal import Decimal

import pytest

from syncengine import inventory
from syncengine.store import settings
from tests.cycle.test_both_ways import one, small_trade
from tests.cycle.test_settle import act, choose, conflict_of
from tests.support.world import World


def both(world: World, company: int, ids: dict[str, int]) -> None:
    theirs = one(world.query(company, "select * from Customer"))
    act(world, company, "edit", entity="Customer", id=theirs["Id"], changes={"Notes": "theirs", "CompanyName": "Theirs Co"})
    world.save(company, "customer", {"id": ids["customer"], "notes": "ours", "company_name": "Ours Co"})
    assert world.settle(company).result == "errors"


def test_two_conflicts_with_two_choices_leave_a_true_base(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    both(world, company, ids)
    for row in conflict_of(world, company):
        choose(world, company, row["id"], "theirs" if row["field"] == "Notes" else "ours")
    assert world.settle(company).result == "ok"
    theirs = one(world.query(company, "select * from Customer"))
    assert (theirs["Notes"], theirs["CompanyName"]) == ("theirs", "Ours Co")
    act(world, company, "edit", entity="Customer", id=theirs["Id"], changes={"Notes": "theirs again"})
    result = world.settle(company)
    assert world.record(company, "customer", ids["customer"])["notes"] == "theirs again", conflict_of(world, company)
    assert result.result == "ok"


def test_one_choice_at_a_time(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    both(world, company, ids)
    first, second = conflict_of(world, company)
    choose(world, company, first["id"], "theirs")
    world.settle(company)
    assert len(conflict_of(world, company)) == 1
    choose(world, company, second["id"], "ours")
    assert world.settle(company).result == "ok"
    assert conflict_of(world, company) == []


def test_a_conflict_that_an_edit_here_ends_is_closed(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Customer"))
    act(world, company, "edit", entity="Customer", id=theirs["Id"], changes={"Notes": "theirs"})
    world.save(company, "customer", {"id": ids["customer"], "notes": "ours"})
    assert world.settle(company).result == "errors"
    world.save(company, "customer", {"id": ids["customer"], "notes": "theirs"})
    assert world.settle(company).result == "ok"
    assert conflict_of(world, company) == []


def test_a_choice_survives_another_change_in_quickbooks(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Customer"))
    act(world, company, "edit", entity="Customer", id=theirs["Id"], changes={"Notes": "theirs"})
    world.save(company, "customer", {"id": ids["customer"], "notes": "ours"})
    assert world.settle(company).result == "errors"
    choose(world, company, one(conflict_of(world, company))["id"], "ours")
    act(world, company, "edit", entity="Customer", id=theirs["Id"], changes={"CompanyName": "Else"})
    assert world.settle(company).result == "ok"
    assert one(world.query(company, "select * from Customer"))["Notes"] == "ours"


def test_an_edit_there_against_a_deletion_here_is_a_conflict(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    theirs = one(world.query(company, "select * from Invoice"))
    act(world, company, "edit", entity="Invoice", id=theirs["Id"], changes={"CustomerMemo": {"value": "do not lose"}})
    world.sql("DELETE FROM invoice WHERE id = :i", i=ids["invoice"])
    world.settle(company)
    assert len(world.query(company, "select * from Invoice")) == 1, "I9: delete against edit is a conflict"


@pytest.mark.parametrize("policy", ["quickbooks", "inventory"])
def test_line_conflicts_follow_the_policy(sqlite_world: World, policy: str) -> None:
    world, company = sqlite_world, sqlite_world.company()
    ids = small_trade(world, company)
    world.sync(company)
    with world.site.database.writing() as connection:
        settings.put(connection, company, "conflict_policy", policy)
    theirs = one(world.query(company, "select * from Invoice"))
    lines = [line for line in theirs["Line"] if line["DetailType"] != "SubTotalLineDetail"]
    lines[0]["SalesItemLineDetail"]["Qty"], lines[0]["Amount"] = 20, Decimal("166.6")
    act(world, company, "edit", entity="Invoice", id=theirs["Id"], changes={"Line": lines, "CustomerRef": theirs["CustomerRef"]})
    here = world.record(company, "invoice", ids["invoice"])["lines"]
    world.save(company, "invoice", {"id": ids["invoice"]}, [{"id": here[1]["id"], "quantity": Decimal(30)}])
    assert world.settle(company).result == "ok", world.errors(company)
    theirs = one(world.query(company, "select * from Invoice"))
    here = world.record(company, "invoice", ids["invoice"])["lines"]
    assert len(here) == (2 if policy == "quickbooks" else 1)
    assert theirs["TotalAmt"] == (Decimal("167.61") if policy == "quickbooks" else Decimal("10.05"))
    assert world.settle(company).sent == 0


@pytest.mark.parametrize("edited", [False, True])
def test_a_name_that_is_deleted_here_and_made_inactive_there_is_no_conflict(world: World, edited: bool) -> None:
    company = world.company()
    vendor = world.save(company, "vendor", {"name": "Gone"})
    world.sync(company)
    world.settle(company)
    theirs = one(world.query(company, "select * from Vendor"))
    if edited:
        act(world, company, "edit", entity="Vendor", id=theirs["Id"], changes={"CompanyName": "Theirs Co"})
    act(world, company, "deactivate", entity="Vendor", id=theirs["Id"])
    inventory.delete(world.site.database, "vendor", vendor, company)
    assert world.settle(company).result == "ok"
    assert conflict_of(world, company) == []
    assert world.waiting(company) == []
    assert one(world.query(company, "select * from Vendor where Active = false"))["Active"] is False
    act(world, company, "reactivate", entity="Vendor", id=theirs["Id"])
    assert world.settle(company).result == "ok"


def test_a_name_that_is_deleted_here_and_edited_there_is_a_conflict_under_every_policy(sqlite_world: World) -> None:
    world = sqlite_world
    for policy in ("ask", "quickbooks", "inventory"):
        company = world.company(policy)
        world.set(company, conflict_policy=policy)
        vendor = world.save(company, "vendor", {"name": "Gone"})
        world.sync(company)
        world.settle(company)
        theirs = one(world.query(company, "select * from Vendor"))
        act(world, company, "edit", entity="Vendor", id=theirs["Id"], changes={"CompanyName": "Theirs Co"})
        inventory.delete(world.site.database, "vendor", vendor, company)
        assert world.settle(company).result == "errors"
        assert [row["field"] for row in conflict_of(world, company)] == ["*"]
