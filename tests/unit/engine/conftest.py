"""What the tests of the engine's parts begin with."""

from __future__ import annotations

import pytest

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from tests.unit.engine.office import Office


@pytest.fixture
def office(database: Database, clock: ManualClock) -> Office:
    """An office on each kind of database."""
    return Office(database, clock)
