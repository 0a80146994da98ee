"""What is next, by pure reckoning: one run for each period, whatever is changed and wherever the clock goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from syncengine.engine import upcoming
from syncengine.engine.moments import Plan
from syncengine.engine.upcoming import AHEAD, Taken, Upcoming

#: Zones on both sides of the date line, with and without summer time; in none are the clocks put forward over midnight.
ZONES = ("America/Los_Angeles", "Europe/Berlin", "Asia/Kolkata", "Pacific/Auckland", "Australia/Lord_Howe", "Pacific/Kiritimati",
         "Pacific/Honolulu", "UTC")  # fmt: skip
PERIODS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds the zone
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
ON = st.sampled_from(["hourly", "daily", "weekly"])


@dataclass(frozen=True)
class Run:
    """A slot as it was taken."""

    frequency: str
    zone: str
    due_at: datetime
    day: date
    missed: int
    taken_at: datetime


class Office:
    """One company's schedule in memory, its clock and whoever takes its slots: the rows that `schedule` keeps, and no more."""

    def __init__(self, now: datetime, **wanted: object) -> None:
        self.now = now
        self.choice: dict[str, object] = {"frequency": "never", "at": time(2), "weekday": 6, "zone": "UTC", "spread": 1234}
        self.runs: list[Run] = []
        self.planned: tuple[str, datetime] | None = None
        self.next_run: datetime | None = None
        self.set(**wanted)

    @property
    def plan(self) -> Plan | None:
        return None if self.choice["frequency"] == "never" else Plan(**self.choice)

    def coming(self, plan: Plan) -> Upcoming:
        mine = [run for run in self.runs if run.frequency == plan.frequency and run.due_at <= self.now + AHEAD[plan.frequency]]
        last = max(mine, key=lambda run: run.due_at, default=None)
        since = upcoming.since(plan, *(self.planned or (None, None)), self.now)
        return Upcoming(
            plan, since, last and Taken(last.due_at, last.day, last.zone), lambda at: any(run.due_at == at for run in self.runs)
        )

    def set(self, **wanted: object) -> None:
        """Change the schedule, and plan anew."""
        self.choice |= wanted
        plan = self.plan
        if plan is None:
            self.planned, self.next_run = None, None
            return
        self.runs = [run for run in self.runs if run.frequency != plan.frequency or run.due_at <= self.now + AHEAD[plan.frequency]]
        coming = self.coming(plan)
        self.planned, self.next_run = (plan.frequency, coming.since), coming.first()[1]

    def take(self) -> bool:
        """What a worker does in a tick."""
        due = self.coming(self.plan).due(self.now) if self.plan else None
        if due is not None:
            self.runs.append(Run(self.plan.frequency, self.plan.zone, due.due_at, due.day, due.missed, self.now))
            self.set()
        return due is not None

    def run_until(self, end: datetime) -> None:
        """Let the time pass, with a worker that is always up."""
        self.take()
        while self.next_run is not None and self.next_run <= end:
            self.now = max(self.now, self.next_run)
            assert self.take()
        self.now = max(self.now, end)


def period(frequency: str, zone: str, run: Run) -> int:
    """Which hour, local day or week of `zone` a run belongs to, counted anew from what it says of itself."""
    if frequency == "hourly":
        return int(run.due_at.timestamp() // 3600)
    local = run.day if run.zone == zone else run.due_at.astimezone(ZoneInfo(zone)).date()
    return local.toordinal() if frequency == "daily" else (local - timedelta(days=local.weekday())).toordinal() // 7


def each_is_the_one_of_its_period(runs: list[Run]) -> None:
    for before, run in pairwise(runs):
        assert run.due_at > before.due_at, "in order"
        if run.frequency == before.frequency:
            one, other = (period(run.frequency, run.zone, each) for each in (before, run))
            assert other - one == 1, (before, run)


@given(zone=st.sampled_from(ZONES), frequency=ON, at=TIMES, weekday=st.integers(0, 6), start=STARTS)
def test_while_tieout_is_up_each_period_has_exactly_one_run_s12_s13(zone, frequency, at, weekday, start):
    this = Office(start, zone=zone, frequency=frequency, at=at, weekday=weekday)
    this.run_until(start + 20 * PERIODS[frequency])
    runs = this.runs
    assert 19 <= len(runs) <= 21
    assert all(run.missed == 0 and run.taken_at == run.due_at > start for run in runs)
    each_is_the_one_of_its_period(runs)
    if frequency != "hourly":
        assert all(run.due_at.astimezone(ZoneInfo(zone)).date() == run.day for run in runs)
    if frequency == "weekly":
        assert {run.day.weekday() for run in runs} == {weekday}
    assert this.next_run > this.now


CHANGES = st.one_of(
    st.fixed_dictionaries({"zone": st.sampled_from(ZONES)}), st.fixed_dictionaries({"at": TIMES}),
    st.fixed_dictionaries({"weekday": st.integers(0, 6)}),
)  # fmt: skip


@given(frequency=ON, start=STARTS, zone=st.sampled_from(ZONES), changes=st.lists(st.tuples(st.floats(0.05, 2.5), CHANGES), max_size=12))
def test_zones_times_and_weekdays_may_change_and_no_period_has_two_runs_or_none_s12(frequency, start, zone, changes):
    this = Office(start, zone=zone, frequency=frequency)
    for wait, change in changes:
        this.run_until(this.now + wait * PERIODS[frequency])
        this.set(**change)
        this.take()
        assert this.next_run > this.now
    this.run_until(this.now + 3 * PERIODS[frequency])
    each_is_the_one_of_its_period(this.runs)
    assert len(this.runs) >= 2


@given(start=STARTS, changes=st.lists(st.tuples(st.floats(0.05, 2.5), st.sampled_from(["never", "hourly", "daily", "weekly"])), max_size=12))
def test_the_frequency_may_change_and_nothing_runs_under_never_s15(start, changes):
    this = Office(start, zone="Europe/Berlin", frequency="daily")
    frequency = "daily"
    for wait, wanted in changes:
        before = len(this.runs)
        this.run_until(this.now + wait * PERIODS.get(frequency, timedelta(days=30)))
        assert frequency != "never" or len(this.runs) == before
        this.set(frequency=wanted)
        assert (this.next_run is None) == (wanted == "never")
        assert not this.take(), "choosing a frequency runs nothing at once"
        frequency = wanted
    for each in ("hourly", "daily", "weekly"):
        mine = [run for run in this.runs if run.frequency == each]
        days = [period(each, "Europe/Berlin", run) for run in mine]
        assert len(days) == len(set(days)), "never two for one period, on and off in between or not"


@given(
    frequency=ON, start=STARTS, zone=st.sampled_from(ZONES),
    jumps=st.lists(st.tuples(st.floats(-40, 40), st.floats(0.01, 2.5), st.booleans()), min_size=1, max_size=10),
)  # fmt: skip
def test_a_clock_that_jumps_either_way_leaves_no_silence_and_no_burst(frequency, start, zone, jumps):
    length = PERIODS[frequency]
    this = Office(start, zone=zone, frequency=frequency)
    for jump, wait, up in jumps:
        before = len(this.runs)
        this.now += jump * length
        this.set()  # what `mend` does where the plan is wrong
        this.take()
        assert not this.take(), "however far it jumped, one run and no more"
        assert len(this.runs) <= before + 1
        assert this.now < this.next_run <= this.now + 2 * length + timedelta(hours=2), "and no long silence after it"
        if up:
            this.run_until(this.now + wait * length)
        else:
            this.now += wait * length
            this.take()
    assert len({run.due_at for run in this.runs}) == len(this.runs)
