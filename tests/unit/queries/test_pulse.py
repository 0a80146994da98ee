"""The pulse: the same while nothing changes, another after everything that the state at a glance tells of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from syncengine import commands, inventory, queries
from syncengine.store import brakes, connections, cycles, samples
from syncengine.store.tables import Worker
from syncengine.terms import Trigger
from tests.support.plans import plans
from tests.unit.queries import seed


@pytest.fixture
def busy(database):
    return seed.busy(database)


def saved(busy):
    inventory.save(busy.database, "customer", {"name": "Delta"}, company=busy.session.company_id)


def asked(busy):
    commands.sync_now(busy.session)


def retried(busy):
    row = seed.row_of(busy.database, "customer", busy.customers["Bluebird Bakery"])
    commands.retry(busy.session, [(row["id"], row["version"])])


def chosen(busy):
    commands.choose(busy.session, int(queries.conflicts(busy.session)["id"][0]), "ours")


def configured(busy):
    commands.change_settings(busy.session, {"stop_at_first_error": True})


def lost(busy):
    with busy.database.writing() as connection:
        connections.mark(connection, busy.session.company_id, "broken", "The sign-in was taken back.")


def silent(busy):
    with busy.database.writing() as connection:
        connection.execute(update(Worker).values(beat_at=busy.session.clock.now() - timedelta(minutes=1)))


def begun(busy):
    with busy.database.writing() as connection:
        cycles.start(connection, busy.session.company_id, busy.session.clock.now(), trigger=Trigger.MANUAL, by="Ada", fence=2)


def stopped(busy):
    with busy.database.writing() as connection:
        brakes.ask(connection, busy.session.company_id, busy.session.clock.now(), what="emptied", question="Go on?", facts={"marks": []}, cycle_id=None)


def wanted(busy):
    with busy.database.writing() as connection:
        samples.want(connection, busy.session.company_id, busy.session.clock.now(), by="Ada")


def under_way(busy):
    wanted(busy)
    before = queries.pulse(busy.session)
    with busy.database.writing() as connection:
        samples.put(connection, busy.session.company_id, state="making", done=3, total=9)
    assert queries.pulse(busy.session) != before


@pytest.mark.parametrize("act", [saved, asked, retried, chosen, configured, lost, silent, begun, stopped, wanted, under_way])
def test_whatever_changes_the_overview_changes_the_pulse(busy, act):
    before, pulse = queries.overview(busy.session), queries.pulse(busy.session)
    assert queries.pulse(busy.session) == pulse
    act(busy)
    assert queries.pulse(busy.session) != pulse
    assert act is configured or queries.overview(busy.session) != before


def test_progress_moves_the_pulse(busy):
    begun(busy)
    pulse = queries.pulse(busy.session)
    with busy.database.writing() as connection:
        cycles.progress(connection, cycles.running(connection, busy.session.company_id), busy.session.clock.now(), phase="Sending", done=3, total=9)
    assert queries.pulse(busy.session) != pulse


def test_a_beat_of_a_worker_that_is_heard_changes_nothing(busy):
    pulse = queries.pulse(busy.session)
    busy.session.clock.advance(4)
    with busy.database.writing() as connection:
        connection.execute(update(Worker).values(beat_at=busy.session.clock.now()))
    assert queries.pulse(busy.session) == pulse


def test_it_costs_the_same_however_many_errors_are_open(busy):
    """Every open browser asks for it every few seconds: an error of the company itself is found without the others."""
    assert "ix_sync_error_whole" in plans(busy.database, lambda: queries.pulse(busy.session))[0]
