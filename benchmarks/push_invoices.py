"""How long a cycle takes to send queued invoices to an emulator at zero latency.

    python -m benchmarks.push_invoices [COUNT]

Runs in one process on a SQLite file with the emulator in process, so that it measures our own work: planning, the
database, the wire format on both ends, and whatever waiting QuickBooks'
own quotas (which both sides keep) ask for. Compare
ratios within one run only: machines differ and so does one machine from minute to minute.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import capture, preview, setup
from syncengine.inventory import writer
from tests.support.world import World


def queued(world: World, company: int, count: int) -> None:
    """So many invoices of two lines each, for one of twenty customers."""
    with world.site.database.writing() as connection:
        customers = [writer.save(connection, "customer", company, {"name": f"Customer {n}"}) for n in range(20)]
        item = writer.save(connection, "item", company, {"name": "Rope", "unit_price": Decimal("2.5")})
        drafts = []
        for n in range(count):
            amounts = [{"line_no": k, "item_id": item, "quantity": Decimal(n % 7 + k), "unit_price": Decimal(3)} for k in (1, 2)]
            head = {"number": f"N-{n}", "customer_id": customers[n % 20], "txn_date": date(2026, 1, 10)}
            drafts.append(writer.Draft(head, None, amounts))
        writer.save_many(connection, "invoice", company, drafts)


def timed(what: str, act: object) -> object:
    """Run `act`, print how long it took."""
    begun, cpu = time.perf_counter(), time.process_time()
    result = act()  # type: ignore[operator] # any callable
    print(f"{what:<34}{time.perf_counter() - begun:8.2f} s wall {time.process_time() - cpu:8.2f} s CPU")
    return result


def main() -> None:
    """Measure one run."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'tieout.db'}")
        setup.prepare(database)
        clock = SystemClock()
        world = World.make(database, clock, Path(folder))  # type: ignore[arg-type] # real time, for once
        company = world.company()
        world.sync(company)
        queued(world, company, count)
        timed(f"capture {count} marks", lambda: capture.capture(database, clock))
        timed(f"preview {count} rows, first 50", lambda: preview.preview(database, company, at=clock.now(), limit=50))
        result = timed(f"send {count} invoices and 21 names", lambda: world.sync(company))
        print(f"{'':<34}{result}")
        idle = timed("next cycle, all echoes", lambda: world.sync(company))
        print(f"{'':<34}{idle}")
        journal = world.control("journal", method="GET")
        lines = journal.get("lines", journal.get("journal", journal)) if isinstance(journal, dict) else journal
        print(f"{'answers of 429':<34}{sum(line.get('status') == 429 for line in lines):8}")
        database.close()


if __name__ == "__main__":
    main()
