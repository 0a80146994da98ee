"""Worlds for whole cycles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from tests.support.prepared import Begun
from tests.support.world import World


@pytest.fixture
def world(database: Database, clock: ManualClock, tmp_path: Path) -> World:
    """An installation on each kind of database."""
    return World.make(database, clock, tmp_path)


@pytest.fixture
def sqlite_world(sqlite_database: Database, clock: ManualClock, tmp_path: Path) -> World:
    """An installation on SQLite alone, where the database makes no difference to what is tested."""
    return World.make(sqlite_database, clock, tmp_path)


@pytest.fixture
def begun_on_each(request: pytest.FixtureRequest, database: Database, clock: ManualClock, tmp_path: Path) -> Begun:
    """`begun` on each kind of database in turn; on PostgreSQL it is done anew for each test."""
    if database.dialect == "sqlite":
        found: Any = request.getfixturevalue("begun")
        return found
    return lambda fill: fill(World.make(database, clock, tmp_path))
