"""Cycles and the wishes for them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from syncengine.store import cycles
from syncengine.terms import Trigger


def start(database, company, at, **keywords) -> int:
    with database.writing() as connection:
        return cycles.start(connection, company, at, trigger=Trigger.AUTOMATIC, by="schedule", fence=3, **keywords)


def test_a_cycle_begins_with_nothing_done_and_ends_with_its_counts(database, company, now):
    cycle_id = start(database, company, now)
    with database.writing() as connection:
        assert cycles.last(connection, company) is None
        cycles.progress(connection, cycle_id, now, phase="Sending", done=3, total=9)
        running = cycles.last(connection, company, finished=False)
        cycles.finish(connection, cycle_id, now, result="ok", message=None, seconds=1.23456, sent=4, received=2, failed=0, metered_reads=1, calls=5)
        ended = cycles.last(connection, company)
    assert running is not None
    assert ended is not None
    assert (running["result"], running["phase"], running["done"], running["total"], running["finished_at"]) == ("running", "Sending", 3, 9, None)
    assert (ended["result"], ended["phase"], ended["sent"], ended["metered_reads"], ended["seconds"]) == ("ok", "", 4, 1, Decimal("1.235"))
    assert (ended["trigger"], ended["requested_by"], ended["fence"]) == ("automatic", "schedule", 3)


@pytest.mark.parametrize("seconds", [0.0, -3.5, 1e-9, 86_400.0, 123_456.7891])
def test_any_duration_can_be_kept(database, company, now, seconds):
    cycle_id = start(database, company, now)
    with database.writing() as connection:
        cycles.finish(connection, cycle_id, now, result="ok", message=None, seconds=seconds)
        assert cycles.last(connection, company)["seconds"] == Decimal(str(round(max(seconds, 0.0), 3)))


def test_a_cycle_that_a_dead_worker_left_running_is_closed_as_interrupted_in_its_company_only(database, company, now):
    left, elsewhere = start(database, company, now), start(database, 2, now)
    start(database, company, now + timedelta(minutes=5))
    with database.reading() as connection:
        found = {row["id"]: row for company_id in (1, 2) for row in cycles.recent(connection, company_id)}
    assert (found[left]["result"], found[left]["finished_at"]) == ("interrupted", now + timedelta(minutes=5))
    assert "resumed" in found[left]["message"]
    assert found[elsewhere]["result"] == "running"


def test_the_newest_cycles_come_first_and_no_more_than_asked_for(database, company, now):
    made = [start(database, company, now) for _ in range(5)]
    with database.reading() as connection:
        assert [row["id"] for row in cycles.recent(connection, company, 3)] == made[:1:-1]
        assert cycles.recent(connection, 2) == []


def test_a_second_wish_is_served_by_the_first_until_it_is_taken(database, company, now):
    with database.writing() as connection:
        first = cycles.request(connection, company, now, by="Ada")
        assert cycles.request(connection, company, now, by="Bob") == first
        other = cycles.request(connection, 2, now, by="Bob")
        assert [row["id"] for row in cycles.open_requests(connection)] == [first, other]
    cycle_id = start(database, company, now)
    with database.writing() as connection:
        cycles.take(connection, first, now, cycle_id)
        assert [row["id"] for row in cycles.open_requests(connection)] == [other]
        assert cycles.request(connection, company, now, by="Bob") not in {first, other}


def test_a_phase_began_when_it_was_said_first(database, company, now):
    cycle_id = start(database, company, now)

    def said(phase, seconds):
        with database.writing() as connection:
            cycles.progress(connection, cycle_id, now + timedelta(seconds=seconds), phase=phase)
            return cycles.last(connection, company, finished=False)["phase_since"] - now

    moments = [said("Reading", 5), said("Reading", 60), said("Sending", 61), said("Sending", 70)]
    assert [moment.total_seconds() for moment in moments] == [5, 5, 61, 61]
