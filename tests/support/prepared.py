"""Worlds that were brought so far once, and are copied for every test that begins there."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from tests.support.world import World

#: A function that gives what a function makes of a new world.
Begun = Callable[[Callable[[World], Any]], Any]


def synced(world: World) -> tuple[World, int]:
    """A company that has synced once, while nothing was there."""
    company = world.company()
    world.sync(company)
    return world, company


@dataclass
class _Kept:
    world: World
    result: Any


def opened(folder: Path, clock: ManualClock) -> World:
    """The installation in `folder` on SQLite, as a process that starts finds it."""
    return World.make(Database(f"sqlite:///{folder / 'tieout.db'}"), clock, folder)


def closed(world: World) -> None:
    """Give both databases back, as the end of a process does."""
    world.site.database.close()
    world.emulator.close()


@dataclass
class Shelf:
    """Prepared worlds on SQLite, by the function that prepares them.

    Attributes:
        folder: where they are kept.
        template: a prepared database, which each of them begins with.
    """

    folder: Path
    template: Path
    _kept: dict[Callable[[World], Any], _Kept] = field(default_factory=dict)

    def copied(self, fill: Callable[[World], Any], folder: Path, clock: ManualClock) -> tuple[World, Any]:
        """A world in the empty `folder` in which `fill` was done, and what `fill` answered, as if it had been done to this world.

        The clock is turned to the moment at which `fill` was through.
        """
        if fill not in self._kept:
            self._kept[fill] = self._made(fill)
        kept = self._kept[fill]
        shutil.copytree(_home(kept.world), folder, dirs_exist_ok=True)
        clock.advance((kept.world.clock.now() - clock.now()) / timedelta(seconds=1))
        world = opened(folder, clock)
        pairs = ((kept.world, world), (kept.world.site, world.site), (kept.world.site.database, world.site.database), (kept.world.clock, clock))
        return world, copy.deepcopy(kept.result, {id(then): now for then, now in pairs})

    def _made(self, fill: Callable[[World], Any]) -> _Kept:
        home = self.folder / str(len(self._kept))
        home.mkdir()
        shutil.copyfile(self.template, home / "tieout.db")
        world = opened(home, ManualClock())
        result = fill(world)
        closed(world)
        return _Kept(world, result)


def _home(world: World) -> Path:
    return world.site.settings.data
