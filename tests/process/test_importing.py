"""A large file that a real worker imports and is killed over, wherever: every row goes in once, and the end is told."""

from __future__ import annotations

import signal

import pytest

from syncengine import commands, queries
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.queries import Session
from tests.process.conftest import PATIENCE, Installation, eventually
from tests.support.filed import customers, of

#: More than five thousand, so that how far the looking is gets told.
ROWS = 5_200


@pytest.fixture
def session(installation: Installation):
    """A company without any record."""
    installation.add_company()
    database = Database(f"sqlite:///{installation.file}")
    yield Session(database, "Ada", 1, SystemClock())
    database.close()


def state(installation: Installation, act_id: int):
    (row,) = installation.rows(f"SELECT state, done, left_alone FROM sync_long_act WHERE id = {act_id}")
    return row


def wait_for(installation: Installation, act_id: int) -> None:
    eventually(lambda: state(installation, act_id).state not in {"asked", "doing"}, installation.said("worker"))


def records(installation: Installation) -> int:
    (found,) = installation.rows("SELECT count(*) AS n, count(DISTINCT code) AS codes FROM customer WHERE code LIKE 'c%'")
    assert found.n == found.codes
    return int(found.n)


def killed(installation: Installation, point: str) -> None:
    assert installation.start("worker", TIEOUT_FAILPOINT=point).wait(PATIENCE) == -signal.SIGKILL


def test_a_worker_that_is_killed_over_a_file_is_carried_on_by_the_next(installation, session):
    file_id = commands.keep_import(session, "customer", customers(range(ROWS), e9="no address"), name="customers.csv")
    look = commands.ask_look(session, file_id)
    killed(installation, "import.read")
    assert state(installation, look).state == "doing"
    worker = installation.start("worker")
    wait_for(installation, look)
    counts = of(session, file_id).looked.counts
    assert (counts.new, counts.bad) == (ROWS - 1, 1)
    worker.terminate()
    assert worker.wait(PATIENCE) == 0

    act = commands.ask_import(session, file_id, of(session, file_id).look)
    killed(installation, "import.staged")
    assert (state(installation, act).state, records(installation)) == ("doing", 0)
    killed(installation, "longact.counted:4")  # the portions are made, three of them are in, and of the next nothing
    assert (state(installation, act).done, records(installation)) == (1_500, 1_500)
    installation.write("UPDATE customer SET name = 'Edited meanwhile' WHERE code = 'c0'")
    installation.start("worker")
    wait_for(installation, act)

    ended = state(installation, act)
    assert (ended.state, ended.done, ended.left_alone, records(installation)) == ("done", ROWS - 1, 0, ROWS - 1)
    assert installation.rows("SELECT name FROM customer WHERE code = 'c0'")[0].name == "Edited meanwhile", "none goes in twice"
    assert commands.acknowledge_act(session, act).startswith(f"customers.csv is in: {ROWS - 1:,} new, 0 changed, 0 unchanged, 1 left out.")
    (problem,) = queries.kept_import_problems(session, file_id)
    assert (problem.row, problem.column) == (11, "email")
    for table in ("sync_import_piece", "sync_long_act_part"):
        assert installation.rows(f"SELECT count(*) AS n FROM {table}")[0].n == 0
    lines = installation.rows("SELECT event, actor FROM sync_audit WHERE event LIKE 'import%'")
    assert [(line.event, line.actor) for line in lines] == [("imported", "Ada")]
