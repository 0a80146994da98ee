"""Manual and automatic sync: S7 to S15."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import pairwise

import pytest

from syncengine import commands, inventory, queries
from syncengine.errors import ConfigurationError

FREQUENCIES = ["never", "hourly", "daily", "weekly"]
EVERY = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}


def test_s7_changes_travel_in_both_directions(synced):
    ours = synced.save("customer", name="Harbour Supply")
    synced.at_quickbooks("create", entity="Vendor", changes={"DisplayName": "Northbank Pottery"})
    run = synced.settle()
    assert (run["sent"], run["received"] > 0) == (1, True)
    twin = synced.there("Customer")[0]
    assert twin["DisplayName"] == "Harbour Supply"
    assert queries.records(synced.session, "vendor")["name"].tolist() == ["Northbank Pottery"]
    synced.at_quickbooks("edit", entity="Customer", id=twin["Id"], changes={"DisplayName": "Harbour & Daughter"})
    synced.settle()
    assert inventory.load(synced.world.site.database, "customer", ours, synced.company)["name"] == "Harbour & Daughter"


def test_s8_a_scheduled_run_needs_nobody(synced):
    """The worker alone acts from here on: no session asks for anything."""
    commands.set_automatic(synced.session, "hourly")
    synced.save("customer", name="Overnight")
    synced.world.clock.advance(3600)
    synced.work()
    assert synced.last_run()["trigger"] == "automatic"
    assert [each["DisplayName"] for each in synced.there("Customer")] == ["Overnight"]


def test_s9_a_run_of_normal_size_ends_in_less_than_thirty_seconds(synced):
    """Fifty invoices with as many customers and items; both by the wall and by the run's own clock, which counts waits."""
    for number in range(50):
        synced.invoice(f"N-{number}")
    began = time.monotonic()
    run = synced.sync()
    assert (run["result"], run["sent"]) == ("ok", 150)
    assert time.monotonic() - began < 30
    assert run["seconds"] < 30


def test_s10_saving_queues_the_record_and_sends_nothing(synced):
    synced.save("customer", name="Patience")
    synced.world.clock.advance(600)
    assert synced.queue()["label"].tolist() == ["Patience"]
    assert synced.there("Customer") == []
    assert len(queries.runs(synced.session)) == 1


@pytest.mark.parametrize("frequency", FREQUENCIES)
def test_s11_sync_now_works_under_every_automatic_setting(synced, frequency):
    if frequency != "never":
        commands.set_automatic(synced.session, frequency)
    synced.save("customer", name="At once")
    run = synced.sync()
    assert (run["trigger"], run["result"], run["sent"]) == ("manual", "ok", 1)


@pytest.mark.parametrize("frequency", EVERY)
def test_s12_the_schedule_that_was_chosen_starts_runs(synced, frequency):
    commands.set_automatic(synced.session, frequency)
    due = queries.overview(synced.session).next_run_at
    synced.world.clock.advance((due - synced.world.clock.now()).total_seconds() - 1)
    synced.work()
    assert len(queries.runs(synced.session)) == 1, "before it was due"
    synced.world.clock.advance(1)
    synced.work()
    assert queries.runs(synced.session)["trigger"].tolist() == ["automatic", "manual"]


@pytest.mark.parametrize("frequency", EVERY)
def test_s13_the_intervals_are_an_hour_a_day_and_a_week(synced, frequency):
    commands.set_automatic(synced.session, frequency)
    slots = []
    for _ in range(3):
        slots.append(queries.overview(synced.session).next_run_at)
        synced.world.clock.advance((slots[-1] - synced.world.clock.now()).total_seconds())
        synced.work()
    assert [later - earlier for earlier, later in pairwise(slots)] == [EVERY[frequency]] * 2


def test_s13_there_is_no_other_interval(synced):
    with pytest.raises(ConfigurationError, match="never, hourly, daily or weekly"):
        commands.set_automatic(synced.session, "monthly")


def test_s14_the_frequency_is_one_of_the_settings(synced):
    def setting():
        found = queries.settings(synced.session).set_index("name").loc["automatic_sync"]
        return found["value"], list(found["choices"])

    assert setting() == ("never", FREQUENCIES)
    commands.change_settings(synced.session, {"automatic_sync": "daily"})
    assert setting() == ("daily", FREQUENCIES)
    assert queries.overview(synced.session).automatic == "daily"


def test_s15_under_never_no_run_starts_by_itself(synced):
    commands.set_automatic(synced.session, "weekly")
    commands.set_automatic(synced.session, "never")
    assert queries.overview(synced.session).next_run_at is None
    synced.save("customer", name="Waits")
    for _ in range(4):
        synced.world.clock.advance(40 * 86_400)
        synced.work()
    assert queries.runs(synced.session)["trigger"].tolist() == ["manual"]
    assert synced.queue()["label"].tolist() == ["Waits"]
