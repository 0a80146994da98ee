"""A worker that makes a sample company's day: in a thread of its own, again after a pause, and left to the next one."""

from __future__ import annotations

import logging
import threading

from syncengine.engine import setup
from syncengine.engine.run import Stopped
from syncengine.store import samples
from syncengine.worker.worker import LONG_PAUSE
from tests.unit.worker.conftest import SECONDS


def want_day(worker, monkeypatch, make):
    """A sample company whose day is wanted, with something else in the place of its making."""
    from syncengine.sample import job

    monkeypatch.setattr(job, "make", make)
    company_id = setup.add_company(worker.site.database, worker.site.clock, "Demo", sample="demo")
    with worker.site.database.writing() as connection:
        samples.want(connection, company_id, worker.site.clock.now(), by="Ada")
    return company_id


def test_a_day_is_made_in_a_thread_of_its_own_under_this_worker_s_name(worker, monkeypatch):
    made = []

    def make(site, company_id, *, owner, stop, dead):
        made.append((site, company_id, owner, stop.is_set(), dead("nobody")))
        with site.database.writing() as connection:
            samples.put(connection, company_id, state=samples.THERE)
        return True

    company_id = want_day(worker, monkeypatch, make)
    worker.tick()
    assert worker.wait(SECONDS)
    assert made == [(worker.site, company_id, "me", False, False)]
    worker.tick()
    assert worker.wait(SECONDS)
    assert len(made) == 1


def test_a_day_that_breaks_is_tried_again_after_a_pause(worker, monkeypatch):
    tries = []

    def make(*_, **__):
        tries.append(1)
        raise RuntimeError("no space left")

    want_day(worker, monkeypatch, make)
    worker.tick()
    assert worker.wait(SECONDS)
    worker.tick()
    assert worker.wait(SECONDS)
    assert len(tries) == 1
    worker.site.clock.advance(LONG_PAUSE + 1)
    worker.tick()
    assert worker.wait(SECONDS)
    assert len(tries) == 2


def test_a_worker_that_ends_stops_the_making_and_leaves_the_wish(worker, monkeypatch, caplog):
    begun = threading.Event()

    def make(*_, stop, **__):
        begun.set()
        assert stop.wait(SECONDS)
        raise Stopped

    want_day(worker, monkeypatch, make)
    with caplog.at_level(logging.INFO):
        worker.tick()
        assert begun.wait(SECONDS)
        worker.end()
        assert worker.wait(SECONDS)
    assert "left to the next worker" in caplog.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
