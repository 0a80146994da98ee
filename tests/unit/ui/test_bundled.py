"""The bundled worker: started where none is heard, again where it was killed, and not again and again where it cannot start."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from syncengine import queries
from syncengine.ui import bundled
from tests.unit.queries import seed


@pytest.fixture
def silent(sqlite_database, monkeypatch, tmp_path):
    """The overview of a company that hears no worker, and a program in the worker's place that does nothing for long."""
    made = []

    class Idle(bundled.Child):
        def __init__(self, clock):
            super().__init__(clock)
            made.append(self)

    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(bundled.sys, "executable", str(program))
    monkeypatch.setattr(bundled, "Child", Idle)
    monkeypatch.setenv("TIEOUT_BUNDLED", "1")
    bundled._child.clear()
    yield replace(queries.overview(seed.busy(sqlite_database).session), worker_heard=False), made
    bundled._child.clear()
    for each in made:
        each._process.kill()
        each._process.wait()


def gone(child):
    child._process.kill()
    child._process.wait()


def test_one_is_started_where_none_is_heard_and_one_only(silent):
    overview, made = silent
    assert [bundled.ensure(overview) for _ in range(3)] == [True] * 3
    assert len(made) == 1
    assert bundled.ensure(replace(overview, worker_heard=True))
    assert len(made) == 1


def test_one_that_was_killed_is_started_again_by_the_page_that_misses_it(silent, monkeypatch):
    overview, made = silent
    bundled.ensure(overview)
    monkeypatch.setattr(bundled, "AT_LEAST_SECONDS", 0.05)
    time.sleep(0.1)
    gone(made[0])
    assert bundled.ensure(overview)
    assert len(made) == 2
    assert made[1].runs()


def test_one_that_ends_as_it_starts_is_tried_by_the_next_page_only(silent):
    overview, made = silent
    bundled.ensure(overview)
    gone(made[0])
    assert not bundled.ensure(overview)
    assert len(made) == 1
    assert bundled.ensure(overview)
    assert len(made) == 2
