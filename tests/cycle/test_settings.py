"""What each setting does to whole cycles: direction, dates, tracking and costs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from syncengine import commands, queries
from syncengine.engine.capture import capture
from syncengine.errors import Refused
from syncengine.queries import Session
from tests.cycle.test_both_ways import one
from tests.cycle.test_settle import act, base, conflict_of, invoice
from tests.support.world import World

DAY = 90_000


def person(world: World, company: int) -> Session:
    return Session(world.site.database, "Ada", company, world.clock)


def change(world: World, company: int, **changes: Any) -> None:
    commands.change_settings(person(world, company), changes)


def there(world: World, company: int, entity: str) -> list[Any]:
    return world.query(company, f"select * from {entity}")


def note_of(world: World, company: int, label: str) -> str:
    capture(world.site.database, world.clock)
    return one([each for each in world.preview(company) if each.label == label]).note


def settled(world: World, company: int, times: int = 2) -> str:
    """The result of the last of several cycles."""
    return [world.settle(company).result for _ in range(times)][-1]


# --- direction -----------------------------------------------------------------------------------------------------


def test_nothing_travels_while_the_direction_is_nothing_and_the_run_is_recorded(world: World) -> None:
    company = world.company()
    customer, _ = base(world, company)
    act(world, company, "create", entity="Customer", object={"DisplayName": "Theirs"})
    change(world, company, direction="nothing")
    world.save(company, "customer", {"id": customer, "phone": "555"})
    idle = world.settle(company)
    assert (idle.result, idle.calls, idle.sent, idle.received) == ("ok", 0, 0, 0)
    assert queries.runs(person(world, company)).iloc[0]["result"] == "ok"
    assert "Directional sync" in note_of(world, company, "Harbour Supply")

    change(world, company, direction="both")
    assert settled(world, company) == "ok"
    assert {each["DisplayName"] for each in there(world, company, "Customer")} == {"Harbour Supply", "Theirs"}
    assert {row["label"] for _, row in queries.records(person(world, company), "customer").iterrows()} == {"Harbour Supply", "Theirs"}
    assert world.waiting(company) == []


def test_from_quickbooks_only_everything_comes_in_and_what_is_ours_waits(world: World) -> None:
    company = world.company()
    customer, item = base(world, company)
    change(world, company, direction="from quickbooks")
    invoice(world, company, customer, item, number="W-1")
    act(world, company, "edit", entity="Customer", id=one(there(world, company, "Customer"))["Id"], changes={"Notes": "theirs"})
    act(world, company, "create", entity="Customer", object={"DisplayName": "Theirs"})
    result = world.settle(company)
    assert (result.result, result.sent) == ("ok", 0)
    assert len(queries.records(person(world, company), "customer")) == 2
    assert there(world, company, "Invoice") == []
    assert one(world.preview(company)).operation == "nothing"

    change(world, company, direction="both")
    assert settled(world, company) == "ok"
    assert one(there(world, company, "Invoice"))["DocNumber"] == "W-1"


def test_to_quickbooks_only_nothing_of_theirs_comes_in_and_nothing_of_it_is_lost(world: World) -> None:
    company = world.company()
    customer, item = base(world, company)
    change(world, company, direction="to quickbooks")
    twin = one(there(world, company, "Customer"))
    act(world, company, "edit", entity="Customer", id=twin["Id"], changes={"PrimaryPhone": {"FreeFormNumber": "theirs"}})
    act(world, company, "create", entity="Customer", object={"DisplayName": "Theirs"})
    world.settle(company)
    world.save(company, "customer", {"id": customer, "email": "ours@example.com"})
    invoice(world, company, customer, item, number="O-1")
    assert settled(world, company) == "ok", [dict(each) for each in world.errors(company)]
    assert world.record(company, "customer", customer)["phone"] is None
    assert len(queries.records(person(world, company), "customer")) == 1
    twin = one([each for each in there(world, company, "Customer") if each["Id"] == twin["Id"]])
    assert twin["PrimaryEmailAddr"]["Address"] == "ours@example.com"
    assert twin["PrimaryPhone"]["FreeFormNumber"] == "theirs"
    assert one(there(world, company, "Invoice"))["DocNumber"] == "O-1"

    change(world, company, direction="both")
    assert settled(world, company) == "ok"
    assert world.record(company, "customer", customer)["phone"] == "theirs"
    assert world.record(company, "customer", customer)["email"] == "ours@example.com"
    assert len(queries.records(person(world, company), "customer")) == 2
    assert [world.settle(company).sent for _ in range(2)] == [0, 0]


def test_to_quickbooks_only_a_deletion_there_asks_a_person(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    customer, item = base(world, company)
    made = invoice(world, company, customer, item, number="D-1")
    world.sync(company)
    change(world, company, direction="to quickbooks")
    world.clock.advance(300)
    act(world, company, "delete", entity="Invoice", id=one(there(world, company, "Invoice"))["Id"])
    world.settle(company)
    assert world.record(company, "invoice", made) is not None
    assert one(conflict_of(world, company))["label"] == "D-1"


# --- days ----------------------------------------------------------------------------------------------------------


def test_documents_before_the_first_day_travel_neither_way_and_names_do(world: World) -> None:
    company = world.company()
    change(world, company, not_before="2026-01-10")
    customer, item = base(world, company)
    old = invoice(world, company, customer, item, number="OLD", txn_date=date(2026, 1, 9))
    invoice(world, company, customer, item, number="NEW", txn_date=date(2026, 1, 10))
    assert "dated 2026-01-09" in note_of(world, company, "OLD")
    twin = one(there(world, company, "Customer"))
    sold = [{"DetailType": "SalesItemLineDetail", "Amount": 1, "SalesItemLineDetail": {"ItemRef": {"value": one(there(world, company, "Item"))["Id"]}}}]
    for number, day in (("THEIR-OLD", "2026-01-09"), ("THEIR-NEW", "2026-01-11")):
        act(world, company, "create", entity="Invoice", object={"CustomerRef": {"value": twin["Id"]}, "DocNumber": number, "TxnDate": day, "Line": sold})
    assert settled(world, company) == "ok", [dict(each) for each in world.errors(company)]
    assert {each["DocNumber"] for each in there(world, company, "Invoice")} == {"NEW", "THEIR-OLD", "THEIR-NEW"}
    assert set(queries.records(person(world, company), "invoice")["label"]) == {"OLD", "NEW", "THEIR-NEW"}
    assert world.waiting(company) == []
    assert queries.ledger(person(world, company), "Invoice").shape[0] == 3

    change(world, company, not_before=None)
    assert settled(world, company) == "ok"
    assert {each["DocNumber"] for each in there(world, company, "Invoice")} == {"OLD", "NEW", "THEIR-OLD", "THEIR-NEW"}
    assert set(queries.records(person(world, company), "invoice")["label"]) == {"OLD", "NEW", "THEIR-NEW", "THEIR-OLD"}
    assert world.record(company, "invoice", old)["number"] == "OLD"


def test_a_later_first_day_queues_nothing(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    customer, item = base(world, company)
    invoice(world, company, customer, item, number="A-1")
    world.sync(company)
    change(world, company, not_before="2026-01-10")
    assert world.waiting(company) == []


def test_what_is_dated_in_closed_books_waits_and_what_depends_on_it_too(world: World) -> None:
    company = world.company()
    customer, item = base(world, company)
    made = invoice(world, company, customer, item, number="C-1", txn_date=date(2026, 1, 9))
    world.sync(company)
    change(world, company, closing_date="2026-01-31")
    invoice(world, company, customer, item, number="C-2", txn_date=date(2026, 1, 31))
    invoice(world, company, customer, item, number="C-3", txn_date=date(2026, 2, 1))
    world.save(company, "invoice", {"id": made, "txn_date": date(2026, 2, 2)})
    world.save(company, "customer", {"id": customer, "phone": "555"})
    result = world.settle(company)
    assert (result.result, result.sent) == ("ok", 2)
    assert "2026-01-31" in note_of(world, company, "C-2")
    assert "2026-01-09" in note_of(world, company, "C-1"), "a document does not leave the closed books either"
    act(world, company, "edit", entity="Invoice", id=one([e for e in there(world, company, "Invoice") if e["DocNumber"] == "C-1"])["Id"], changes={"CustomerMemo": {"value": "theirs"}})
    world.settle(company)
    assert world.record(company, "invoice", made)["customer_memo"] == "theirs", "a change made in QuickBooks comes in all the same"

    world.sql("DELETE FROM invoice WHERE id = :i", i=made)
    world.settle(company)
    assert len(there(world, company, "Invoice")) == 2
    change(world, company, closing_date="2026-01-01")
    assert settled(world, company) == "ok"
    assert {each["DocNumber"] for each in there(world, company, "Invoice")} == {"C-2", "C-3"}


def test_a_closing_date_that_quickbooks_does_not_share_is_a_warning(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    world.sync(company)
    change(world, company, closing_date="2026-01-31")
    assert any("closed up to no date in QuickBooks" in each for each in queries.overview(person(world, company)).reasons)
    act(world, company, "close_books", date="2026-01-31")
    world.clock.advance(DAY)
    world.sync(company)
    assert not any("closed up to" in each for each in queries.overview(person(world, company)).reasons)


# --- tracking ------------------------------------------------------------------------------------------------------


def test_tracking_follows_quickbooks_until_it_is_off_here(world: World) -> None:
    company = world.company()
    world.sync(company)
    act(world, company, "set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}})
    act(world, company, "create", entity="Class", object={"Name": "Theirs"})
    world.clock.advance(DAY)
    world.save(company, "class", {"name": "Ours"})
    assert settled(world, company) == "ok"
    assert {each["Name"] for each in there(world, company, "Class")} == {"Ours", "Theirs"}
    assert set(queries.records(person(world, company), "class")["label"]) == {"Ours", "Theirs"}

    change(world, company, class_tracking="off")
    world.save(company, "class", {"name": "Second"})
    act(world, company, "create", entity="Class", object={"Name": "Third"})
    assert settled(world, company) == "ok"
    assert "keep these records out" in note_of(world, company, "Second")
    assert set(queries.records(person(world, company), "class")["label"]) == {"Ours", "Theirs", "Second"}

    change(world, company, class_tracking="follow")
    assert settled(world, company) == "ok"
    assert {each["Name"] for each in there(world, company, "Class")} == {"Ours", "Theirs", "Second", "Third"}
    assert set(queries.records(person(world, company), "class")["label"]) == {"Ours", "Theirs", "Second", "Third"}


def test_a_class_on_a_line_travels_only_while_classes_are_followed(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    customer, item = base(world, company)
    act(world, company, "set_preferences", changes={"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": True}})
    world.clock.advance(DAY)
    kind = world.save(company, "class", {"name": "East"})
    world.sync(company)
    change(world, company, class_tracking="off")
    line = {"line_no": 1, "item_id": item, "quantity": 1, "unit_price": 2, "class_id": kind}
    made = world.save(company, "invoice", {"customer_id": customer, "number": "K-1", "txn_date": date(2026, 1, 10)}, [line])
    assert settled(world, company) == "ok"
    assert "ClassRef" not in json.dumps(one(there(world, company, "Invoice"))["Line"], default=str)
    change(world, company, class_tracking="follow")
    world.save(company, "invoice", {"id": made, "customer_memo": "again"})
    assert settled(world, company) == "ok"
    assert one(there(world, company, "Invoice"))["Line"][0]["SalesItemLineDetail"]["ClassRef"]["name"] == "East"


# --- costs ---------------------------------------------------------------------------------------------------------


def test_costs_posted_again_begin_today_unless_a_day_is_named(sqlite_world: World) -> None:
    world, company = sqlite_world, sqlite_world.company()
    change(world, company, post_cogs="off")
    change(world, company, post_cogs="on")
    values = queries.settings(person(world, company)).set_index("name")["value"]
    assert values["post_cogs_from"] == world.clock.now().date()
    change(world, company, post_cogs=False)
    change(world, company, post_cogs=True, post_cogs_from="2025-12-01")
    assert queries.settings(person(world, company)).set_index("name")["value"]["post_cogs_from"] == date(2025, 12, 1)
    with pytest.raises(Refused, match="Nothing has changed"):
        change(world, company, post_cogs_from="2025-12-01")


def shipment(world: World, company: int, item: int, number: str, day: date) -> int:
    return world.save(company, "shipment", {"number": number, "txn_date": day}, [{"line_no": 1, "item_id": item, "quantity": 2, "unit_cost": 3}])


def sources(world: World, company: int) -> set[str]:
    """The shipments whose costs are posted."""
    notes = [str(each.get("PrivateNote")) for each in there(world, company, "JournalEntry")]
    return {number for number in ("S-1", "S-2", "S-3") if any(number in note for note in notes)}


def test_costs_wait_while_they_are_not_posted_and_start_on_the_day_that_is_named(world: World) -> None:
    company = world.company()
    _, item = base(world, company)
    today = world.clock.now().date()
    change(world, company, post_cogs=False)
    for number, day in (("S-1", date(2025, 12, 1)), ("S-2", date(2025, 12, 20)), ("S-3", today)):
        shipment(world, company, item, number, day)
    assert settled(world, company) == "ok"
    assert sources(world, company) == set()
    assert "keep these records out" in note_of(world, company, "S-1")

    change(world, company, post_cogs=True)
    assert settled(world, company) == "ok", [dict(each) for each in world.errors(company)]
    assert sources(world, company) == {"S-3"}
    assert world.waiting(company) == []

    change(world, company, post_cogs_from="2025-12-20")
    assert settled(world, company) == "ok"
    assert sources(world, company) == {"S-2", "S-3"}
    change(world, company, post_cogs_from="none")
    assert settled(world, company) == "ok"
    assert sources(world, company) == {"S-1", "S-2", "S-3"}
    assert len(there(world, company, "JournalEntry")) == 3
