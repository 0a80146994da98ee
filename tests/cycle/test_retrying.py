"""A scheduled run that an outage ended is begun again, after pauses that grow, until its slot's window ends."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from syncengine import commands, queries
from syncengine.engine import schedule
from syncengine.engine.retrying import FIRST, LONGEST
from syncengine.engine.run import Stopped
from syncengine.store.tables import Slot
from syncengine.worker.worker import Worker
from tests.support.world import World

OUT = {"kind": "unavailable_503", "count": 100_000}
#: A Wednesday.
START = datetime(2026, 1, 14, 12, 0, tzinfo=UTC)


class Office:
    """A company on a schedule, and workers that look at the database as the clock goes on."""

    def __init__(self, world: World, frequency: str, workers: int = 2) -> None:
        self.world, self.company = world, world.company()
        world.clock.advance((START - world.clock.now()).total_seconds())
        assert world.sync(self.company).result == "ok"
        self.session = queries.Session(world.site.database, "Ada", self.company, world.clock)
        self.workers = [Worker(world.site, f"worker {number}") for number in range(workers)]
        commands.set_schedule(self.session, frequency=frequency)
        self.skip_to(self.next_run)

    @property
    def next_run(self) -> datetime:
        found = queries.schedule(self.session).next_run_at
        assert found is not None
        return found

    def skip_to(self, moment: datetime) -> None:
        self.world.clock.advance((moment - self.world.clock.now()).total_seconds())

    def look(self) -> None:
        """What each worker does in a tick, one after the other, until no run is under way."""
        for worker in self.workers:
            worker.tick()
            assert worker.wait(30)

    def out(self) -> None:
        self.world.faults(OUT)

    def back(self) -> None:
        self.world.control("faults", method="DELETE")

    def runs(self) -> list[tuple[str, str, int]]:
        """The runs since the first, manual one: what began them, how they ended, which retry each was."""
        shown = queries.runs(self.session, size=500).iloc[::-1].iloc[1:]
        return list(shown[["trigger", "result", "retry"]].itertuples(index=False, name=None))

    def rows(self, table: Any) -> list[Any]:
        with self.world.site.database.reading() as connection:
            return list(connection.execute(select(table.__table__).order_by(table.id)).mappings())


def test_a_weekly_run_that_met_an_outage_goes_through_within_the_hour_and_once_over_all_workers(world):
    office = Office(world, "weekly")
    due_at = office.next_run
    office.out()
    office.look()
    pauses = []
    for _ in range(4):
        before = world.clock.now()
        office.look()
        pauses.append(office.next_run - before)
        office.skip_to(office.next_run)
        office.look()
    assert pauses == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST]
    office.back()
    office.skip_to(office.next_run)
    office.look()
    office.look()
    assert office.runs() == [("automatic", "failed", number) for number in range(5)] + [("automatic", "ok", 5)]
    assert office.next_run == due_at + timedelta(days=7)
    (slot,) = office.rows(Slot)
    assert (slot["retries"], slot["retry_at"], slot["due_at"]) == (5, None, due_at)


def test_the_pauses_are_capped_and_end_with_the_slots_window(sqlite_world):
    office = Office(sqlite_world, "daily", workers=1)
    due_at = office.next_run
    office.out()
    office.look()
    moments = []
    while office.next_run < due_at + timedelta(days=1):
        moments.append(office.next_run)
        office.skip_to(office.next_run)
        office.look()
    gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert max(gaps) < LONGEST + timedelta(minutes=1)
    assert len(moments) < 32, "about one an hour"
    office.back()
    office.skip_to(office.next_run)
    office.look()
    assert office.runs()[-1] == ("automatic", "ok", 0), "the next slot is a run of its own"
    assert [slot["due_at"] for slot in office.rows(Slot)] == [due_at, due_at + timedelta(days=1)]
    assert office.next_run == due_at + timedelta(days=2)


def test_an_hourly_run_is_never_retried_beyond_its_hour(sqlite_world):
    office = Office(sqlite_world, "hourly", workers=1)
    first = office.next_run
    office.out()
    while office.next_run < first + timedelta(hours=3):
        office.skip_to(office.next_run)
        office.look()
    assert [slot["due_at"] for slot in office.rows(Slot)] == [first + timedelta(hours=hour) for hour in range(3)]
    assert all(slot["retries"] for slot in office.rows(Slot))


@pytest.mark.parametrize("change", ["never", "hourly"])
def test_never_and_another_frequency_end_the_retries(world, change):
    office = Office(world, "daily")
    office.out()
    office.look()
    assert queries.schedule(office.session).retry_at is not None
    commands.set_schedule(office.session, frequency=change)
    before = world.clock.now()
    sync_runs = len(office.runs())
    world.clock.advance(90)
    office.look()
    assert len(office.runs()) == sync_runs
    if change == "never":
        world.clock.advance(30 * 86400)
        office.look()
        assert len(office.runs()) == sync_runs
        commands.set_schedule(office.session, frequency="daily")
        assert office.next_run > world.clock.now(), "what was given up is not caught up with"
    else:
        assert office.next_run > before
    assert queries.schedule(office.session).retry_at is None


def test_a_manual_sync_that_goes_through_ends_the_retries_and_one_that_does_not_leaves_them(world):
    office = Office(world, "weekly")
    week = office.next_run
    office.out()
    office.look()
    planned = office.next_run
    world.clock.advance(1)
    commands.sync_now(office.session)
    office.look()
    assert (office.runs()[-1][:2], office.next_run) == (("manual", "failed"), planned)
    office.back()
    commands.sync_now(office.session)
    office.look()
    assert (office.runs()[-1], office.next_run) == (("manual", "ok", 0), week + timedelta(days=7))


def test_what_only_a_person_can_mend_is_not_retried(sqlite_world):
    office = Office(sqlite_world, "daily", workers=1)
    day = office.next_run
    sqlite_world.faults({"kind": "forbidden_403", "count": 100})
    office.look()
    assert office.runs() == [("automatic", "failed", 0)]
    assert office.next_run == day + timedelta(days=1)


@pytest.mark.parametrize("ahead", [timedelta(days=30), timedelta(hours=5)])
def test_a_retry_that_was_planned_while_the_clock_was_ahead_is_due_at_once(world, ahead):
    office = Office(world, "weekly")
    office.out()
    office.look()
    with world.site.database.writing() as connection:
        connection.execute(Slot.__table__.update().values(retry_at=world.clock.now() + ahead))
        schedule.plan_next(connection, office.company, world.clock.now())
    office.back()
    office.look()
    assert office.runs()[1:] == [("automatic", "ok", 1)]


def test_after_a_night_without_a_worker_one_retry_or_the_next_slot_is_run_and_not_both(world):
    office = Office(world, "daily")
    day = office.next_run
    office.out()
    office.look()
    office.back()
    office.skip_to(day + timedelta(days=3, hours=1))
    office.look()
    office.look()
    assert office.runs() == [("automatic", "failed", 0), ("automatic", "ok", 0)]
    assert [slot["missed"] for slot in office.rows(Slot)] == [0, 2]


def test_a_retry_that_is_cut_off_is_begun_again_under_its_own_number(sqlite_world, monkeypatch):
    office = Office(sqlite_world, "weekly", workers=1)
    office.out()
    office.look()
    office.back()
    office.skip_to(office.next_run)

    def cut_off(*_: Any) -> None:
        raise Stopped

    monkeypatch.setattr("syncengine.engine.cycle.pull", cut_off)
    office.look()
    monkeypatch.undo()
    office.look()
    assert office.runs() == [("automatic", "failed", 0), ("automatic", "interrupted", 1), ("automatic", "ok", 1)]


def test_a_database_that_breaks_off_in_the_middle_is_an_outage_too(world, monkeypatch):
    office = Office(world, "weekly", workers=1)
    week = office.next_run

    def lost(*_: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection unexpectedly"))

    monkeypatch.setattr("syncengine.engine.cycle.pull", lost)
    office.look()
    monkeypatch.undo()
    assert office.runs() == [("automatic", "failed", 0)]
    office.skip_to(office.next_run)
    world.clock.advance(5)
    office.look()
    assert office.runs()[1:] == [("automatic", "ok", 1)]
    assert office.next_run == week + timedelta(days=7)


def test_a_throttled_run_waits_as_long_as_it_is_told(sqlite_world):
    office = Office(sqlite_world, "weekly", workers=1)
    sqlite_world.faults({"kind": "throttle_429", "count": 1000, "retry_after": 600})
    office.look()
    assert office.runs() == [("automatic", "failed", 0)]
    assert office.next_run - sqlite_world.clock.now() >= timedelta(seconds=60)


def test_the_command_line_says_when_it_is_tried_again(sqlite_world):
    from syncengine.worker.scheduling import said

    office = Office(sqlite_world, "weekly", workers=1)
    office.out()
    office.look()
    assert "An outage ended it; retry 1 is due on Sunday, 18 January 2026, 02:0" in said(queries.schedule(office.session))
    office.back()
    office.skip_to(office.next_run)
    office.look()
    assert "It was begun again 1 time, because an outage had ended it." in said(queries.schedule(office.session))
