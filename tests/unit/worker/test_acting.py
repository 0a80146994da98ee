"""The worker does what people asked for with thousands of rows: beside the syncs, portion by portion, and takes up what was left."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from syncengine import commands, failpoints, queries
from syncengine.commands import fileparts, portions
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.queries import Session, Wanted
from syncengine.store import longacts, people
from syncengine.store.tables import LongAct, Outbox
from syncengine.worker.acting import PAUSE_SECONDS, ActRunner
from syncengine.worker.worker import Worker
from tests.support.filed import ask as ask_for
from tests.support.filed import customers, looked
from tests.unit.queries.seed import NOON
from tests.unit.worker.conftest import ask, company, rows, settle

ROWS = 7


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch):
    monkeypatch.setattr(longacts, "PORTION", 2)
    yield
    failpoints.disarm()


def waiting(worker, name="Harbour") -> Session:
    """A company with rows in its queue."""
    company_id = company(worker, name)
    session = Session(worker.site.database, "Ada", company_id, worker.site.clock)
    with session.database.writing() as connection:
        writer.save_many(connection, "customer", company_id, [writer.Draft({"name": f"Customer {n}"}) for n in range(ROWS)])
    capture.capture(session.database, session.clock)
    return session


def remove(session) -> int:
    return commands.ask_matching(session, "remove", Wanted(), queries.queue_mark(session))


def states(worker):
    return [(row["state"], row["done"]) for row in rows(worker, LongAct)]


def test_what_is_asked_for_is_done_in_the_very_next_tick(worker):
    session = waiting(worker)
    remove(session)
    worker.tick()
    settle(worker)
    assert states(worker) == [("done", ROWS)]
    assert queries.queue_counts(session).total == 0


def test_it_is_done_while_a_sync_runs(worker, door):
    session = waiting(worker)
    door.opened.clear()
    ask(worker, session.company_id)
    worker.tick()
    assert door.knocked.wait(60), "the sync never asked QuickBooks for anything"
    remove(session)
    worker.tick()
    act = next(thread for thread in worker.running() if thread.name.startswith("act"))
    act.join(20)
    assert queries.progress(session) is not None, "the sync is still at it"
    assert states(worker) == [("done", ROWS)]
    door.opened.set()


def test_each_company_has_its_own(worker):
    for name in ("Harbour", "Globex"):
        remove(waiting(worker, name))
    worker.tick()
    settle(worker)
    assert states(worker) == [("done", ROWS)] * 2


def test_a_few_are_done_at_once_and_the_others_wait_for_their_turn(worker, monkeypatch):
    monkeypatch.setattr("syncengine.worker.acting.ACTS_AT_ONCE", 1)
    held = threading.Event()
    failpoints.arm("longact.portion", lambda: held.wait(20))
    for name in ("Harbour", "Globex"):
        remove(waiting(worker, name))
    worker.tick()
    worker.tick()
    assert len(worker.running()) == 1
    held.set()
    settle(worker)
    assert sorted(states(worker)) == [("asked", 0), ("done", ROWS)]
    worker.tick()
    settle(worker)
    assert states(worker) == [("done", ROWS)] * 2


def test_a_worker_that_ends_stops_after_its_portion_and_the_next_carries_on(worker):
    session = waiting(worker)
    remove(session)
    failpoints.arm("longact.portion", worker.end)
    worker.tick()
    settle(worker)
    assert states(worker) == [("doing", 2)]
    worker.tick()
    assert worker.running() == [], "one that ends begins nothing more"
    failpoints.disarm()
    following = Worker(worker.site, "other")
    following.tick()
    settle(following)
    assert states(worker) == [("done", ROWS)]
    with session.database.reading() as connection:
        assert connection.scalars(select(Outbox.version)).all() == [2] * ROWS, "no row was done twice"


def test_a_role_that_is_gone_is_told_and_not_an_error(worker, caplog):
    session = replace(waiting(worker), signed_in=True)
    with session.database.writing() as connection:
        people.put(connection, session.company_id, "Ada", "operator", NOON, "seed")
    remove(session)
    with session.database.writing() as connection:
        people.remove(connection, session.company_id, "Ada")
    with caplog.at_level(logging.INFO, "tieout"):
        worker.tick()
        settle(worker)
    (row,) = rows(worker, LongAct)
    assert (row["state"], row["outcome"]) == ("refused", "Ada has no right in this company. Ask an owner of this company.")
    assert [record.levelname for record in caplog.records if "long act" in record.message] == ["INFO", "INFO"]


def test_what_breaks_off_is_taken_up_again_after_a_pause_and_given_up_at_last(worker, clock, monkeypatch, caplog):
    session = waiting(worker)
    remove(session)
    calls = []

    def broken(*_):
        calls.append(1)
        raise KeyError("surprise")

    monkeypatch.setattr(portions, "carry_on", broken)
    for _ in range(2 * portions.TRIES + 3):
        worker.tick()
        settle(worker)
        clock.advance(PAUSE_SECONDS / 2)
    assert len(calls) == portions.TRIES
    assert states(worker) == [("failed", 0)]
    assert "surprise" in caplog.text
    assert queries.queue_counts(session).total == ROWS


def test_two_workers_do_not_take_a_large_file_from_each_other(worker, monkeypatch):
    monkeypatch.setattr(fileparts, "RECORDS", 2)
    monkeypatch.setattr(fileparts, "_PUT_DOWN", 1)
    session = Session(worker.site.database, "Ada", company(worker), worker.site.clock)
    act_id = ask_for(session, looked(session, customers(range(ROWS))))
    other = ActRunner(worker.site, "other")

    def other_comes():
        other.take(rows(worker, LongAct)[-1:])
        for thread in other.at_work():
            thread.join(20)

    failpoints.arm("import.staged", other_comes)
    worker.tick()
    settle(worker)
    (row,) = (row for row in rows(worker, LongAct) if row["id"] == act_id)
    assert (row["state"], row["done"], row["left_alone"], row["total"]) == ("done", ROWS, 0, ROWS)
    assert len(queries.records(session, "customer")) == ROWS
