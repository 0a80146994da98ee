"""The worker, tick by tick, over a real database and a QuickBooks that is out of reach."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from syncengine.clock import ManualClock
from syncengine.engine.run import Stopped
from syncengine.engine.site import Site
from syncengine.errors import ServiceDown
from syncengine.settings import Settings
from syncengine.store import leases
from syncengine.store.tables import Cycle, Request, Slot
from syncengine.store.tables import Worker as WorkerRow
from syncengine.worker import dispatch
from syncengine.worker.worker import CYCLES_AT_ONCE, LONG_PAUSE, REMIND_SECONDS, SHORT_PAUSE, Worker
from tests.unit.worker.conftest import SECONDS, ask, company, due, rows, settle


def test_a_request_is_taken_in_the_very_next_tick_and_named_in_the_history(worker):
    company_id = company(worker)
    ask(worker, company_id)
    worker.tick()
    settle(worker)
    (cycle,) = rows(worker, Cycle)
    (request,) = rows(worker, Request)
    assert (cycle["trigger"], cycle["requested_by"], cycle["result"]) == ("manual", "Ada", "failed")
    assert request["cycle_id"] == cycle["id"]


def test_a_request_during_a_cycle_makes_one_more_and_not_two(worker, door):
    company_id = company(worker)
    door.opened.clear()
    ask(worker, company_id)
    worker.tick()
    while door.asked == 0:
        pass
    for by in ("Ben", "Cleo"):
        ask(worker, company_id, by)
        worker.tick()
    assert len(rows(worker, Cycle)) == 1
    door.opened.set()
    settle(worker)
    worker.tick()
    settle(worker)
    worker.tick()
    settle(worker)
    assert [cycle["requested_by"] for cycle in rows(worker, Cycle)] == ["Ada", "Ben"]


def test_several_companies_are_synced_at_once_up_to_a_bound(worker, door):
    door.opened.clear()
    for n in range(CYCLES_AT_ONCE + 2):
        ask(worker, company(worker, f"Company {n}"))
    worker.tick()
    worker.tick()
    assert len(worker.running()) == CYCLES_AT_ONCE
    door.opened.set()
    settle(worker)
    worker.tick()
    settle(worker)
    assert len(rows(worker, Cycle)) == CYCLES_AT_ONCE + 2


def test_a_company_that_another_process_holds_is_not_touched(worker):
    company_id = company(worker)
    with worker.site.database.writing() as connection:
        leases.claim(connection, company_id, "other", worker.site.clock.now())
    ask(worker, company_id)
    worker.tick()
    settle(worker)
    assert rows(worker, Cycle) == []
    assert rows(worker, Request)[0]["taken_at"] is None


def test_a_worker_that_ends_starts_nothing_more(worker):
    ask(worker, company(worker))
    worker.end()
    worker.tick()
    assert worker.running() == []
    assert rows(worker, Cycle) == []


def test_an_unforeseen_error_is_shown_on_the_cycle_and_the_worker_goes_on(worker, door, clock, caplog):
    company_id = company(worker)
    door.error = KeyError("surprise")
    ask(worker, company_id)
    with caplog.at_level(logging.INFO, "tieout"):
        worker.tick()
        settle(worker)
    (cycle,) = rows(worker, Cycle)
    assert cycle["result"] == "failed"
    assert "unforeseen" in cycle["message"]
    assert "surprise" in caplog.text
    door.error = ServiceDown("QuickBooks is out of reach.")
    clock.advance(SHORT_PAUSE)
    ask(worker, company_id)
    worker.tick()
    settle(worker)
    assert [row["result"] for row in rows(worker, Cycle)] == ["failed", "failed"]


def test_a_company_that_breaks_is_not_synced_by_itself_again_at_once(worker, door, clock):
    company_id = company(worker)
    due(worker, company_id)
    door.error = KeyError("surprise")
    pauses = []
    for _ in range(3):
        worker.tick()
        settle(worker)
        waited = 0
        while len(rows(worker, Cycle)) == len(pauses) + 1 and waited < 4 * LONG_PAUSE:
            clock.advance(LONG_PAUSE / 2)
            waited += LONG_PAUSE / 2
            worker.tick()
            settle(worker)
        pauses.append(waited)
    assert {row["trigger"] for row in rows(worker, Cycle)} == {"automatic"}
    assert pauses == [LONG_PAUSE, 2 * LONG_PAUSE, 4 * LONG_PAUSE]


def test_trouble_with_the_database_ends_no_worker_and_is_said_once_a_minute(worker, clock, caplog):
    with worker.site.database.writing() as connection:
        connection.execute(text("ALTER TABLE sync_request RENAME TO lost"))
    with caplog.at_level(logging.INFO, "tieout"):
        for _ in range(5):
            worker.tick()
            clock.advance(1)
        assert len(caplog.records) == 1
        assert "not prepared" in caplog.text
        clock.advance(REMIND_SECONDS)
        worker.tick()
        assert len(caplog.records) == 2
        with worker.site.database.writing() as connection:
            connection.execute(text("ALTER TABLE lost RENAME TO sync_request"))
        worker.tick()
        worker.tick()
    assert [record.message for record in caplog.records[2:]] == ["works again"]


def test_a_worker_shows_its_heart_and_takes_it_away_when_it_ends(worker, clock):
    worker.beat()
    clock.advance(4)
    worker.beat()
    (row,) = rows(worker, WorkerRow)
    assert (row["id"], row["beat_at"]) == ("me", clock.now())
    worker.retire()
    assert rows(worker, WorkerRow) == []


def test_what_another_program_writes_is_captured_by_a_tick(worker):
    company_id = company(worker)
    with worker.site.database.writing() as connection:
        connection.execute(text(f"INSERT INTO customer (company_id, name) VALUES ({company_id}, 'Plain SQL')"))
    worker.tick()
    with worker.site.database.reading() as connection:
        assert connection.execute(text("SELECT label, state FROM sync_outbox")).all() == [("Plain SQL", "available")]


def test_a_slot_is_one_cycle_and_the_next_one_is_planned_s12(worker):
    company_id = company(worker)
    due(worker, company_id)
    for _ in range(3):
        worker.tick()
        settle(worker)
    ((cycle,), (slot,)) = rows(worker, Cycle), rows(worker, Slot)
    assert (cycle["trigger"], cycle["requested_by"]) == ("automatic", "schedule")
    assert (slot["cycle_id"], slot["taken_by"], slot["missed"]) == (cycle["id"], "me", 0)
    worker.site.clock.advance(5 * 86400)
    worker.tick()
    settle(worker)
    assert [row["missed"] for row in rows(worker, Slot)] == [0, 4]
    assert len(rows(worker, Cycle)) == 2


def test_a_company_asked_for_and_due_is_synced_once_and_the_person_is_named(worker):
    company_id = company(worker)
    due(worker, company_id)
    ask(worker, company_id)
    for _ in range(3):
        worker.tick()
        settle(worker)
    ((cycle,), (slot,), (request,)) = rows(worker, Cycle), rows(worker, Slot), rows(worker, Request)
    assert (cycle["trigger"], cycle["requested_by"]) == ("manual", "Ada")
    assert slot["cycle_id"] == request["cycle_id"] == cycle["id"]


def test_a_slot_that_a_stop_cut_off_is_taken_by_the_next_worker(worker, door, caplog):
    company_id = company(worker)
    due(worker, company_id)
    ask(worker, company_id)
    door.opened.clear()
    door.error = Stopped()
    worker.tick()
    door.opened.set()
    settle(worker)
    assert [row["result"] for row in rows(worker, Cycle)] == ["interrupted"]
    assert rows(worker, Slot) == []
    assert [row["taken_at"] for row in rows(worker, Request)] == [None]
    door.error = ServiceDown("QuickBooks is out of reach.")
    worker.tick()
    settle(worker)
    (slot,), (request,) = rows(worker, Slot), rows(worker, Request)
    assert slot["cycle_id"] == request["cycle_id"] == rows(worker, Cycle)[1]["id"]


def test_a_slot_that_falls_into_a_long_run_is_run_once_after_it(worker, door):
    company_id = company(worker)
    due(worker, company_id)
    door.opened.clear()
    worker.tick()
    while door.asked == 0:
        pass
    worker.site.clock.advance(2 * 86400)
    for _ in range(3):
        worker.tick()
    assert len(rows(worker, Cycle)) == 1
    door.opened.set()
    settle(worker)
    for _ in range(3):
        worker.tick()
        settle(worker)
    assert [row["missed"] for row in rows(worker, Slot)] == [0, 1]
    assert [row["trigger"] for row in rows(worker, Cycle)] == ["automatic", "automatic"]


def test_sync_now_works_under_never_and_nothing_else_runs_s11_s15(worker):
    company_id = company(worker)
    worker.site.clock.advance(30 * 86400)
    worker.tick()
    assert worker.running() == []
    ask(worker, company_id)
    worker.tick()
    settle(worker)
    worker.site.clock.advance(30 * 86400)
    worker.tick()
    settle(worker)
    assert [row["trigger"] for row in rows(worker, Cycle)] == ["manual"]


class Put(ManualClock):
    """A clock of the day that somebody may put; the one that never steps goes on as it was."""

    def put(self, days: float) -> None:
        with self._lock:
            self._now += timedelta(days=days)


def test_a_clock_that_was_put_is_noticed_in_the_next_tick_and_nothing_is_silent_for_long(worker, caplog):
    company_id = company(worker)
    worker.site = replace(worker.site, clock=Put())
    due(worker, company_id)
    worker.site.clock.put(365)
    worker.tick()
    settle(worker)
    worker.site.clock.put(-365)
    with caplog.at_level(logging.INFO, "tieout"):
        worker.tick()
        settle(worker)
    assert "planned anew" in caplog.text
    assert len(rows(worker, Cycle)) == 2, "the slot of this day, which had been counted as missed"
    worker.site.clock.advance(86400)
    worker.tick()
    settle(worker)
    assert [row["due_at"].isoformat()[:10] for row in rows(worker, Slot)] == ["2026-01-16", "2026-01-17"]


def test_a_sweep_mends_what_another_program_set(worker):
    company_id = company(worker)
    with worker.site.database.writing() as connection:
        connection.execute(text(f"INSERT INTO sync_setting (company_id, name, value) VALUES ({company_id}, 'automatic_sync', '\"daily\"')"))
    worker.sweep()
    with worker.site.database.reading() as connection:
        assert leases.row(connection, company_id)["next_run_at"].isoformat() == "2026-01-16T02:00:00+00:00"


def test_two_workers_and_one_slot_are_one_cycle_s12(database, clock, chance, door, tmp_path):
    """Both look at the same moment, before either has taken it: the second finds it taken and does nothing."""
    site = Site(database, Settings(database.url, tmp_path), clock, chance, door)
    pair = [Worker(site, "one"), Worker(site, "two")]
    company_id = company(pair[0])
    due(pair[0], company_id)
    ask(pair[0], company_id)
    with database.reading() as connection:
        wishes = [dispatch.choose(dispatch.look(connection, clock.now(), me=each.owner, dead=lambda _: False), ()) for each in pair]
    assert [[wish.company_id for wish in each] for each in wishes] == [[company_id], [company_id]]
    for each, (wish,) in zip(pair, wishes, strict=True):
        each._run(wish, threading.Event())
    clock.advance(86400)
    with database.reading() as connection:
        wishes = [dispatch.choose(dispatch.look(connection, clock.now(), me=each.owner, dead=lambda _: False), ()) for each in pair]
    threads = [threading.Thread(target=each._run, args=(wish, threading.Event())) for each, (wish,) in zip(pair, wishes, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert [row["trigger"] for row in rows(pair[0], Cycle)] == ["manual", "automatic"]
    assert [row["cycle_id"] for row in rows(pair[0], Slot)] == [1, 2]
