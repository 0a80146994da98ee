"""How long planning a long queue takes, and one page of its preview.

    python -m benchmarks.preview [COUNT] [--profile]

Runs in one process on a SQLite file: COUNT invoices of two lines each (10,000 where nothing is said) and 21 names wait in
a company that has synced before. Compare ratios within one run only: machines differ and so does one machine from
minute to minute.
"""

from __future__ import annotations

import cProfile
import pstats
import sys
import tempfile
from pathlib import Path

from benchmarks.push_invoices import queued, timed
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import capture, foresight, preview, setup
from syncengine.engine.plan import Planner
from syncengine.store import outbox
from tests.support.world import World


def planned(database: Database, company: int) -> int:
    """Plan everything that waits; how many steps that is."""
    with database.reading() as connection:
        return len(Planner(connection, company).plan(outbox.rows(connection, company)))


def main() -> None:
    """Measure one run."""
    numbers = [argument for argument in sys.argv[1:] if argument.isdecimal()]
    count = int(numbers[0]) if numbers else 10_000
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'tieout.db'}")
        setup.prepare(database)
        clock = SystemClock()
        world = World.make(database, clock, Path(folder))  # type: ignore[arg-type] # real time, for once
        company = world.company()
        world.sync(company)
        queued(world, company, count)
        capture.capture(database, clock)
        timed(f"plan {count} rows", lambda: planned(database, company))
        timed("keep the order, as the worker does", lambda: foresight.renew(database, company, clock.now()))
        for page in (0, count // 2, count - 100):
            timed(
                f"preview of 100 from {page}",
                lambda page=page: preview.preview(database, company, at=clock.now(), offset=page, limit=100),
            )
        if "--profile" in sys.argv:
            profile = cProfile.Profile()
            profile.runcall(planned, database, company)
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
            profile = cProfile.Profile()
            profile.runcall(preview.preview, database, company, at=clock.now(), offset=count // 2, limit=100)
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
        database.close()


if __name__ == "__main__":
    main()
