"""How a sample company stands with its day, in words."""

from __future__ import annotations

import pytest

from syncengine.engine import setup
from syncengine.queries import SampleDay, Session, first_run, sample_day
from syncengine.store import samples


@pytest.fixture
def session(database, clock):
    return Session(database, "Ada", setup.add_company(database, clock, "Shop", sample="demo"), clock)


def put(session, state="wanted", **values):
    with session.database.writing() as connection:
        samples.want(connection, session.company_id, session.clock.now(), by="Ada")
        samples.put(connection, session.company_id, state=state, **values)
    return sample_day(session)


def test_a_sample_without_a_day_says_nothing(session):
    assert sample_day(session) == SampleDay("none")
    assert (sample_day(session).coming, sample_day(session).says) == (False, "")


def test_a_day_that_is_coming_says_how_far_it_is(session):
    assert put(session).says == "The sample company's day is being made."
    assert put(session, state="making").says == "The sample company's day is being made."
    assert put(session, state="making", done=7, total=12).says == "The sample company's day is being made: 7 of 12 syncs."


def test_a_day_that_is_there_or_failed_is_not_coming(session):
    there = put(session, state="there", made_at=session.clock.now())
    assert (there.coming, there.says, there.made_at) == (False, "", session.clock.now())
    failed = put(session, state="failed", message="The disk is full.")
    assert (failed.coming, failed.says, failed.message) == (False, "", "The disk is full.")


def test_the_first_company_wants_its_day_where_the_settings_say_so(empty_database, clock, monkeypatch):
    monkeypatch.setenv("TIEOUT_SAMPLE_DAY", "1")
    assert first_run(empty_database, clock) is True
    session = Session(empty_database, "Ada", 1, clock)
    assert sample_day(session).state == "wanted"


def test_without_a_day_a_few_records_of_it_wait(empty_database, clock, monkeypatch):
    from syncengine.queries import queue_counts

    monkeypatch.setenv("TIEOUT_SAMPLE_DAY", "0")
    first_run(empty_database, clock)
    session = Session(empty_database, "Ada", 1, clock)
    assert sample_day(session).state == "none"
    assert queue_counts(session).total == 9


def test_two_processes_that_start_at_once_make_one_company_with_one_wish(empty_database, clock):
    assert [first_run(empty_database, clock, day=True) for _ in range(2)] == [True, False]
    with empty_database.reading() as connection:
        assert len(samples.waiting(connection)) == 1
