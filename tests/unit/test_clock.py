"""The clock that is handed in: what the tests turn behaves as the machine's does."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from syncengine.clock import ManualClock, SystemClock


@pytest.mark.parametrize("clock", [SystemClock(), ManualClock()], ids=["system", "manual"])
def test_every_clock_tells_aware_times_in_utc(clock):
    assert clock.now().tzinfo is UTC


def test_the_system_clock_tells_the_present():
    before = datetime.now(UTC)
    assert before <= SystemClock().now() <= datetime.now(UTC)


def test_the_system_clock_measures_without_stepping_back():
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(100)]
    assert readings == sorted(readings)


def test_the_system_clock_waits_as_long_as_it_is_asked_to():
    clock = SystemClock()
    start = clock.monotonic()
    clock.sleep(0.02)
    assert clock.monotonic() - start >= 0.02


@pytest.mark.parametrize("seconds", [0, -5, -0.001])
def test_waiting_for_nothing_returns_at_once(seconds):
    SystemClock().sleep(seconds)  # time.sleep itself would raise for a negative number
    clock = ManualClock()
    before = clock.now()
    clock.sleep(seconds)
    assert clock.now() == before
    assert clock.monotonic() == 0


def test_a_manual_clock_stands_until_it_is_turned():
    clock = ManualClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 3, 1, 12, tzinfo=UTC)
    clock.advance(90)
    assert clock.now() == datetime(2026, 3, 1, 12, 1, 30, tzinfo=UTC)


def test_sleeping_turns_both_readings_of_a_manual_clock_alike():
    clock = ManualClock()
    start = clock.now()
    clock.sleep(0.25)
    clock.sleep(3600)
    assert clock.now() - start == timedelta(seconds=3600.25)
    assert clock.monotonic() == 3600.25


def test_threads_that_share_a_manual_clock_lose_no_turn():
    clock = ManualClock()
    start = clock.now()

    def turn() -> None:
        for _ in range(500):
            clock.advance(1)

    threads = [threading.Thread(target=turn) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.monotonic() == 2000
    assert clock.now() - start == timedelta(seconds=2000)
