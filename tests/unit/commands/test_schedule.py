"""Choosing the schedule: all of it or nothing, planned anew at once, and never switched on by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from syncengine import commands, queries
from syncengine.errors import ConfigurationError, Refused
from syncengine.store.tables import Audit
from tests.unit.queries import seed


def told(session):
    with session.database.reading() as connection:
        mine = select(Audit.detail).where(Audit.event == "setting changed", Audit.company_id == session.company_id)
        return [row.detail for row in connection.execute(mine.order_by(Audit.id))]


def test_hourly_is_proposed_after_the_first_success_and_nothing_is_switched_on(database):
    fresh = seed.company(database, "Globex")
    assert (queries.schedule(fresh).allowed, queries.schedule(fresh).proposed) == (False, None)
    session = seed.busy(database).session
    seen = queries.schedule(session)
    assert (seen.allowed, seen.proposed, seen.frequency) == (True, "hourly", "never")
    commands.set_schedule(session, frequency="never")
    assert queries.schedule(session).proposed is None, "declined"
    with pytest.raises(Refused, match="Press Sync now first"):
        commands.set_schedule(fresh, frequency="daily")
    assert queries.schedule(fresh).frequency == "never"


def test_frequency_time_weekday_and_zone_are_set_together_and_planned_at_once_s13(database):
    session = seed.busy(database).session  # Thursday, 15 January 2026, noon in New York
    commands.set_schedule(session, frequency="Weekly", time="07:30", weekday="Friday", zone="europe/berlin")
    seen = queries.schedule(session)
    assert (seen.frequency, seen.time, seen.weekday, seen.zone) == ("weekly", "07:30", "friday", "Europe/Berlin")
    assert seen.next_run_at == datetime(2026, 1, 16, 6, 30, tzinfo=UTC)
    assert [each["name"] for each in told(session)] == ["automatic_sync", "automatic_time", "automatic_weekday", "timezone"]
    commands.set_schedule(session, zone="Asia/Kolkata")
    assert queries.schedule(session).next_run_at == datetime(2026, 1, 16, 2, 0, tzinfo=UTC)
    commands.change_settings(session, {"automatic_time": "08:30"})
    assert queries.schedule(session).next_run_at == datetime(2026, 1, 16, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wish", "error", "why"),
    [
        ({"frequency": "yearly"}, ConfigurationError, "never, hourly, daily or weekly"),
        ({"time": "24:00"}, ConfigurationError, "HH:MM, from 00:00 to 23:59"),
        ({"time": "7"}, ConfigurationError, "HH:MM"),
        ({"weekday": "someday"}, ConfigurationError, "monday"),
        ({"zone": "Mars/Base"}, ConfigurationError, "no time zone"),
        ({"time": "02:00"}, Refused, "Nothing has changed"),
        ({}, Refused, "Nothing has changed"),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence_and_nothing_of_it_is_set(database, wish, error, why):
    session = seed.busy(database).session
    before = queries.schedule(session)
    with pytest.raises(error, match=why):
        commands.set_schedule(session, **({"weekday": "monday", **wish} if error is ConfigurationError else wish))
    assert queries.schedule(session) == before
    assert told(session) == []
