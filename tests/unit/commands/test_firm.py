"""Companies are added and renamed; whoever adds one is its owner; all of them at a glance."""

from __future__ import annotations

import pytest

from syncengine import commands, queries
from syncengine.errors import ConfigurationError, Forbidden, Refused
from syncengine.queries import Session
from syncengine.store import people
from tests.unit.queries import seed

ADA = "ada@example.com"


@pytest.fixture
def session(database):
    return seed.company(database)


def names(session, **who):
    return queries.companies(session.database, **who)["name"].tolist()


@pytest.mark.parametrize(
    ("more", "environment", "state"),
    [({"sample": "empty"}, "emulator", "connected"), ({"environment": "production"}, "production", "new")],
)
def test_a_company_is_added_with_its_zone_and_what_it_talks_to(session, more, environment, state):
    added = commands.add_company(session, "  North   Wind ", zone="europe/berlin", **more)
    theirs = Session(session.database, "Ada", added, session.clock)
    seen = queries.overview(theirs)
    assert (seen.company, seen.timezone, seen.environment) == ("North Wind", "Europe/Berlin", environment)
    assert queries.connection(theirs).state == state


def test_who_adds_a_company_is_its_owner(session):
    with session.database.writing() as connection:
        people.put(connection, session.company_id, ADA, "owner", seed.NOON, "seed")
        people.put(connection, session.company_id, "eve@example.com", "manager", seed.NOON, "seed")
    ada = Session(session.database, ADA, session.company_id, session.clock, signed_in=True)
    eve = Session(session.database, "eve@example.com", session.company_id, session.clock, signed_in=True)
    commands.add_company(ada, "Second", zone="UTC", sample="empty")
    with pytest.raises(Forbidden):
        commands.add_company(eve, "Third", zone="UTC", sample="empty")
    assert names(session, actor=ADA, signed_in=True) == ["Harbour", "Second"]
    assert names(session, actor="eve@example.com", signed_in=True) == ["Harbour"]
    found = queries.companies_overview(session.database, session.clock, actor="eve@example.com", signed_in=True)
    assert found["name"].tolist() == ["Harbour"]


@pytest.mark.parametrize(
    ("name", "more", "why"),
    [
        ("", {"sample": "empty"}, "needs a name"),
        ("x" * 201, {"sample": "empty"}, "room for 200"),
        ("a\u202eb", {"sample": "empty"}, "cannot be shown"),
        ("Harbour", {"sample": "empty"}, "already"),
        ("New", {"sample": "none"}, "no sample"),
        ("New", {"environment": "emulator"}, "Say what"),
        ("New", {}, "Say what"),
        ("New", {"sample": "empty", "environment": "sandbox"}, "Say what"),
        ("New", {"sample": "empty", "zone": "Mars/Olympus"}, "no time zone"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_added(session, name, more, why):
    with pytest.raises((Refused, ConfigurationError), match=why):
        commands.add_company(session, name, **{"zone": "UTC", **more})
    assert names(session) == ["Harbour"]


def test_a_company_is_renamed_and_the_history_says_so(session):
    commands.rename_company(session, "Harbour Marine", seen="Harbour")
    assert names(session) == ["Harbour Marine"]
    row = queries.settings_history(session).iloc[0]
    assert (row["who"], row["event"], row["before"], row["after"]) == ("Ada", "renamed", "Harbour", "Harbour Marine")


def test_a_rename_is_refused_where_it_would_hit_another_name_than_was_seen_or_one_that_is_taken(session):
    seed.company(session.database, "Second")
    for name, seen, why in (("Second", None, "already"), ("Harbour", None, "called so already"), ("New", "Old", "since you saw it")):
        with pytest.raises(Refused, match=why):
            commands.rename_company(session, name, seen=seen)
    assert names(session) == ["Harbour", "Second"]


def test_all_companies_are_told_at_a_glance_a_page_at_a_time(database):
    busy = seed.busy(database)
    for number in range(3):
        seed.company(database, f"Quiet {number}")
    found = queries.companies_overview(database, busy.session.clock).set_index("name")
    assert found.index.tolist() == ["Harbour", "Quiet 0", "Quiet 1", "Quiet 2"]
    one = queries.overview(busy.session)
    row = found.loc["Harbour"]
    assert (row["light"], row["health"]) == (one.light, one.health.value)
    assert (row["attention"], row["waiting"]) == (one.queue.attention, one.queue.sending)
    assert row["decisions"] == one.troubles.conflicts + one.troubles.inbox + one.troubles.drifts > 0
    assert row["last_sync_at"] is not None
    assert queries.companies_overview(database, busy.session.clock, page=2, size=3)["name"].tolist() == ["Quiet 2"]
