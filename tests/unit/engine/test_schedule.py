"""When companies sync by themselves: slots as rows, through settings that change, zones that change and clocks that jump."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import schedule
from syncengine.store import leases, settings, slots
from syncengine.store.tables import Audit, Lease, Slot
from syncengine.store.tables import Connection as Link


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


class Office:
    """One company, its clock and whoever takes its slots, inside one transaction."""

    def __init__(self, connection: Connection, company_id: int, now: datetime) -> None:
        self.connection = connection
        self.company_id = company_id
        self.now = now

    @property
    def next_run(self) -> datetime | None:
        return self.connection.scalar(select(Lease.next_run_at).where(Lease.company_id == self.company_id))

    @property
    def runs(self) -> list[RowMapping]:
        mine = select(Slot.__table__).where(Slot.company_id == self.company_id)
        return list(self.connection.execute(mine.order_by(Slot.id)).mappings())

    def set(self, *, zone: str | None = None, frequency: str | None = None, time: str | None = None, weekday: str | None = None) -> None:
        """Change the schedule, as the command does."""
        if zone is not None:
            self.connection.execute(update(Company).where(Company.id == self.company_id).values(timezone=zone))
        for name, value in (("automatic_sync", frequency), ("automatic_time", time), ("automatic_weekday", weekday)):
            if value is not None:
                settings.put(self.connection, self.company_id, name, value)
        schedule.plan_next(self.connection, self.company_id, self.now)

    def take(self) -> bool:
        """What a worker does in a tick."""
        if self.company_id not in schedule.due(self.connection, self.now):
            return False
        return schedule.take(self.connection, self.company_id, self.now, by="worker") is not None

    def run_until(self, end: datetime) -> None:
        """Let the time pass, with a worker that is always up."""
        self.take()
        while self.next_run is not None and self.next_run <= end:
            self.now = max(self.now, self.next_run)
            assert self.take()
        self.now = max(self.now, end)


@contextmanager
def office(database: Database, now: datetime, **wanted: str) -> Iterator[Office]:
    """A company in a transaction that is rolled back."""
    with database.writing() as connection:
        inner = connection.begin_nested()
        named = insert(Company).values(name="Harbour", timezone=wanted.pop("zone", "UTC"), created_at=now)
        made = Office(connection, connection.execute(named.returning(Company.id)).scalar_one(), now)
        if wanted:
            made.set(**wanted)
        yield made
        inner.rollback()


@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(minutes=59), timedelta(hours=12), timedelta(hours=23)])
def test_a_clock_put_back_over_a_moment_that_was_taken_does_not_run_it_again(database, back):
    with office(database, at("2026-01-15T01:59Z"), frequency="daily") as this:
        this.run_until(at("2026-01-15T02:00Z"))
        this.now -= back
        this.run_until(at("2026-01-15T23:00Z"))
        assert [run["due_at"] for run in this.runs] == [at("2026-01-15T02:00Z")]
        this.run_until(at("2026-01-16T02:00Z"))
        assert len(this.runs) == 2


def test_a_clock_that_was_a_year_ahead_for_a_while_silences_nothing(database):
    with office(database, at("2026-01-14T12:00Z"), frequency="daily") as this:
        this.run_until(at("2026-01-15T12:00Z"))
        this.run_until(at("2027-01-15T12:00Z") - timedelta(days=364))
        this.now = at("2027-01-15T12:00Z")
        assert this.take()
        assert this.runs[-1]["missed"] == 363
        this.now = at("2026-01-16T12:00Z")
        assert this.next_run == at("2027-01-16T02:00Z"), "left so, it would be silent for a year"
        schedule.plan_next(this.connection, this.company_id, this.now)
        assert this.next_run == at("2026-01-17T02:00Z")
        said = this.connection.execute(select(Audit.event, Audit.detail).where(Audit.company_id == this.company_id)).all()
        assert said == [("slots forgotten", {"slots": 1, "why": "they were taken while the clock was ahead"})]
        this.run_until(at("2026-01-19T12:00Z"))
        assert [run["due_at"].day for run in this.runs] == [15, 16, 17, 18, 19]


def test_a_frequency_that_changes_after_the_clock_was_put_back_steps_over_a_moment_that_is_taken(database):
    with office(database, at("2026-01-17T12:00Z"), frequency="daily") as this:
        this.run_until(at("2026-01-18T02:00Z"))  # a Sunday
        this.now = at("2026-01-18T01:00Z")
        this.set(frequency="weekly")
        assert this.next_run == at("2026-01-25T02:00Z")


@pytest.mark.parametrize(
    ("frequency", "back_at", "due_at", "missed"),
    [
        ("hourly", "2026-01-20T12:30:00Z", "2026-01-20T12:{:02d}:{:02d}Z", 121),
        ("daily", "2026-01-20T12:30:00Z", "2026-01-20T02:00:00Z", 4),
        ("daily", "2026-01-20T01:59:00Z", "2026-01-19T02:00:00Z", 3),
        ("weekly", "2026-02-20T12:30:00Z", "2026-02-15T02:00:00Z", 4),
    ],
)
def test_after_downtime_one_run_stands_for_all_that_was_missed(database, frequency, back_at, due_at, missed):
    with office(database, at("2026-01-15T10:40:00Z"), frequency=frequency) as this:
        spread = this.company_id * 7919 % 3600
        this.now = at(back_at)
        assert this.take()
        assert not this.take()
        (run,) = this.runs
        expected = at(due_at.format(*divmod(spread, 60)))
        if expected > this.now:
            expected -= timedelta(hours=1)
        assert run["due_at"] == expected
        assert run["taken_at"] == this.now
        first = 1 if frequency == "hourly" and at("2026-01-15T10:00:00Z") + timedelta(seconds=spread) > at("2026-01-15T10:40:00Z") else 0
        late = 1 if frequency == "hourly" and spread > 1800 else 0
        assert run["missed"] == missed + first - late
        assert this.next_run > this.now


@pytest.mark.parametrize(
    ("change", "coming"),
    [
        # The day in Honolulu is the one that has had its run already.
        ({"zone": "Pacific/Honolulu"}, "2026-01-16T02:00-10:00"),
        # In Auckland it is the 16th already, 2:00 has passed there, and that day has had no run: it is due at once.
        ({"zone": "Pacific/Auckland"}, "2026-01-16T02:00+13:00"),
        ({"zone": "America/New_York"}, "2026-01-16T02:00-05:00"),
        # A day that had its run gets no second one because the time was put to later.
        ({"time": "23:00"}, "2026-01-16T23:00-08:00"),
        ({"time": "01:00"}, "2026-01-16T01:00-08:00"),
    ],
)
def test_after_a_change_no_local_day_has_two_runs_and_none_is_left_out(database, change, coming):
    with office(database, at("2026-01-14T12:00-08:00"), zone="America/Los_Angeles", frequency="daily") as this:
        this.run_until(at("2026-01-15T12:00-08:00"))
        this.set(**change)
        assert this.next_run == at(coming)


@pytest.mark.parametrize(
    ("weekday", "coming"),
    [("friday", "2026-01-23T02:00Z"), ("sunday", "2026-01-25T02:00Z"), ("tuesday", "2026-01-20T02:00Z")],
)
def test_another_weekday_is_that_of_this_week_and_due_at_once_where_it_has_passed(database, weekday, coming):
    with office(database, at("2026-01-12T12:00Z"), frequency="weekly") as this:
        this.run_until(at("2026-01-21T12:00Z"))  # a Wednesday; the last run was on Sunday the 18th
        this.set(weekday=weekday)
        assert this.next_run == at(coming)


def test_choosing_daily_at_noon_runs_nothing_before_the_next_night(database):
    with office(database, at("2026-01-15T12:00Z"), frequency="daily") as this:
        assert this.next_run == at("2026-01-16T02:00Z")
        this.now = at("2026-01-15T13:00Z")
        this.set(time="11:00")
        assert this.next_run == at("2026-01-16T11:00Z")
        this.set(time="14:00")
        assert this.next_run == at("2026-01-15T14:00Z")


def test_a_day_whose_run_the_clocks_put_off_past_midnight_leaves_the_next_day_its_own(database):
    with office(database, at("2026-03-27T12:00-02:00"), zone="America/Nuuk", frequency="daily", time="23:30") as this:
        this.run_until(at("2026-03-30T12:00-01:00"))
        assert [(run["day"], run["due_at"]) for run in this.runs] == [
            (date(2026, 3, 27), at("2026-03-27T23:30-02:00")),
            (date(2026, 3, 28), at("2026-03-29T00:00-01:00")),
            (date(2026, 3, 29), at("2026-03-29T23:30-01:00")),
        ]


def test_hourly_runs_of_many_companies_are_spread_over_the_hour_and_each_keeps_its_minute():
    hourly = {"automatic_sync": "hourly", "automatic_time": "02:00", "automatic_weekday": "sunday"}
    plans = [schedule.plan(hourly, "UTC", company_id) for company_id in range(1, 601)]
    after = at("2026-01-15T17:00Z")
    minutes = [schedule.next_run(plan, after).minute for plan in plans]
    assert max(minutes.count(minute) for minute in range(60)) <= 20
    first = schedule.next_run(plans[6], after)
    assert schedule.next_run(plans[6], first) == first + timedelta(hours=1)


def test_daily_and_weekly_runs_are_not_spread():
    for frequency in ("daily", "weekly"):
        values = {"automatic_sync": frequency, "automatic_time": "02:00", "automatic_weekday": "sunday"}
        moments = {schedule.next_run(schedule.plan(values, "UTC", company_id), at("2026-01-15T17:00Z")) for company_id in range(1, 50)}
        assert len(moments) == 1


@pytest.fixture
def companies(database, clock):
    with database.writing() as connection:
        for number in (1, 2, 3):
            connection.execute(insert(Company).values(id=number, name=f"C{number}", timezone="America/Los_Angeles", created_at=clock.now()))
            leases.row(connection, number)
    return [1, 2, 3]


def next_runs(database):
    with database.reading() as connection:
        return dict(connection.execute(select(Lease.company_id, Lease.next_run_at)).all())


def test_due_are_those_whose_moment_has_come_and_that_nobody_syncs_oldest_first(database, companies, clock):
    now = clock.now()
    with database.writing() as connection:
        assert schedule.due(connection, now) == []
        for company_id, minutes in zip(companies, (0, -90, 1), strict=True):
            connection.execute(update(Lease).where(Lease.company_id == company_id).values(next_run_at=now + timedelta(minutes=minutes)))
        assert schedule.due(connection, now) == [2, 1]
        leases.claim(connection, 2, "ada", now)
        assert schedule.due(connection, now) == [1]
        assert schedule.due(connection, now + timedelta(seconds=leases.LEASE_SECONDS + 1)) == [2, 1]


def test_a_company_that_is_disconnected_is_not_due_until_it_is_connected_again(database, companies, clock):
    with database.writing() as connection:
        link = {"company_id": 1, "environment": "emulator", "sample": "demo", "generation": 1, "token_version": 0}
        connection.execute(insert(Link).values(state="disconnected", **link))
        connection.execute(update(Lease).where(Lease.company_id == 1).values(next_run_at=clock.now()))
        assert schedule.due(connection, clock.now()) == []
        connection.execute(update(Link).values(state="connected"))
        assert schedule.due(connection, clock.now()) == companies[:1]


def test_a_moment_that_is_left_in_a_row_fires_nothing_under_never_s15(database, companies, clock):
    with database.writing() as connection:
        connection.execute(update(Lease).values(next_run_at=clock.now()))
        assert schedule.take(connection, companies[0], clock.now(), by="worker") is None


def test_two_workers_take_one_slot_once(database, companies, clock):
    """S12: without the lease, too, the row itself is there once."""
    with database.writing() as connection:
        settings.put(connection, companies[0], "automatic_sync", "daily")
        schedule.plan_next(connection, companies[0], clock.now())
    clock.advance(86400)
    taken: list[int | None] = []
    gate = threading.Barrier(2)

    def work(name: str) -> None:
        gate.wait(20)
        with database.writing() as connection:
            day = clock.now().date()
            taken.append(
                slots.take(connection, 1, clock.now(), by=name, frequency="daily", due_at=at("2026-01-16T10:00Z"), day=day, zone="", missed=0)
            )

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(each is None for each in taken) == [False, True]


def test_a_slot_that_is_given_back_is_due_again(database, companies, clock):
    with database.writing() as connection:
        settings.put(connection, companies[0], "automatic_sync", "daily")
        due_at = schedule.plan_next(connection, companies[0], clock.now())
        clock.advance(86400)
        slots.serve(connection, schedule.take(connection, companies[0], clock.now(), by="one"), 7)
        assert schedule.due(connection, clock.now()) == []
        schedule.give_back(connection, companies[0], 7, clock.now())
        assert schedule.due(connection, clock.now()) == companies[:1]
        schedule.take(connection, companies[0], clock.now(), by="two")
        assert connection.execute(select(Slot.due_at, Slot.taken_by)).all() == [(due_at, "two")]


def test_plans_that_no_longer_follow_from_the_settings_are_mended(database, companies, clock):
    one, two, three = companies
    with database.writing() as connection:
        for company_id, frequency in ((one, "daily"), (two, "daily"), (three, "never")):
            settings.put(connection, company_id, "automatic_sync", frequency)
            schedule.plan_next(connection, company_id, clock.now())
    good = next_runs(database)
    assert schedule.mend(database, clock.now()) == []
    with database.writing() as connection:  # what another program does
        connection.execute(update(Company).where(Company.id == two).values(timezone="Europe/Berlin"))
        connection.execute(update(Lease).where(Lease.company_id == three).values(next_run_at=clock.now()))
        leases.claim(connection, one, "dead elsewhere", clock.now() + timedelta(days=365))
        connection.execute(update(Lease).where(Lease.company_id == one).values(blocked_until=clock.now() + timedelta(days=365)))
    assert schedule.mend(database, clock.now()) == [two, three]
    assert next_runs(database) == {**good, two: at("2026-01-16T02:00+01:00")}
    clock.advance(leases.LEASE_SECONDS + 1)
    with database.writing() as connection:
        leases.claim(connection, one, "alive", clock.now())
        assert leases.row(connection, one)["blocked_until"] is None
