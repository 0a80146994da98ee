"""A scene for each test, copied from one that was prepared once."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from tests.cycle.corrections.scene import Scene
from tests.support.world import World


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> tuple[Path, dict[str, int]]:
    """A folder with both databases, in which a customer and an item have arrived in QuickBooks."""
    folder = tmp_path_factory.mktemp("scene")
    shutil.copyfile(sqlite_template, folder / "tieout.db")
    world = World.make(Database(f"sqlite:///{folder / 'tieout.db'}"), ManualClock(), folder)
    company = world.company()
    ids = {"company": company, "customer": world.save(company, "customer", {"name": "Harbour Supply"}),
           "item": world.save(company, "item", {"name": "Rope", "unit_price": Decimal("2.5")})}  # fmt: skip
    assert world.sync(company).result == "ok"
    assert world.settle(company).result == "ok"
    ids["at"] = int(world.clock.now().timestamp())
    world.site.database.close()
    world.emulator.close()
    return folder, ids


@pytest.fixture
def scene(prepared: tuple[Path, dict[str, int]], tmp_path: Path, clock: ManualClock):
    """The same, for one test alone."""
    folder, ids = prepared
    shutil.copytree(folder, tmp_path / "scene")
    clock.advance(ids["at"] - int(clock.now().timestamp()))
    world = World.make(Database(f"sqlite:///{tmp_path / 'scene' / 'tieout.db'}"), clock, tmp_path / "scene")
    yield Scene(world, ids["company"], ids["customer"], ids["item"])
    world.site.database.close()
    world.emulator.close()
