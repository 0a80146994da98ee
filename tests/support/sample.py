"""The sample company's day, played once a session and put into the worlds of tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from syncengine.emulator.packing import unpack
from syncengine.engine import setup
from syncengine.queries import Session
from syncengine.sample import job, moving
from syncengine.sample.job import Day
from syncengine.store import samples
from tests.support.world import World

#: A Wednesday in summer, a quarter past ten in the morning where the company is.
ANCHOR = datetime(2026, 7, 29, 17, 15, tzinfo=UTC)
ZONE = "America/Los_Angeles"
REALM = "9341000000000001"


def opened(database: Database, folder: Path) -> tuple[World, Session]:
    """The world of a folder that holds an installation with the day already, a minute after it was made."""
    world = World.make(database, ManualClock(ANCHOR + timedelta(minutes=1)), folder)
    return world, Session(database, "Ada", 1, world.clock)


def installed(database: Database, folder: Path, day: Day) -> tuple[World, Session]:
    """A world whose first company has the day, a minute after it was made, and its owner's session; `database` is empty."""
    world = World.make(database, ManualClock(day.anchor + timedelta(minutes=1)), folder)
    company = setup.add_company(database, world.clock, "Demo", sample="demo", timezone=ZONE)
    unpack(world.emulator.parts, day.books, REALM)
    moving.reserve(database)
    with database.writing() as connection:
        samples.want(connection, company, world.clock.now(), by="Ada")
        job.put(connection, world.site, company, day, REALM, by="Ada")
        samples.put(connection, company, state=samples.THERE, made_at=day.anchor)
    return world, Session(database, "Ada", company, world.clock)
