"""What a change of settings would do, told before it is made; coming slots; who changed what."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from syncengine import commands, queries
from syncengine.clock import ManualClock
from syncengine.errors import ConfigurationError, Refused
from syncengine.queries import Session
from tests.unit.queries import seed


@pytest.fixture
def session(database):
    return seed.busy(database).session


def effects(session, **changes):
    return queries.foresee_settings(session, changes).effects


def test_a_direction_says_what_becomes_of_what_waits(session):
    waits = queries.queue_counts(session)
    number = waits.attention + waits.sending
    assert effects(session, direction="nothing")["direction"] == (
        f"{number} waiting records will rest, and none is lost.",
        "Changes made in QuickBooks no longer come here.",
    )
    commands.change_settings(session, {"direction": "nothing"})
    assert effects(session, direction="both")["direction"] == (
        f"{number} waiting records will go to QuickBooks with the next sync.",
        "What changed in QuickBooks meanwhile is read with the next sync.",
    )


def test_a_closing_date_counts_what_it_would_hold(session):
    held = {"closing_date": ("1 waiting record dated on or before it will rest.",)}
    assert effects(session, closing_date="2026-01-14") == held
    assert effects(session, closing_date="2026-01-13") == {}
    commands.change_settings(session, {"closing_date": "2026-01-14"})
    assert effects(session, closing_date="none") == {"closing_date": ("1 waiting record may go with the next sync.",)}


def test_documents_that_were_too_old_are_told_to_come_back(session):
    assert effects(session, not_before=date(2026, 1, 15)) == {"not_before": ("1 waiting record dated earlier will be left out.",)}
    commands.change_settings(session, {"not_before": "2026-01-15"})
    assert "Documents that were too old until now are queued." in effects(session, not_before="2026-01-01")["not_before"]


def test_nothing_is_written(session):
    before = queries.settings(session)
    effects(session, direction="nothing", closing_date="2026-01-31")
    assert queries.settings(session).equals(before)


def test_what_cannot_stand_says_what_it_must_be(session):
    foreseen = queries.foresee_settings(session, {"journal_prefix": "much too long", "direction": "up"})
    assert foreseen.refused["journal_prefix"].endswith("it must be at most 8 letters, digits or signs of . _ / -.")
    assert set(foreseen.refused) == {"journal_prefix", "direction"}


def test_a_setting_that_moved_since_it_was_seen_is_not_overwritten(session):
    commands.change_settings(session, {"direction": "to quickbooks"}, seen={"direction": "both"})
    with pytest.raises(Refused, match="Directional sync is now to quickbooks"):
        commands.change_settings(session, {"direction": "nothing", "stop_at_first_error": True}, seen={"direction": "both"})
    values = queries.settings(session).set_index("name")["value"]
    assert (values["direction"], values["stop_at_first_error"]) == ("to quickbooks", False)


@pytest.mark.parametrize("name", ["time", "weekday", "zone"])
def test_a_schedule_that_moved_since_it_was_seen_is_not_overwritten(session, name):
    found = queries.schedule(session)
    seen = {"time": found.time, "weekday": found.weekday, "zone": found.zone}
    other = {"time": "05:00", "weekday": "monday", "zone": "Europe/Berlin"}
    commands.set_schedule(session, **{name: other[name]})
    with pytest.raises(Refused, match="since you saw"):
        commands.set_schedule(session, time="07:00", seen=seen)
    assert queries.schedule(session).time != "07:00"


def test_the_history_tells_the_newest_first(session):
    commands.change_settings(session, {"closing_date": "2026-01-31"})
    commands.set_schedule(session, zone="Europe/Berlin")
    found = queries.settings_history(session)
    assert found[["setting", "before", "after"]].values.tolist() == [
        ["Time zone", "America/New_York", "Europe/Berlin"],
        ["Closing date", "none", "2026-01-31"],
    ]
    assert len(queries.settings_history(session, size=1)) == 1


# --- slots -------------------------------------------------------------------------------------------------------------


def at(session, *moment):
    return Session(session.database, session.actor, session.company_id, ManualClock(datetime(*moment, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("moment", "time", "locals_", "notes"),
    [
        (  # the clocks of New York go forward on Sunday, 8 March 2026, from 02:00 to 03:00
            (2026, 3, 7, 12), "02:30",
            ["Sun 8 Mar 2026, 03:00", "Mon 9 Mar 2026, 02:30"],
            ["The clocks go forward: 02:30 does not come that day.", ""],
        ),
        (  # and back on Sunday, 1 November 2026
            (2026, 10, 31, 12), "01:30",
            ["Sun 1 Nov 2026, 01:30", "Mon 2 Nov 2026, 01:30"],
            ["The clocks go back: 01:30 comes twice, and the first one counts.", ""],
        ),
        ((2026, 6, 1, 12), "02:00", ["Tue 2 Jun 2026, 02:00", "Wed 3 Jun 2026, 02:00"], ["", ""]),
    ],
)  # fmt: skip
def test_coming_slots_say_what_the_clocks_do_to_them(session, moment, time, locals_, notes):
    found = queries.coming_slots(at(session, *moment), frequency="daily", time=time, size=2)
    assert found["local"].tolist() == locals_
    assert found["note"].tolist() == notes


def test_under_never_there_are_no_coming_slots(session):
    assert queries.coming_slots(session).empty
    assert len(queries.coming_slots(session, frequency="hourly")) == 5


def test_a_schedule_that_cannot_be_is_refused(session):
    with pytest.raises(ConfigurationError, match="time of day"):
        queries.coming_slots(session, frequency="daily", time="late")
