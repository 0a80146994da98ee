"""Sync now, choices in conflicts, settings and imports, each with its line in the audit trail."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from syncengine import commands, queries
from syncengine.errors import ConfigurationError, Refused
from syncengine.store.tables import Audit, Conflict, Lease, Request
from tests.unit.queries import seed

CUSTOMERS = b"code,name,email\nx1,Delta Sails,ds@example.com\nx2,Echo Ropes,not an address\nx3,Fathom Ltd,f@example.com\n"


def lines(database, event):
    with database.reading() as connection:
        return [row.detail for row in connection.execute(select(Audit.detail).where(Audit.event == event).order_by(Audit.id))]


def test_sync_now_writes_a_wish_and_sends_nothing(database):
    found = seed.busy(database)
    before = queries.queue(found.session)["state"].tolist()
    request_id = commands.sync_now(found.session)
    assert queries.progress(found.session).phase == "Waiting for the worker"
    assert queries.queue(found.session)["state"].tolist() == before
    assert lines(database, "sync requested") == [{"request": request_id}]


def test_a_wish_that_nobody_took_serves_both(database):
    session = seed.company(database)
    assert commands.sync_now(session) == commands.sync_now(session)
    other = seed.company(database, "Globex")
    assert commands.sync_now(other) != commands.sync_now(session)
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(Request)) == 2


def test_a_choice_settles_the_conflict_and_queues_the_record(database):
    found = seed.busy(database)
    conflict = queries.conflicts(found.session)["id"].iloc[0]
    commands.choose(found.session, conflict, "ours")
    assert queries.conflicts(found.session).empty
    assert "Coral Reef Diving" in queries.queue(found.session)["label"].tolist()
    with database.reading() as connection:
        assert connection.execute(select(Conflict.resolution, Conflict.resolved_by)).one() == ("ours", "Ada")


def test_a_conflict_is_settled_once_and_by_its_own_company(database):
    found, other = seed.busy(database), seed.company(database, "Globex")
    conflict = int(queries.conflicts(found.session)["id"].iloc[0])
    with pytest.raises(Refused):
        commands.choose(other, conflict, "theirs")
    commands.choose(found.session, conflict, "theirs")
    with pytest.raises(Refused, match="settled already"):
        commands.choose(found.session, conflict, "ours")


def test_automatic_sync_waits_for_a_first_success(database):
    session = seed.company(database)
    with pytest.raises(Refused, match="Press Sync now first"):
        commands.set_automatic(session, "hourly")
    assert queries.overview(session).automatic == "never"
    assert lines(database, "setting changed") == []


def test_a_frequency_plans_the_next_run_and_never_takes_it_away(database):
    session = seed.busy(database).session
    commands.set_automatic(session, "hourly")
    seen = queries.overview(session)
    assert seen.automatic == "hourly"
    assert seed.NOON < seen.next_run_at <= seed.NOON + timedelta(hours=1)
    commands.set_automatic(session, "never")
    with database.reading() as connection:
        assert connection.scalar(select(Lease.next_run_at)) is None
    assert lines(database, "setting changed") == [
        {"name": "automatic_sync", "from": "never", "to": "hourly"},
        {"name": "automatic_sync", "from": "hourly", "to": "never"},
    ]


def test_settings_change_together_or_not_at_all(database):
    session = seed.busy(database).session
    with pytest.raises(ConfigurationError, match="conflict_policy"):
        commands.change_settings(session, {"stop_at_first_error": True, "conflict_policy": "coin"})
    assert lines(database, "setting changed") == []
    commands.change_settings(session, {"stop_at_first_error": True, "conflict_policy": "ask"})
    assert lines(database, "setting changed") == [{"name": "stop_at_first_error", "from": False, "to": True}]


@pytest.mark.parametrize(
    ("changes", "error", "why"),
    [
        ({"conflict_policy": "ask"}, Refused, "Nothing has changed"),
        ({}, Refused, "Nothing has changed"),
        ({"first_sync_done": False}, Refused, "itself"),
        ({"automatic_sync": "yearly"}, ConfigurationError, "never, hourly, daily or weekly"),
        ({"colour": "blue"}, ConfigurationError, "no setting 'colour'"),
    ],
)
def test_a_change_that_is_none_or_wrong_is_refused(database, changes, error, why):
    with pytest.raises(error, match=why):
        commands.change_settings(seed.busy(database).session, changes)


def test_an_import_is_looked_at_before_anything_is_written(database):
    session = seed.company(database)
    prepared = commands.prepare_import(session, "customer", CUSTOMERS, name="customers.csv")
    assert (prepared.counts.new, prepared.counts.bad) == (2, 1)
    assert queries.records(session, "customer").empty
    assert lines(database, "imported") == []


def test_the_good_rows_go_in_and_the_trail_says_so(database):
    session = seed.company(database)
    told = []
    result = commands.import_file(
        session, "customer", io.BytesIO(CUSTOMERS), name="customers.csv", progress=lambda done, total: told.append((done, total))
    )
    assert (result.created, result.rejected) == (2, 1)
    assert queries.records(session, "customer")["label"].tolist() == ["Delta Sails", "Fathom Ltd"]
    assert lines(database, "imported")[0] | {"created": 2, "file": "customers.csv"} == lines(database, "imported")[0]
    assert told


def test_all_or_nothing_leaves_nothing_while_a_row_is_bad(database):
    session = seed.company(database)
    result = commands.import_file(session, "customer", CUSTOMERS, name="customers.csv", mode="all")
    assert (result.created, result.rejected) == (0, 3)
    assert queries.records(session, "customer").empty


def test_a_file_that_cannot_be_read_is_refused_in_words(database):
    with pytest.raises(Refused, match="No column"):
        commands.prepare_import(seed.company(database), "customer", b"colour\nblue\n", name="colours.csv")
