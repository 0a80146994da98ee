"""When a company syncs by itself: always later than now, once a day whatever the clocks do, and never where it says never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from syncengine.db.base import Company
from syncengine.engine import schedule
from syncengine.engine.schedule import next_run
from syncengine.store import leases, settings
from syncengine.store.tables import Lease

ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia", "Australia/Lord_Howe", "UTC")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds the zone


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@given(st.sampled_from(["hourly", "daily", "weekly"]), st.sampled_from(ZONES), st.integers(1, 10**6), MOMENTS)
def test_the_next_run_is_later_than_now_and_within_its_period(frequency, zone, company_id, after):
    run = next_run(frequency, zone, company_id, after)
    longest = {"hourly": timedelta(hours=1), "daily": timedelta(hours=26), "weekly": timedelta(days=7, hours=2)}[frequency]
    assert after < run <= after + longest
    assert run.tzinfo is UTC


@given(st.sampled_from(ZONES), st.integers(1, 99), MOMENTS)
def test_never_is_never(zone, company_id, after):
    assert next_run("never", zone, company_id, after) is None


@given(st.sampled_from(ZONES[:4]), MOMENTS)
def test_daily_runs_are_at_two_by_the_companys_own_clock_or_at_the_end_of_the_hour_that_is_missing(zone, after):
    local = next_run("daily", zone, 1, after).astimezone(ZoneInfo(zone))
    assert local.hour in {2, 3}
    assert (local.minute, local.second) == (0, 0)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin"])
@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_over_a_whole_year_there_is_one_run_on_each_day_and_one_on_each_sunday(zone, year):
    start = datetime(year, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    end = datetime(year + 1, 1, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    for frequency, wanted in (("daily", range(7)), ("weekly", [6])):
        days, run = [], next_run(frequency, zone, 1, start)
        while run < end:
            days.append(run.astimezone(ZoneInfo(zone)).date())
            run = next_run(frequency, zone, 1, run)
        every = [datetime(year, 1, 1).date() + timedelta(days=number) for number in range(366)]  # noqa: DTZ001 -- a calendar day
        assert days == [day for day in every if day.year == year and day.weekday() in wanted]


@pytest.mark.parametrize(
    ("zone", "after", "run"),
    [
        # The clocks go forward at 2:00: there is no 2:00, so the run is at 3:00.
        ("America/Los_Angeles", "2026-03-07T12:00-08:00", "2026-03-08T03:00-07:00"),
        ("America/Los_Angeles", "2026-03-08T03:00-07:00", "2026-03-09T02:00-07:00"),
        ("America/Los_Angeles", "2026-11-01T00:30-07:00", "2026-11-01T02:00-08:00"),
        ("Europe/Berlin", "2026-03-28T12:00+01:00", "2026-03-29T03:00+02:00"),
        # The clocks go back at 3:00: 2:00 comes twice, the run only with the first.
        ("Europe/Berlin", "2026-10-24T12:00+02:00", "2026-10-25T02:00+02:00"),
        ("Europe/Berlin", "2026-10-25T02:00+02:00", "2026-10-26T02:00+01:00"),
        ("Europe/Berlin", "2026-10-25T02:30+01:00", "2026-10-26T02:00+01:00"),
    ],
)
def test_days_on_which_the_clocks_change(zone, after, run):
    assert next_run("daily", zone, 1, at(after)) == at(run)


def test_hourly_runs_of_many_companies_are_spread_over_the_hour_and_each_keeps_its_minute():
    after = at("2026-01-15T17:00Z")
    minutes = [next_run("hourly", "UTC", company_id, after).minute for company_id in range(1, 601)]
    assert max(minutes.count(minute) for minute in range(60)) <= 20
    first = next_run("hourly", "UTC", 7, after)
    assert next_run("hourly", "UTC", 7, first) == first + timedelta(hours=1)


@pytest.mark.parametrize("zone", ["", "Nowhere/Town", "America", "../../etc/passwd", "\0"])
def test_a_zone_that_is_none_is_read_as_utc(zone):
    assert next_run("daily", zone, 1, at("2026-01-15T17:00Z")) == at("2026-01-16T02:00Z")


@pytest.fixture
def company(database, clock):
    with database.writing() as connection:
        for number in (1, 2, 3):
            connection.execute(insert(Company).values(id=number, name=f"C{number}", timezone="America/Los_Angeles", created_at=clock.now()))
    return 1


def test_the_next_run_follows_the_companys_settings_and_zone(database, company, clock):
    with database.writing() as connection:
        schedule.plan_next(connection, company, clock.now())
        assert connection.scalar(select(Lease.next_run_at).where(Lease.company_id == company)) is None
        settings.put(connection, company, "automatic_sync", "daily")
        schedule.plan_next(connection, company, clock.now())
        assert connection.scalar(select(Lease.next_run_at).where(Lease.company_id == company)) == at("2026-01-16T02:00-08:00")
        settings.put(connection, company, "automatic_sync", "never")
        schedule.plan_next(connection, company, clock.now())
        assert connection.scalar(select(Lease.next_run_at).where(Lease.company_id == company)) is None


def test_due_are_those_whose_moment_has_come_and_that_nobody_syncs_oldest_first(database, company, clock):
    now = clock.now()
    with database.writing() as connection:
        for company_id in (1, 2, 3):
            leases.row(connection, company_id)
        assert schedule.due(connection, now) == []
        for company_id, minutes in ((1, 0), (2, -90), (3, 1)):
            connection.execute(update(Lease).where(Lease.company_id == company_id).values(next_run_at=now + timedelta(minutes=minutes)))
        assert schedule.due(connection, now) == [2, 1]
        leases.claim(connection, 2, "ada", now)
        assert schedule.due(connection, now) == [1]
        assert schedule.due(connection, now + timedelta(seconds=leases.LEASE_SECONDS + 1)) == [2, 1]
