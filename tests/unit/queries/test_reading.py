"""The meter: this month so far, its forecast, and reads for each record."""

from __future__ import annotations

import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert, update

from syncengine import queries
from syncengine.db.base import Company
from syncengine.queries.session import Session
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Reads
from tests.unit.queries import seed

TODAY = date(2026, 1, 15)


@pytest.fixture
def session(database) -> Session:
    return seed.company(database)


def spent(session, **days):
    with session.database.writing() as connection:
        for ago, metered in days.items():
            at = TODAY - timedelta(days=int(ago.removeprefix("ago")))
            connection.execute(insert(Reads).values(company_id=session.company_id, day=at, metered=metered, changed=metered * 4, runs=1))


def test_without_a_run_there_is_nothing_to_forecast(session):
    found = queries.reads(session)
    assert (found.month, found.company, found.company_forecast, found.per_change) == (date(2026, 1, 1), 0, None, None)
    assert (found.installation, found.budget, found.metered) == (0, 500_000, False)


def test_the_month_is_counted_from_its_first_day_and_no_earlier(session):
    spent(session, ago15=1000, ago14=10, ago0=5)
    found = queries.reads(session)
    assert (found.company, found.changed, found.per_change) == (15, 60, Decimal("0.25"))


def test_the_forecast_goes_by_the_last_seven_whole_days(session):
    spent(session, ago10=9000, **{f"ago{n}": 24 for n in range(1, 8)}, ago0=30)
    # So far, and sixteen more days at twenty-four a day; today has spent more than its share already.
    assert queries.reads(session).company_forecast == 9000 + 7 * 24 + 30 + 16 * 24


def test_the_first_whole_day_is_enough_for_a_forecast(session):
    spent(session, ago1=100, ago0=40)
    assert queries.reads(session).company_forecast == 140 + 60 + 16 * 100


def test_the_budget_is_that_of_all_metered_companies_together(session):
    other = seed.company(session.database, "Globex")
    for each in (session, other):
        spent(each, ago1=10)
    with session.database.writing() as connection:
        connection.execute(update(Link).where(Link.company_id == other.company_id).values(environment="production"))
    assert (queries.reads(session).installation, queries.reads(session).metered) == (10, False)
    assert (queries.reads(other).installation, queries.reads(other).metered) == (10, True)


def test_a_thousand_companies_cost_little(sqlite_database):
    first = seed.company(sqlite_database)
    with sqlite_database.writing() as connection:
        ids = connection.scalars(
            insert(Company).returning(Company.id), [{"name": f"C{n}", "timezone": "UTC"} for n in range(1000)]
        ).all()
        links = [{"company_id": each, "environment": "production", "state": "connected", "generation": 1, "token_version": 0} for each in ids]
        connection.execute(insert(Link), links)
        connection.execute(
            insert(Reads),
            [{"company_id": each, "day": TODAY - timedelta(days=n), "metered": 24, "changed": 9, "runs": 24} for each in ids for n in range(15)],
        )
    assert queries.reads(first).installation == 1000 * 15 * 24
    took = []
    for _ in range(5):
        begun = time.process_time()
        queries.reads(first)
        took.append(time.process_time() - begun)
    assert min(took) < 0.05
