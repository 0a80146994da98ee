"""A small company whose stock posts."""

from __future__ import annotations

import pytest

from tests.support.trade import Trade, started
from tests.support.world import World


@pytest.fixture
def trade(sqlite_world: World) -> Trade:
    """A company on SQLite."""
    return started(sqlite_world)


@pytest.fixture
def both_trade(world: World) -> Trade:
    """A company on each kind of database."""
    return started(world)
