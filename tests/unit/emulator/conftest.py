"""Emulators under the test's clock, each with one company and a signed-in client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from syncengine.clock import ManualClock
from syncengine.emulator import Emulator
from tests.unit.emulator.desk import Desk

Make = Callable[..., Desk]


@pytest.fixture
def make(clock: ManualClock) -> Iterator[Make]:
    """A function that makes an emulator with one company, under the test's clock; quotas are off unless asked for."""
    made: list[Emulator] = []

    def desk(kind: str = "empty", *, seed: int = 1, **switches: Any) -> Desk:
        emulator = Emulator(clock=clock, seed=seed, switches={"quotas": False, "default_order": "shuffled", **switches})
        made.append(emulator)
        return Desk(emulator, kind)

    yield desk
    for each in made:
        each.close()


@pytest.fixture
def desk(make: Make) -> Desk:
    """A client of an empty company."""
    return make()


@pytest.fixture
def tracked(make: Make) -> Desk:
    """A client of the distributor, which tracks classes and locations."""
    return make("demo")
