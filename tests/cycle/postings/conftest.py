"""A small company whose stock posts."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.trade import Trade, started
from tests.support.world import World


@pytest.fixture
def trade(begun: Callable[[Callable[[World], Trade]], Trade]) -> Trade:
    """A company on SQLite."""
    return begun(started)


@pytest.fixture
def both_trade(world: World) -> Trade:
    """A company on each kind of database."""
    return started(world)


@pytest.fixture
def firm(begun: Callable[[Callable[[World], Trade]], Trade]) -> Trade:
    """The same, where QuickBooks tracks classes and departments."""
    return begun(_tracking)


def _tracking(world: World) -> Trade:
    trade = started(world)
    tracked = {"ClassTrackingPerTxnLine": True, "TrackDepartments": True}
    world.actor(trade.company, "set_preferences", changes={"AccountingInfoPrefs": tracked})
    world.clock.advance(90_000)  # preferences are read once a day
    trade.sync()
    return trade
