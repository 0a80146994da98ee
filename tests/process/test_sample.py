"""The sample company's day in real processes: made by the worker, made again after a kill, brought back on the command line."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import setup
from tests.process.conftest import Installation, eventually

#: Several seconds on an idle machine; many times that on a busy one.
PATIENCE = 240.0


def first(installation: Installation) -> None:
    """An installation whose first company wants its day, as after the first look at the dashboard."""
    installation.add_company("Other")
    installation.write("DELETE FROM sync_lease")
    installation.write("DELETE FROM sync_connection")
    installation.write("DELETE FROM company")
    database = Database(f"sqlite:///{installation.file}")
    try:
        setup.first_company(database, SystemClock(), day=True)
    finally:
        database.close()


def state(installation: Installation) -> tuple[str, int, int] | None:
    rows = installation.rows("SELECT state, done, total FROM sync_sample")
    return tuple(rows[0]) if rows else None


def test_a_worker_makes_the_day_and_one_that_is_killed_leaves_nothing_behind(installation: Installation):
    first(installation)
    worker = installation.start("worker")
    eventually(lambda: (state(installation) or ("", 0, 0))[1] > 0, "the worker has begun", PATIENCE)
    assert installation.rows("SELECT 1 FROM sync_cycle") == [], "until it is whole, the company is as it was"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    installation.start("worker")
    eventually(lambda: (state(installation) or ("",))[0] == "there", "the next worker makes the day", PATIENCE)
    assert state(installation) == ("there", 18, 18)
    [waiting] = installation.rows("SELECT count(*) FROM sync_outbox WHERE state IN ('available', 'retryable', 'parked')")
    assert waiting[0] == 15
    installation.write("INSERT INTO sync_request (company_id, requested_by, requested_at) VALUES (1, 'Ada', CURRENT_TIMESTAMP)")
    cycles = "SELECT result FROM sync_cycle WHERE finished_at IS NOT NULL ORDER BY id"
    eventually(lambda: len(installation.rows(cycles)) == 19, "the company syncs on from its day", PATIENCE)
    assert installation.rows(cycles)[-1][0] == "errors"


def test_the_command_brings_the_day_back_and_refuses_other_companies(installation: Installation, sample_folder: Path):
    shutil.copytree(sample_folder, installation.data)
    installation.write("DELETE FROM sync_outbox WHERE label = '10280'")
    [before] = installation.rows("SELECT realm_hash FROM sync_connection")
    made = installation.run("company", "reset-sample", "Demo", seconds=PATIENCE)
    assert (made.returncode, made.stdout) == (0, "Demo: the day is there.\n")
    assert len(installation.rows("SELECT 1 FROM sync_outbox WHERE label = '10280'")) == 1
    assert len(installation.rows("SELECT 1 FROM sync_audit WHERE event = 'sample day made'")) == 2
    assert installation.rows("SELECT realm_hash FROM sync_connection") != [before]
    installation.run("company", "add", "Plain")
    refused = installation.run("company", "reset-sample", "Plain")
    assert refused.returncode == 2
    assert "Only a sample company" in refused.stderr
    eventually(lambda: not installation.processes(), "nothing is left running")
