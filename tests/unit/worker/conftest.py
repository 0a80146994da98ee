"""A worker over a real database and a QuickBooks that is out of reach."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from syncengine.engine import schedule, setup
from syncengine.engine.site import Site
from syncengine.errors import ServiceDown
from syncengine.settings import Settings
from syncengine.store import cycles, settings
from syncengine.worker.worker import Worker

SECONDS = 20.0


class Door:
    """The way to QuickBooks: stays shut until opened, then leads nowhere."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.asked = 0
        self.knocked = threading.Event()
        self.error: Exception = ServiceDown("QuickBooks is out of reach.")

    def __call__(self) -> str:
        self.asked += 1
        self.knocked.set()
        assert self.opened.wait(SECONDS)
        raise self.error


@pytest.fixture
def door():
    made = Door()
    made.opened.set()
    yield made
    made.opened.set()


@pytest.fixture
def worker(sqlite_database, clock, chance, door, tmp_path):
    site = Site(sqlite_database, Settings(sqlite_database.url, tmp_path), clock, chance, door)
    made = Worker(site, "me")
    yield made
    made.end()
    assert made.wait(SECONDS)


def company(worker, name="Harbour"):
    return setup.add_company(worker.site.database, worker.site.clock, name, sample="empty")


def ask(worker, company_id, by="Ada"):
    with worker.site.database.writing() as connection:
        return cycles.request(connection, company_id, worker.site.clock.now(), by=by)


def due(worker, company_id):
    """Let the company sync daily, and turn the clock to just after the first slot."""
    with worker.site.database.writing() as connection:
        settings.put(connection, company_id, "automatic_sync", "daily")
        due_at = schedule.plan_next(connection, company_id, worker.site.clock.now())
    worker.site.clock.advance((due_at - worker.site.clock.now()).total_seconds() + 1)


def rows(worker, table):
    with worker.site.database.reading() as connection:
        return connection.execute(select(table.__table__).order_by(table.id)).mappings().all()


def settle(worker):
    for thread in worker.running():
        thread.join(SECONDS)
    assert worker.running() == []
