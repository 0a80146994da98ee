"""Worlds for whole cycles."""

from __future__ import annotations

from pathlib import Path

import pytest

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from tests.support.world import World


@pytest.fixture
def world(database: Database, clock: ManualClock, tmp_path: Path) -> World:
    """An installation on each kind of database."""
    return World.make(database, clock, tmp_path)


@pytest.fixture
def sqlite_world(sqlite_database: Database, clock: ManualClock, tmp_path: Path) -> World:
    """An installation on SQLite alone, where the database makes no difference to what is tested."""
    return World.make(sqlite_database, clock, tmp_path)
