"""Which company is synced next, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from syncengine.engine import setup
from syncengine.store import cycles, leases, samples, settings
from syncengine.store.tables import Lease
from syncengine.terms import Trigger
from syncengine.worker import dispatch
from syncengine.worker.dispatch import Wish

ME = "me"


@pytest.fixture
def companies(database, clock):
    return [setup.add_company(database, clock, name, sample="empty") for name in ("Anchor", "Buoy", "Canal")]


def chosen(database, clock, *, busy=(), dead=lambda _: False):
    with database.reading() as connection:
        return dispatch.choose(dispatch.look(connection, clock.now(), me=ME, dead=dead), busy)


def ask(database, clock, company_id, by="Ada"):
    with database.writing() as connection:
        return cycles.request(connection, company_id, clock.now(), by=by)


def due(database, clock, company_id):
    with database.writing() as connection:
        leases.row(connection, company_id)
        connection.execute(Lease.__table__.update().where(Lease.company_id == company_id).values(next_run_at=clock.now()))


def left(database, clock, company_id, owner="other", by="Grace", *, times=1):
    """Leave `times` cycles in the middle, as a killed worker does."""
    with database.writing() as connection:
        for _ in range(times):
            fence = leases.claim(connection, company_id, owner, clock.now())
            cycle_id = cycles.start(connection, company_id, clock.now(), trigger=Trigger.MANUAL, by=by, fence=fence)
    return cycle_id


def test_nothing_is_wanted_of_an_idle_installation(database, clock, companies):
    assert companies
    assert chosen(database, clock) == []


def want_day(database, clock, company_id, state="wanted"):
    with database.writing() as connection:
        samples.want(connection, company_id, clock.now(), by="Ada")
        samples.put(connection, company_id, state=state)


@pytest.mark.parametrize("state", ["wanted", "making"])
def test_a_sample_s_day_comes_before_any_sync_of_the_company(database, clock, companies, state):
    one, two, _ = companies
    ask(database, clock, one)
    ask(database, clock, two)
    want_day(database, clock, two, state)
    found = {wish.company_id: wish for wish in chosen(database, clock)}
    assert found[two] == Wish(two, Trigger.MANUAL, "Ada", day=True)
    assert found[one].day is False


@pytest.mark.parametrize("state", ["there", "failed"])
def test_a_day_that_is_made_or_given_up_is_left_alone(database, clock, companies, state):
    want_day(database, clock, companies[0], state)
    assert chosen(database, clock) == []


def test_a_day_waits_while_somebody_else_syncs_the_company(database, clock, companies):
    want_day(database, clock, companies[0])
    with database.writing() as connection:
        leases.claim(connection, companies[0], "other", clock.now())
    assert chosen(database, clock) == []
    assert [wish.day for wish in chosen(database, clock, dead=lambda _: True)] == [True]
    assert chosen(database, clock, busy=companies, dead=lambda _: True) == []


def test_what_people_ask_for_comes_before_what_is_due(database, clock, companies):
    one, two, _ = companies
    due(database, clock, one)
    request = ask(database, clock, two)
    assert chosen(database, clock) == [Wish(two, Trigger.MANUAL, "Ada", (request,)), Wish(one, Trigger.AUTOMATIC, "schedule")]


def test_a_company_that_is_both_asked_for_and_due_is_synced_once(database, clock, companies):
    due(database, clock, companies[0])
    request = ask(database, clock, companies[0])
    assert chosen(database, clock) == [Wish(companies[0], Trigger.MANUAL, "Ada", (request,))]


def test_a_company_that_is_being_synced_waits_and_its_request_stays(database, clock, companies):
    one, two, _ = companies
    ask(database, clock, one)
    ask(database, clock, two)
    assert [wish.company_id for wish in chosen(database, clock, busy={one})] == [two]
    assert [wish.company_id for wish in chosen(database, clock)] == [one, two]


def test_a_company_that_another_process_holds_is_left_to_it(database, clock, companies):
    ask(database, clock, companies[0])
    left(database, clock, companies[0])
    assert chosen(database, clock) == []


def test_what_a_dead_owner_left_is_taken_up_at_once_in_the_name_of_whoever_wanted_it(database, clock, companies):
    cycle_id = left(database, clock, companies[0])
    assert chosen(database, clock, dead=lambda owner: owner == "other") == [
        Wish(companies[0], Trigger.MANUAL, "Grace", resumes=cycle_id)
    ]


def test_what_an_owner_elsewhere_left_is_taken_up_when_its_lease_has_run_out(database, clock, companies):
    left(database, clock, companies[0])
    clock.advance(leases.LEASE_SECONDS - 1)
    assert chosen(database, clock) == []
    clock.advance(1)
    assert [wish.company_id for wish in chosen(database, clock)] == [companies[0]]


def test_a_lease_left_before_any_cycle_began_is_nothing_to_take_up(database, clock, companies):
    with database.writing() as connection:
        leases.claim(connection, companies[0], "other", clock.now())
    assert chosen(database, clock, dead=lambda _: True) == []


def test_a_cycle_that_ends_its_worker_each_time_waits_for_a_person(database, clock, companies):
    left(database, clock, companies[0], times=dispatch.RESUMED_AT_MOST - 1)
    assert len(chosen(database, clock, dead=lambda _: True)) == 1
    left(database, clock, companies[0])
    assert chosen(database, clock, dead=lambda _: True) == []
    ask(database, clock, companies[0])
    assert len(chosen(database, clock, dead=lambda _: True)) == 1


def test_a_cycle_of_our_own_that_broke_off_is_not_held_against_us(database, clock, companies):
    left(database, clock, companies[0], owner=ME)
    assert [wish.company_id for wish in chosen(database, clock)] == [companies[0]]


def test_nothing_runs_by_itself_under_never(database, clock, companies):
    clock.advance(timedelta(days=30).total_seconds())
    assert chosen(database, clock) == []
    with database.writing() as connection:
        assert settings.all_of(connection, companies[0])["automatic_sync"] == "never"
