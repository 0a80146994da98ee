"""Guards: a run that would empty a side, or touch an implausible share of it, stops before it does anything and asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from syncengine import commands, inventory, queries
from syncengine.errors import Refused
from syncengine.failpoints import Crash, arm, disarm, raise_crash
from syncengine.inventory import writer
from syncengine.queries import Health, Session
from syncengine.store import bindings, brakes
from tests.support.world import World

COUNT = 24


@pytest.fixture
def full(world: World) -> tuple[World, int, list[int]]:
    """A company whose vendors are on both sides, beside the names that every company begins with."""
    return _full(world)


@pytest.fixture
def full_here(begun: Callable[[Callable[[World], Any]], Any]) -> tuple[World, int, list[int]]:
    """The same on SQLite alone."""
    return begun(_full)


def _full(world: World) -> tuple[World, int, list[int]]:
    company = world.company()
    drafts = [writer.Draft({"name": f"Vendor {place:02}"}, None, None) for place in range(COUNT)]
    with world.site.database.writing() as connection:
        ids = [each.id for each in writer.save_many(connection, "vendor", company, drafts)]
    first = world.sync(company)
    # What is new is never implausible, however much it is.
    assert (first.result, first.sent) == ("ok", COUNT)
    assert world.settle(company).sent == 0
    return world, company, ids


def session(world: World, company: int) -> Session:
    return Session(world.site.database, "Ada", company, world.clock)


def question(world: World, company: int) -> dict[str, Any]:
    found = queries.brake(session(world, company))
    assert found is not None
    return found


def answer(world: World, company: int, given: str) -> None:
    commands.answer_brake(session(world, company), question(world, company)["id"], given)


def pairs(world: World, company: int) -> int:
    with world.site.database.reading() as connection:
        return sum(bindings.counts(connection, company).values())


def rename_all(world: World, company: int, ids: list[int], suffix: str) -> None:
    for each in ids:
        world.save(company, "vendor", {"id": each, "phone": f"555-{suffix}"})


def theirs(world: World, company: int) -> list[dict[str, Any]]:
    return world.query(company, "SELECT * FROM Vendor WHERE Active IN (true, false)")


def test_a_list_that_is_emptied_here_is_not_emptied_in_quickbooks_before_a_person_says_so(full):
    world, company, ids = full
    for each in ids:
        inventory.delete(world.site.database, "vendor", each, company)
    result = world.sync(company)
    assert (result.result, result.sent) == ("failed", 0)
    assert all(each["Active"] for each in theirs(world, company))
    asked = question(world, company)
    assert (asked["what"], asked["figures"]["deleted"]) == (brakes.EMPTIED, {"vendors": COUNT})
    assert asked["question"] == result.message
    assert f"All {COUNT} vendors that both sides had are suddenly gone from the inventory" in asked["question"]
    health = queries.overview(session(world, company))
    assert health.health is Health.DEGRADED
    assert asked["question"] in health.reasons
    # Asked once, however often it runs.
    world.sync(company)
    assert question(world, company)["id"] == asked["id"]
    answer(world, company, "go")
    assert world.sync(company).sent == COUNT
    assert not any(each["Active"] for each in theirs(world, company))
    assert world.settle(company).result == "ok"
    assert queries.brake(session(world, company)) is None


def test_a_mass_edit_is_asked_once_and_let_through_as_it_was_shown(full_here):
    world, company, ids = full_here
    rename_all(world, company, ids, "1")
    assert world.sync(company).result == "failed"
    asked = question(world, company)
    assert (asked["what"], asked["figures"]["changed"]) == (brakes.IMPLAUSIBLE, {"vendors": COUNT})
    assert f"{COUNT} of the {pairs(world, company)} records" in asked["question"]
    answer(world, company, "go")
    # A few edits on top of what was let through are judged by themselves.
    world.save(company, "vendor", {"id": ids[0], "phone": "555-2"})
    assert world.sync(company).sent == COUNT
    # The answer counted for that run alone.
    rename_all(world, company, ids, "3")
    assert world.sync(company).result == "failed"


def test_keep_makes_the_next_run_look_again(full_here):
    world, company, ids = full_here
    rename_all(world, company, ids, "1")
    world.sync(company)
    first = question(world, company)["id"]
    answer(world, company, "keep")
    assert world.sync(company).result == "failed"
    assert question(world, company)["id"] != first
    with pytest.raises(Refused, match="answered already"):
        commands.answer_brake(session(world, company), first, "go")
    world.set(company, guard_share="100")
    assert world.sync(company).sent == COUNT
    assert queries.brake(session(world, company)) is None


def test_fewer_than_the_least_and_less_than_the_share_go_without_a_question(full_here):
    world, company, ids = full_here
    rename_all(world, company, ids[:19], "1")
    assert world.sync(company).sent == 19
    world.set(company, guard_least="5", guard_share=str(-(-700 // pairs(world, company))))
    rename_all(world, company, ids[:7], "2")
    assert world.sync(company).sent == 7
    rename_all(world, company, ids[:8], "3")
    assert world.sync(company).result == "failed"


def test_a_mass_edit_in_quickbooks_is_not_applied_before_a_person_says_so(full):
    world, company, ids = full
    for each in theirs(world, company):
        world.actor(company, "edit", entity="Vendor", id=each["Id"], changes={"PrimaryPhone": {"FreeFormNumber": "oops"}})
    world.clock.advance(300)
    assert world.sync(company).result == "failed"
    assert {world.record(company, "vendor", each)["phone"] for each in ids} == {None}
    assert question(world, company)["figures"] == {"side": "here", "deleted": {}, "changed": {"vendors": COUNT}, "of": pairs(world, company)}
    # A push that waits does not go either while it is asked.
    world.save(company, "customer", {"name": "New"})
    assert world.sync(company).sent == 0
    answer(world, company, "go")
    assert world.sync(company).result == "ok"
    assert {world.record(company, "vendor", each)["phone"] for each in ids} == {"oops"}


def test_what_was_put_right_in_quickbooks_takes_the_question_back(full_here):
    world, company, ids = full_here
    before = theirs(world, company)
    for each in before:
        world.actor(company, "edit", entity="Vendor", id=each["Id"], changes={"CompanyName": "oops"})
    world.clock.advance(300)
    assert world.sync(company).result == "failed"
    for each in before:
        world.actor(company, "edit", entity="Vendor", id=each["Id"], changes={"CompanyName": ""})
    world.clock.advance(300)
    assert world.sync(company).result == "ok"
    assert queries.brake(session(world, company)) is None
    assert {world.record(company, "vendor", each)["company_name"] for each in ids} == {None}


def test_documents_that_are_all_deleted_in_quickbooks_stay_here_until_a_person_says_so(full_here):
    world, company, ids = full_here
    item = world.save(company, "item", {"name": "Rope"})
    orders = [
        world.save(
            company, "purchase_order", {"number": f"P-{place}", "vendor_id": ids[0], "txn_date": world.clock.now().date()},
            [{"item_id": item, "quantity": 1, "unit_cost": 2}],
        )
        for place in range(20)
    ]  # fmt: skip
    world.sync(company)
    world.settle(company)
    for each in world.query(company, "SELECT * FROM PurchaseOrder"):
        world.actor(company, "delete", entity="PurchaseOrder", id=each["Id"])
    world.clock.advance(300)
    assert world.sync(company).result == "failed"
    asked = question(world, company)
    assert asked["figures"]["deleted"] == {"purchase orders": 20}
    assert "suddenly gone from QuickBooks" in asked["question"]
    assert all(world.record(company, "purchase_order", each) for each in orders)
    answer(world, company, "go")
    assert world.sync(company).result == "ok"
    assert not any(world.record(company, "purchase_order", each) for each in orders)


@pytest.mark.parametrize("point", ["brake.asked", "brake.committed"])
def test_a_crash_while_it_stops_does_nothing_and_asks_once(full_here, point):
    world, company, ids = full_here
    rename_all(world, company, ids, "1")
    arm(point, raise_crash)
    with pytest.raises(Crash):
        world.sync(company)
    disarm()
    world.clock.advance(120)
    assert world.sync(company).result == "failed"
    assert world.sync(company).sent == 0
    answer(world, company, "go")
    assert world.sync(company).sent == COUNT


# --- what is emptied without being deleted, and lists that are read whole ------------------------------------------------


def crowd(world: World, company: int, count: int = 60) -> None:
    """So many customers that a mass change of vendors alone is no large share of both sides."""
    drafts = [writer.Draft({"name": f"Customer {place:03}"}, None, None) for place in range(count)]
    with world.site.database.writing() as connection:
        writer.save_many(connection, "customer", company, drafts)
    assert world.sync(company).result == "ok"
    assert world.settle(company).sent == 0


def forget_the_feed(world: World) -> None:
    """So long a silence that the next pull reads every list whole."""
    world.clock.advance(40 * 86_400)


@pytest.mark.parametrize("whole", [False, True], ids=["by the feed", "by whole lists"])
def test_a_list_that_is_made_inactive_in_quickbooks_is_asked_about_like_one_that_is_gone(full, whole):
    world, company, ids = full
    crowd(world, company)
    for each in theirs(world, company)[1:]:
        world.actor(company, "deactivate", entity="Vendor", id=each["Id"])
    forget_the_feed(world) if whole else world.clock.advance(300)
    assert world.sync(company).result == "failed"
    asked = question(world, company)
    assert (asked["what"], asked["figures"]["deleted"]) == (brakes.EMPTIED, {"vendors": COUNT - 1})
    assert f"{COUNT - 1} of the {COUNT} vendors" in asked["question"]
    assert all(world.record(company, "vendor", each)["active"] for each in ids), "nothing is half done"
    answer(world, company, "go")
    assert world.sync(company).result == "ok"
    assert sum(world.record(company, "vendor", each)["active"] for each in ids) == 1


@pytest.mark.parametrize("whole", [False, True], ids=["by the feed", "by whole lists"])
def test_a_field_that_is_suddenly_empty_in_quickbooks_is_not_emptied_here_before_a_person_says_so(full_here, whole):
    world, company, ids = full_here
    crowd(world, company)
    world.set(company, guard_share="90")
    rename_all(world, company, ids, "1")
    world.sync(company)
    world.set(company, guard_share="50")
    world.settle(company)
    for each in theirs(world, company):
        world.actor(company, "edit", entity="Vendor", id=each["Id"], changes={"PrimaryPhone": {"FreeFormNumber": ""}})
    forget_the_feed(world) if whole else world.clock.advance(300)
    assert world.sync(company).result == "failed"
    asked = question(world, company)
    assert f"would empty phone of {COUNT} vendors here" in asked["question"]
    assert {world.record(company, "vendor", each)["phone"] for each in ids} == {"555-1"}
    answer(world, company, "go")
    assert world.sync(company).result == "ok"
    assert {world.record(company, "vendor", each)["phone"] for each in ids} == {None}


def test_a_field_that_a_bad_import_empties_here_is_not_emptied_in_quickbooks(full_here):
    world, company, ids = full_here
    crowd(world, company)
    world.set(company, guard_share="90")
    rename_all(world, company, ids, "1")
    world.sync(company)
    world.set(company, guard_share="50")
    world.sql("UPDATE vendor SET phone = NULL")  # what a bad import of another program does
    assert {world.record(company, "vendor", each)["phone"] for each in ids} == {None}
    result = world.sync(company)
    assert (result.result, result.sent) == ("failed", 0)
    assert f"would empty phone of {COUNT} vendors in QuickBooks" in question(world, company)["question"]
    assert {each["PrimaryPhone"]["FreeFormNumber"] for each in theirs(world, company)} == {"555-1"}


def test_a_mass_edit_that_only_whole_lists_show_is_asked_about_before_anything_is_applied(full):
    world, company, ids = full
    customers = [world.save(company, "customer", {"name": f"Customer {place}"}) for place in range(5)]
    world.sync(company)
    world.settle(company)
    for each in world.query(company, "SELECT * FROM Customer"):
        world.actor(company, "edit", entity="Customer", id=each["Id"], changes={"CompanyName": "oops"})
    for each in theirs(world, company):
        world.actor(company, "edit", entity="Vendor", id=each["Id"], changes={"CompanyName": "oops"})
    forget_the_feed(world)
    assert world.sync(company).result == "failed"
    held = [("customer", each) for each in customers] + [("vendor", each) for each in ids]
    assert {world.record(company, kind, each)["company_name"] for kind, each in held} == {None}, "also not what came first"
    answer(world, company, "go")
    assert world.sync(company).result == "ok"
    assert {world.record(company, kind, each)["company_name"] for kind, each in held} == {"oops"}


def test_vendors_that_are_all_merged_into_one_are_asked_about(full_here):
    world, company, ids = full_here
    crowd(world, company)
    item = world.save(company, "item", {"name": "Rope"})
    for each in ids:
        world.save(
            company, "purchase_order", {"number": f"P-{each}", "vendor_id": each, "txn_date": world.clock.now().date()},
            [{"item_id": item, "quantity": 1, "unit_cost": 2}],
        )  # fmt: skip
    world.sync(company)
    world.settle(company)
    first, *others = theirs(world, company)
    for each in others:
        world.actor(company, "merge", entity="Vendor", id=each["Id"], into=first["Id"])
    world.clock.advance(300)
    assert world.sync(company).result == "failed"
    assert question(world, company)["figures"]["deleted"] == {"vendors": COUNT - 1}
