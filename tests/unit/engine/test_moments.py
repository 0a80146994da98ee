"""When a schedule is due by the calendar alone: once in every hour, local day or local week, whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncengine.engine.moments import Plan, first_at, zone_named
from syncengine.errors import ConfigurationError
from tests.support.examples import examples

#: Every zone that a company may choose.
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 -- hypothesis adds the zone
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))
FREQUENCIES = st.sampled_from(["hourly", "daily", "weekly"])
PLANS = st.builds(Plan, FREQUENCIES, TIMES, st.integers(0, 6), st.sampled_from(ZONES), st.integers(0, 3599))
LONGEST = {"hourly": timedelta(hours=1), "daily": timedelta(hours=26), "weekly": timedelta(days=7, hours=2)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def daily(zone: str, when: str = "02:00") -> Plan:
    return Plan("daily", time.fromisoformat(when), 6, zone, 0)


@given(PLANS, MOMENTS)
def test_the_next_moment_is_later_than_now_and_within_its_period_s12(plan, after):
    _, moment = plan.first(after)
    assert after < moment <= after + LONGEST[plan.frequency]
    assert moment.tzinfo is UTC


@given(PLANS, MOMENTS, MOMENTS)
def test_a_later_look_never_finds_an_earlier_moment(plan, one, other):
    early, late = sorted([one, other])
    assert plan.first(early)[1] <= plan.first(late)[1]
    assert plan.latest(early)[1] <= early < plan.first(early)[1]


@settings(max_examples=examples(60))
@given(PLANS, MOMENTS, st.integers(1, 40))
def test_every_hour_day_or_week_has_one_moment_and_they_come_in_order_s13(plan, start, count):
    period, moment = plan.first(start)
    for _ in range(count):
        following, then = plan.first(moment)
        assert following == period + 1
        assert then > moment
        assert plan.latest(then) == (following, then)
        period, moment = following, then


@given(st.sampled_from(ZONES), TIMES, MOMENTS)
def test_daily_runs_are_at_their_time_by_the_companys_own_clock_or_where_it_is_left_out_at_the_change(zone, when, after):
    period, moment = Plan("daily", when, 6, zone, 0).first(after)
    local = moment.astimezone(ZoneInfo(zone))
    wanted = datetime.combine(date.fromordinal(period), when)
    shown = local.replace(tzinfo=None, fold=0)
    if shown != wanted:
        just_before = (moment - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert just_before < wanted < shown, "the clocks leave it out at this very moment"
    else:
        assert local.fold == 0, "of two, the first"


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Europe/Berlin", "America/Nuuk", "Africa/Cairo", "Australia/Lord_Howe"])
@pytest.mark.parametrize("when", ["00:00", "00:30", "01:30", "02:00", "02:30", "23:30"])
def test_over_years_each_day_has_one_moment_and_each_week_one_on_its_day(zone, when):
    start, end = date(2024, 1, 1).toordinal(), date(2028, 1, 1).toordinal()
    plan = daily(zone, when)
    days = [plan.moment(each) for each in range(start, end)]
    assert all(one < other for one, other in pairwise(days))
    weekly = Plan("weekly", time.fromisoformat(when), 6, zone, 0)
    weeks = [weekly.moment(each) for each in range(plan_week(start), plan_week(end))]
    assert weeks == [days[each - start] for each in range(start, end) if date.fromordinal(each).weekday() == 6][: len(weeks)]


def plan_week(ordinal: int) -> int:
    return (ordinal - 1) // 7


@pytest.mark.parametrize(
    ("zone", "when", "after", "run"),
    [
        # The clocks go forward at 2:00: there is no 2:00 and no 2:30, so the run is at 3:00.
        ("America/Los_Angeles", "02:00", "2026-03-07T12:00-08:00", "2026-03-08T03:00-07:00"),
        ("America/Los_Angeles", "02:30", "2026-03-07T12:00-08:00", "2026-03-08T03:00-07:00"),
        ("America/Los_Angeles", "02:00", "2026-03-08T03:00-07:00", "2026-03-09T02:00-07:00"),
        ("America/Los_Angeles", "02:00", "2026-11-01T00:30-07:00", "2026-11-01T02:00-08:00"),
        ("Europe/Berlin", "02:30", "2026-03-28T12:00+01:00", "2026-03-29T03:00+02:00"),
        # The clocks go back at 3:00: 2:00 comes twice, the run only with the first.
        ("Europe/Berlin", "02:00", "2026-10-24T12:00+02:00", "2026-10-25T02:00+02:00"),
        ("Europe/Berlin", "02:00", "2026-10-25T02:00+02:00", "2026-10-26T02:00+01:00"),
        ("Europe/Berlin", "02:30", "2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"),
        # Half an hour is left out, from 2:00 to 2:30.
        ("Australia/Lord_Howe", "02:15", "2026-10-03T12:00+10:30", "2026-10-04T02:30+11:00"),
        # 23:00 to midnight is left out: that day's run comes at midnight, and the next day has its own all the same.
        ("America/Nuuk", "23:30", "2026-03-28T12:00-02:00", "2026-03-29T00:00-01:00"),
        ("America/Nuuk", "23:30", "2026-03-29T00:00-01:00", "2026-03-29T23:30-01:00"),
        # The date line: the 30th of December 2011 did not exist in Samoa.
        ("Pacific/Apia", "00:00", "2011-12-29T12:00-10:00", "2011-12-31T00:00+14:00"),
        ("Pacific/Apia", "02:00", "2011-12-29T12:00-10:00", "2011-12-31T02:00+14:00"),
    ],
)
def test_days_on_which_the_clocks_change(zone, when, after, run):
    assert daily(zone, when).first(at(after))[1] == at(run)


def test_a_week_whose_day_was_left_out_at_the_date_line_has_its_run_at_once_after_it():
    friday = Plan("weekly", time(2), 4, "Pacific/Apia", 0)
    assert friday.first(at("2011-12-27T12:00-10:00"))[1] == at("2011-12-31T00:00+14:00")


def test_the_end_of_what_is_left_out_is_found_to_the_second():
    # Monrovia went from its own time to Greenwich's: 44 minutes and 30 seconds after midnight were left out.
    assert first_at(date(1972, 1, 7), time(0, 30), ZoneInfo("Africa/Monrovia")) == at("1972-01-07T00:44:30Z")


@pytest.mark.parametrize("zone", ["", "Nowhere/Town", "America", "../../etc/passwd", "\0"])
def test_a_zone_that_is_none_is_read_as_utc(zone):
    assert daily(zone).first(at("2026-01-15T17:00Z"))[1] == at("2026-01-16T02:00Z")


@pytest.mark.parametrize(("said", "name"), [("europe/berlin", "Europe/Berlin"), (" UTC ", "UTC"), ("America/new york", "America/New_York")])
def test_a_zone_is_known_however_it_is_capitalised(said, name):
    assert zone_named(said) == name


@pytest.mark.parametrize(
    ("said", "hint"),
    [("Europe/Berlim", "Did you mean Europe/Berlin"), ("localtime", "There is no time zone 'localtime'"), ("", "like America/New_York"),
     ("qqqqqqqq", "like America/New_York"), ("../../etc/passwd", "There is no time zone"), ("\0", "There is no time zone")],
)  # fmt: skip
def test_a_zone_that_is_none_is_refused_with_what_it_may_be(said, hint):
    with pytest.raises(ConfigurationError) as refusal:
        zone_named(said)
    assert hint in str(refusal.value)
