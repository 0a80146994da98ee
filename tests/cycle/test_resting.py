"""A kind that QuickBooks does not have in this company rests: its rows say so, and all others go on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from syncengine import commands, queries
from syncengine.engine import capture
from tests.support.world import World


def test_rows_of_a_kind_that_rests_say_what_they_wait_for_and_go_once_it_is_there(sqlite_world: World) -> None:
    world = sqlite_world
    company = world.company()
    customer = world.save(company, "customer", {"name": "Globex"})
    item = world.save(company, "item", {"name": "Anchor", "unit_price": Decimal(5)})
    world.sync(company)
    lines = [{"item_id": item, "quantity": Decimal(1), "unit_price": Decimal(5)}]
    day = world.clock.now().date()
    world.save(company, "estimate", {"number": "E1", "customer_id": customer, "txn_date": day}, lines)
    match = {"method": "POST", "path": "estimate"}
    said = {"code": "5030", "message": "Feature Not Supported Error", "detail": "not here"}
    world.faults({"kind": "refuse", "count": 1, "match": match, **said})
    assert world.sync(company).result == "errors"
    world.save(company, "estimate", {"number": "E2", "customer_id": customer, "txn_date": day}, lines)
    world.save(company, "invoice", {"number": "I1", "customer_id": customer, "txn_date": day}, lines)
    capture.capture(world.site.database, world.clock)
    shown = {row.label: row for row in world.preview(company)}
    assert "QuickBooks has no Estimate in this company, as it said of E1." in shown["E2"].note
    assert (shown["E2"].operation, shown["I1"].operation) == ("nothing", "create")
    assert world.sync(company).sent == 1
    assert world.query(company, "SELECT * FROM Estimate") == []

    session = queries.Session(world.site.database, "owner", company, world.clock)
    queue = queries.queue(session)
    first = queue[queue["label"] == "E1"].iloc[0]
    commands.retry(session, [(first["id"], first["version"])])
    assert world.sync(company).sent == 2
    assert {each["DocNumber"] for each in world.query(company, "SELECT * FROM Estimate")} == {"E1", "E2"}


def estimates(world: World, company: int, numbers: range) -> None:
    lines = [{"item_id": world.save(company, "item", {"name": "Anchor", "unit_price": Decimal(5)}), "quantity": Decimal(1), "unit_price": Decimal(5)}]
    customer = world.save(company, "customer", {"name": "Globex"})
    for number in numbers:
        world.save(company, "estimate", {"number": f"E{number}", "customer_id": customer, "txn_date": world.clock.now().date()}, lines)


@pytest.fixture
def refused(sqlite_world: World) -> tuple[World, int]:
    """A company whose eight estimates QuickBooks' plan has no room for."""
    company = sqlite_world.company()
    sqlite_world.sync(company)
    estimates(sqlite_world, company, range(1, 9))
    lacking(sqlite_world)
    assert sqlite_world.sync(company).failed == 8
    return sqlite_world, company


def lacking(world: World) -> None:
    """QuickBooks has no estimates for as long as this stands."""
    world.faults({"kind": "refuse", "count": 1_000, "match": {"method": "POST", "path": "estimate"}, "code": "5030", "message": "Feature Not Supported Error", "detail": "not here"})


def asked(world: World, company: int) -> int:
    """How many estimates the next cycle tries, counted by their attempts."""
    before = tries(world, company)
    world.sync(company)
    return tries(world, company) - before


def tries(world: World, company: int) -> int:
    with world.site.database.reading() as connection:
        return connection.execute(text("SELECT count(*) FROM sync_attempt_item WHERE entity = 'Estimate'")).scalar_one()


def states(world: World, company: int) -> dict[str, str]:
    return {row["label"]: row["state"] for row in world.waiting(company)}


def test_once_a_day_one_row_is_tried_and_where_it_is_refused_all_rest_on(refused):
    world, company = refused
    assert asked(world, company) == 0
    world.clock.advance(25 * 3600)
    assert asked(world, company) == 1
    assert set(states(world, company).values()) == {"parked"}
    assert asked(world, company) == 0, "once a day, not once a day for each row"
    world.clock.advance(25 * 3600)
    assert asked(world, company) == 1
    assert len(world.errors(company)) == 8


def test_once_the_one_that_is_tried_has_gone_through_all_go_in_the_same_cycle(refused):
    world, company = refused
    estimates_there = "SELECT * FROM Estimate"
    world.control("faults", method="DELETE")
    assert asked(world, company) == 0
    assert world.query(company, estimates_there) == []
    world.clock.advance(25 * 3600)
    assert world.sync(company).sent == 8
    assert len(world.query(company, estimates_there)) == 8
    assert (world.waiting(company), world.errors(company)) == ([], [])


def test_a_person_who_retries_all_of_them_sends_one_ahead(refused):
    world, company = refused
    session = queries.Session(world.site.database, "owner", company, world.clock)
    rows = queries.queue(session)
    commands.retry(session, list(zip(rows["id"], rows["version"], strict=True)))
    assert asked(world, company) == 1
    assert sorted(states(world, company).values()) == ["available"] * 7 + ["parked"]
    world.control("faults", method="DELETE")
    again = queries.queue(session)
    commands.retry(session, [(row["id"], row["version"]) for _, row in again.iterrows() if row["state"] == "parked"])
    assert world.sync(company).sent == 8


def test_one_that_is_refused_for_what_it_says_itself_frees_the_others(refused):
    world, company = refused
    world.control("faults", method="DELETE")
    world.faults({"kind": "refuse", "count": 1, "match": {"method": "POST", "path": "estimate"}, "code": "6000", "message": "A business validation error has occurred", "detail": "odd"})
    world.clock.advance(25 * 3600)
    world.sync(company)
    assert list(states(world, company).values()) == ["retryable"]
    assert len(world.query(company, "SELECT * FROM Estimate")) == 7


def test_the_one_that_is_tried_obeys_the_settings_like_every_other(refused):
    """The others wait for it, but it waits for what the company has chosen."""
    world, company = refused
    session = queries.Session(world.site.database, "owner", company, world.clock)
    commands.change_settings(session, {"direction": "from quickbooks"})
    world.control("faults", method="DELETE")
    first = queries.queue(session).iloc[0]
    commands.retry(session, [(first["id"], first["version"])])
    shown = queries.queue(session)
    assert shown[shown["id"] == first["id"]]["rests"].item().startswith("It waits: the company's settings send nothing")
    assert (asked(world, company), world.query(company, "SELECT * FROM Estimate")) == (0, [])
    world.clock.advance(25 * 3600)
    assert (asked(world, company), world.query(company, "SELECT * FROM Estimate")) == (0, [])
    commands.change_settings(session, {"direction": "both"})
    assert world.sync(company).sent == 8


@pytest.mark.parametrize("why", ["its day lies in closed books", "its customer is not there"])
def test_one_that_is_held_back_for_itself_lets_another_be_tried_for_all(refused, why):
    """Nothing would be tried ever again, and nobody told: none of them has failed any more once somebody has pressed Retry."""
    world, company = refused
    session = queries.Session(world.site.database, "owner", company, world.clock)
    rows, day = queries.queue(session), world.clock.now().date()
    first, of_all = rows.iloc[0], list(zip(rows["id"], rows["version"], strict=True))
    commands.retry(session, of_all)
    world.control("faults", method="DELETE")
    if why == "its customer is not there":
        world.faults({"kind": "refuse", "count": 1_000, "match": {"method": "POST", "path": "customer"}, "code": "6000", "message": "odd", "detail": "odd"})
        changed = {"customer_id": world.save(company, "customer", {"name": "Hooli"})}
    else:
        world.set(company, closing_date=day - timedelta(days=10))
        changed = {"txn_date": day - timedelta(days=20)}
    world.save(company, "estimate", {"id": int(first["record_id"]), **changed})
    world.sync(company)
    assert [label for label in states(world, company) if label.startswith("E")] == [first["label"]]
    assert len(world.query(company, "SELECT * FROM Estimate")) == 7


def test_where_another_is_tried_in_place_of_one_that_is_held_back_one_request_tells(refused):
    world, company = refused
    session = queries.Session(world.site.database, "owner", company, world.clock)
    rows, day = queries.queue(session), world.clock.now().date()
    commands.retry(session, list(zip(rows["id"], rows["version"], strict=True)))
    world.set(company, closing_date=day - timedelta(days=10))
    world.save(company, "estimate", {"id": int(rows.iloc[0]["record_id"]), "txn_date": day - timedelta(days=20)})
    assert [asked(world, company) for _ in range(3)] == [1, 0, 0]
    assert sorted(states(world, company).values()) == ["available"] * 7 + ["parked"]


def test_one_that_is_to_be_tried_again_anyway_and_is_tried_for_all_has_not_recovered_by_that(refused):
    world, company = refused
    session = queries.Session(world.site.database, "owner", company, world.clock)
    rows, day = queries.queue(session), world.clock.now().date()
    commands.retry(session, list(zip(rows["id"], rows["version"], strict=True)))
    first = rows.iloc[0]
    world.set(company, closing_date=day - timedelta(days=10))
    world.save(company, "estimate", {"id": int(first["record_id"]), "txn_date": day - timedelta(days=20)})
    capture.capture(world.site.database, world.clock)
    heir = next(row for row in world.waiting(company) if row["label"] != first["label"])
    with world.site.database.writing() as connection:
        connection.execute(text("UPDATE sync_outbox SET state = 'retryable' WHERE label <> :first"), {"first": first["label"]})
        connection.execute(text("UPDATE sync_error SET closed_at = NULL, closed_why = NULL WHERE outbox_id = :id"), {"id": heir["id"]})
    assert asked(world, company) == 1
    assert states(world, company)[heir["label"]] == "parked"
    with world.site.database.reading() as connection:
        told = connection.execute(text("SELECT closed_why FROM sync_error WHERE outbox_id = :id"), {"id": heir["id"]}).scalars().all()
    assert told == [None]
