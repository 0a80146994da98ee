"""A person at work in a company, with a worker and a QuickBooks behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from syncengine.queries import Session
from tests.mission.person import Person
from tests.support.world import World


@pytest.fixture
def world(sqlite_database: Database, clock: ManualClock, tmp_path: Path) -> World:
    """An installation; that both databases behave alike, the tests of whole cycles show."""
    return World.make(sqlite_database, clock, tmp_path)


@pytest.fixture
def ada(world: World) -> Person:
    """A person at work in a company that has never synced."""
    return _at_work(world)


@pytest.fixture
def synced(begun: Callable[[Callable[[World], Person]], Person]) -> Person:
    """A person at work in a company that has synced once."""
    return begun(_synced)


def _at_work(world: World) -> Person:
    return Person(world, Session(world.site.database, "Ada", world.company(), world.clock))


def _synced(world: World) -> Person:
    ada = _at_work(world)
    ada.sync()
    return ada
