"""The sample company's day, in a database of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from syncengine.db.engine import Database
from syncengine.queries import Session
from tests.support.sample import installed, opened
from tests.support.world import World


@pytest.fixture
def demo(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[tuple[World, Session]]:
    """The day on each kind of database in turn."""
    if database.dialect == "sqlite":
        yield request.getfixturevalue("demo_here")
        return
    world, session = installed(database, tmp_path, request.getfixturevalue("played_day"))
    yield world, session
    world.emulator.close()


@pytest.fixture
def demo_here(sample_folder: Path, tmp_path: Path) -> Iterator[tuple[World, Session]]:
    """The day on SQLite alone."""
    yield from _copied(sample_folder, tmp_path / "copied")


@pytest.fixture(scope="module")
def told(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Session]]:
    """The day for tests that only look at it."""
    yield from _copied(sample_folder, tmp_path_factory.mktemp("told") / "copied")


def _copied(sample_folder: Path, folder: Path) -> Iterator[tuple[World, Session]]:
    shutil.copytree(sample_folder, folder)
    database = Database(f"sqlite:///{folder / 'tieout.db'}")
    world, session = opened(database, folder)
    yield world, session
    world.emulator.close()
    database.close()


@pytest.fixture
def empty_world(database: Database, tmp_path: Path) -> Iterator[World]:
    """An installation without any company, on each kind of database in turn."""
    from syncengine.clock import ManualClock
    from tests.support.sample import ANCHOR

    world = World.make(database, ManualClock(ANCHOR), tmp_path)
    yield world
    world.emulator.close()
