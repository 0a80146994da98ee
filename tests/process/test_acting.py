"""Acts on thousands of rows by a real worker that is killed in the middle: nothing is lost, nothing is done twice."""

from __future__ import annotations

import signal

import pytest

from syncengine import commands, queries
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import capture
from syncengine.inventory import writer
from syncengine.queries import Session, Wanted
from tests.process.conftest import PATIENCE, Installation, eventually

ROWS = 3_500


@pytest.fixture
def session(installation: Installation):
    """A company with thousands of rows in its queue."""
    installation.add_company()
    database = Database(f"sqlite:///{installation.file}")
    made = Session(database, "Ada", 1, SystemClock())
    with database.writing() as connection:
        writer.save_many(connection, "customer", 1, [writer.Draft({"name": f"Customer {n}"}) for n in range(ROWS)])
    capture.capture(database, made.clock)
    yield made
    database.close()


def act(installation: Installation):
    (row,) = installation.rows("SELECT state, done, left_alone, outcome, line FROM sync_long_act")
    return row


def ended(installation: Installation) -> bool:
    return act(installation).state not in {"asked", "doing"}


def twice(installation: Installation) -> int:
    """How many rows left the queue more than once."""
    line = "SELECT outbox_id FROM sync_audit WHERE event = 'available -> cancelled' GROUP BY outbox_id HAVING count(*) <> 1"
    return len(installation.rows(line))


@pytest.mark.parametrize(
    ("point", "before"),
    [
        pytest.param("longact.portion", 1_000, id="between two portions"),
        pytest.param("longact.portion:3", 3_000, id="before the last portion"),
    ],
)
def test_a_worker_that_is_killed_in_the_middle_is_carried_on_by_the_next(installation, session, point, before):
    commands.ask_matching(session, "remove", Wanted(), queries.queue_mark(session))
    worker = installation.start("worker", TIEOUT_FAILPOINT=point)
    assert worker.wait(PATIENCE) == -signal.SIGKILL
    assert (act(installation).state, act(installation).done) == ("doing", before)
    assert queries.queue_counts(session).total == ROWS - before
    # Somebody edits meanwhile what the rest of it is about: that is no longer what Ada has seen.
    installation.write("UPDATE sync_outbox SET version = version + 1 WHERE label = 'Customer 3499'")
    installation.start("worker")
    eventually(lambda: ended(installation), "the next worker carries it on")
    found = act(installation)
    assert (found.state, found.done, found.left_alone) == ("done", ROWS - 1, 1), installation.said("worker")
    assert twice(installation) == 0
    assert installation.rows("SELECT count(*) AS n FROM sync_outbox WHERE state = 'available'")[0].n == 1
    assert installation.rows("SELECT count(*) AS n FROM sync_long_act_part")[0].n == 0
    assert commands.add_back(session, found.line).done == ROWS - 1


def test_a_kill_inside_a_portion_takes_that_portion_back_whole(installation, session):
    commands.ask_matching(session, "bottom", Wanted(), queries.queue_mark(session))
    worker = installation.start("worker", TIEOUT_FAILPOINT="longact.counted:2")
    assert worker.wait(PATIENCE) == -signal.SIGKILL
    assert (act(installation).state, act(installation).done) == ("doing", 1_000)
    moved = "SELECT count(*) AS n FROM sync_outbox WHERE version > 1"
    assert installation.rows(moved)[0].n == 1_000, "rows and progress are committed together, or not at all"
    installation.start("worker")
    eventually(lambda: ended(installation), "the next worker carries it on")
    assert act(installation).outcome == "3,500 were moved to the bottom."
    assert installation.rows("SELECT count(*) AS n FROM sync_outbox WHERE version <> 2")[0].n == 0, "each row was moved once"
    order = installation.rows("SELECT id FROM sync_outbox ORDER BY position, id")
    assert [row.id for row in order] == sorted(row.id for row in order), "in their former order"
