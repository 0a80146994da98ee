"""Metered reads by day: counted once a run, on the company's own day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from syncengine.db.base import Company
from syncengine.engine import setup
from syncengine.store import cycles, reads
from syncengine.store.reads import Day
from syncengine.store.tables import Connection as Link
from syncengine.terms import Trigger

LATE = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
DAY = date(2026, 2, 28)


def run(database, company, at, *, end=True, **counts):
    with database.writing() as connection:
        cycle_id = cycles.start(connection, company, at, trigger=Trigger.AUTOMATIC, by="schedule", fence=1)
        if end:
            cycles.finish(connection, cycle_id, at, result="ok", message=None, seconds=1, **counts)
        else:
            cycles.progress(connection, cycle_id, at, phase="Reading", **counts)


def days(database, company):
    with database.reading() as connection:
        return reads.of_company(connection, company, date(2026, 1, 1))


@pytest.fixture
def eastern(database, clock):
    company = setup.add_company(database, clock, "Harbour", sample="empty")
    with database.writing() as connection:
        connection.execute(update(Company).where(Company.id == company).values(timezone="America/New_York"))
    return company


def test_runs_of_one_day_are_one_row_on_the_day_of_the_companys_zone(database, eastern):
    run(database, eastern, LATE, metered_reads=3, sent=5, received=1)
    run(database, eastern, LATE.replace(hour=2), metered_reads=4, sent=0, received=2)
    assert days(database, eastern) == {DAY: Day(7, 8)}


def test_a_run_that_its_worker_left_counts_as_far_as_it_came(database, eastern):
    run(database, eastern, LATE, end=False, metered_reads=9, sent=2)
    assert days(database, eastern) == {}
    run(database, eastern, LATE, metered_reads=1)
    assert days(database, eastern) == {DAY: Day(10, 2)}


def test_only_what_intuit_meters_is_summed_over_the_installation(database, eastern, clock):
    other = setup.add_company(database, clock, "Globex", sample="empty")
    with database.writing() as connection:
        connection.execute(update(Link).where(Link.company_id == other).values(environment="production"))
    for company in (eastern, other):
        run(database, company, LATE, metered_reads=6)
    with database.reading() as connection:
        found = reads.of_installation(connection, date(2026, 1, 1))
    assert {day: each.metered for day, each in found.items()} == {date(2026, 3, 1): 6}
