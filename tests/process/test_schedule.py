"""The schedule over real processes: no dashboard is open (S8), workers share one PostgreSQL database, and some are killed."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import schedule, setup
from syncengine.store import settings
from syncengine.store.tables import Lease
from tests.process.conftest import PATIENCE, Installation, eventually


class Shared(Installation):
    """An installation whose processes share a database that the test made."""

    def __init__(self, data: Path, template: Path, database: Database) -> None:
        super().__init__(data, template)
        data.mkdir()
        self.database = database
        self.environment["TIEOUT_DATABASE_URL"] = database.url
        setup.add_company(database, SystemClock(), "Harbour", sample="empty")

    def rows(self, statement: str, **values: Any) -> list[Any]:
        with self.database.reading() as connection:
            return list(connection.execute(text(statement), values))

    def make_due(self) -> None:
        """Let the company sync daily, its one slot a few minutes ago, as after a change of the time."""
        now = datetime.now(UTC)
        with self.database.writing() as connection:
            settings.put(connection, 1, "automatic_sync", "daily")
            settings.put(connection, 1, "automatic_time", f"{now - timedelta(minutes=3):%H:%M}")
            connection.execute(update(Lease).values(planned_for="daily", planned_since=now - timedelta(hours=1)))
            assert schedule.plan_next(connection, 1, now) <= now


@pytest.fixture
def shared(tmp_path: Path, sqlite_template: Path, postgres_database: Database) -> Iterator[Shared]:
    """Processes on PostgreSQL; nothing of them outlives the test."""
    made = Shared(tmp_path / "data", sqlite_template, postgres_database)
    try:
        yield made
    finally:
        made.end()


def workers(shared: Shared) -> int:
    return len(shared.rows("SELECT id FROM sync_worker"))


def cycles(shared: Shared) -> list[tuple[str, str]]:
    return [tuple(row) for row in shared.rows("SELECT trigger, result FROM sync_cycle ORDER BY id")]


def ended(shared: Shared) -> bool:
    return bool(shared.rows("SELECT 1 FROM sync_cycle WHERE result NOT IN ('running', 'interrupted')"))


def test_two_workers_and_one_slot_are_one_cycle_with_no_dashboard_open_s8_s12(shared):
    for name in ("one", "two"):
        shared.start("worker", "--owner", name)
    eventually(lambda: workers(shared) == 2, "both workers live")
    shared.make_due()
    eventually(lambda: ended(shared), "the slot is run")
    time.sleep(3)  # six ticks of each worker
    assert cycles(shared) == [("automatic", "ok")], shared.said("worker")
    ((slot),) = shared.rows("SELECT cycle_id, taken_by, missed FROM sync_slot")
    assert (slot.cycle_id, slot.missed) == (1, 0)
    assert slot.taken_by in {"one", "two"}
    (lease,) = shared.rows("SELECT next_run_at FROM sync_lease")
    assert lease.next_run_at > datetime.now(UTC)


@pytest.mark.parametrize(
    ("point", "left"), [("slot.pre", []), ("slot.committed", [("automatic", "interrupted")]), ("settle.pre", [("automatic", "interrupted")])]
)
def test_a_worker_killed_around_its_slot_costs_one_cycle_more_at_most_and_no_slot_is_lost_s12(shared, point, left):
    worker = shared.start("worker", TIEOUT_FAILPOINT=point)
    eventually(lambda: workers(shared), "the worker lives")
    shared.make_due()
    assert worker.wait(PATIENCE) == -signal.SIGKILL
    shared.start("worker")
    eventually(lambda: ended(shared), "the slot is run by the next worker")
    time.sleep(2)
    assert cycles(shared) == [*left, ("automatic", "ok")], shared.said("worker")
    newest = shared.rows("SELECT max(id) AS cycle_id FROM sync_cycle")
    assert shared.rows("SELECT cycle_id FROM sync_slot") == newest, "one slot, and the run that ended stands for it"
