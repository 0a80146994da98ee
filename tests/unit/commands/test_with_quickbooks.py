"""What a person does, carried out by real cycles against the emulator."""

from __future__ import annotations

import pytest

from syncengine import commands, queries
from syncengine.queries import Session
from tests.support.world import World


@pytest.fixture
def world(sqlite_database, clock, tmp_path):
    """One installation on the demo company, synced once."""
    return World.make(sqlite_database, clock, tmp_path)


def session_of(world, company):
    return Session(world.site.database, "Ada", company, world.clock)


def test_what_the_preview_shows_is_what_is_sent(world):
    company = world.company()
    for name in ("Alpine Outfitters", "Bluebird Bakery"):
        world.save(company, "customer", {"name": name})
    world.sync(company)
    world.save(company, "customer", {"name": "Coral Reef Diving"})
    from syncengine.engine import capture

    capture.capture(world.site.database, world.clock)
    session = session_of(world, company)
    assert queries.queue(session)[["label", "operation"]].to_numpy().tolist() == [["Coral Reef Diving", "create"]]
    assert world.sync(company).sent == 1
    assert queries.queue(session).empty
    assert queries.overview(session).light == "check"


def test_a_removed_row_is_not_sent(world):
    company = world.company()
    world.sync(company)
    record = world.save(company, "customer", {"name": "Not This One"})
    from syncengine.engine import capture

    capture.capture(world.site.database, world.clock)
    session = session_of(world, company)
    row = queries.queue(session).iloc[0]
    commands.remove(session, [(row["id"], row["version"])])
    assert world.sync(company).sent == 0
    assert queries.record_state(session, "customer", record)["state"].tolist() == ["not in QuickBooks"]
    commands.add_to_sync(session, "customer", record)
    assert world.sync(company).sent == 1
    assert queries.record_state(session, "customer", record)["state"].tolist() == ["in QuickBooks"]
    assert queries.timeline(session, "customer", record)["actor"].unique().tolist() == ["inventory", "Ada", "engine"]


@pytest.mark.parametrize(("side", "email"), [("ours", "ours@example.com"), ("theirs", "theirs@example.com")])
def test_a_choice_in_a_conflict_is_carried_out_by_the_next_sync(world, side, email):
    company = world.company()
    record = world.save(company, "customer", {"name": "Alpine Outfitters", "email": "base@example.com"})
    world.sync(company)
    there = world.query(company, "SELECT * FROM Customer WHERE DisplayName = 'Alpine Outfitters'")[0]
    change = {"PrimaryEmailAddr": {"Address": "theirs@example.com"}}
    world.actor(company, "edit", entity="Customer", id=there["Id"], changes=change)
    world.save(company, "customer", {"id": record, "email": "ours@example.com"})
    world.settle(company)
    session = session_of(world, company)
    conflict = queries.conflicts(session)
    assert conflict[["base", "ours", "theirs"]].to_numpy().tolist() == [
        ["base@example.com", "ours@example.com", "theirs@example.com"]
    ]
    assert queries.overview(session).light == "x"
    commands.choose(session, conflict["id"].iloc[0], side)
    world.settle(company)
    assert world.record(company, "customer", record)["email"] == email
    there = world.query(company, "SELECT * FROM Customer WHERE DisplayName = 'Alpine Outfitters'")[0]
    assert there["PrimaryEmailAddr"]["Address"] == email
    assert queries.conflicts(session).empty
    assert queries.overview(session).light == "check"
