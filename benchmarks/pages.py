"""What the questions behind the dashboard's pages cost in a large company, in processor time and memory.

    python -m benchmarks.pages [SHARE]

Fills a SQLite file with 1,000,000 runs and as many lines of history, 100,000 waiting rows and 50,000 failed ones (or a SHARE
of them, such as 0.1), then asks each question three times and prints the cheapest. Processor time is what counts: the wall's
says as much of what else the machine does. Compare ratios within one run only.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.push_invoices import timed
from syncengine import queries
from syncengine.db.engine import Database
from syncengine.engine import foresight, setup
from syncengine.queries import Session
from tests.support.cost import cost
from tests.support.large import fill

#: How much of everything there is at a share of 1; a third of the documents have failed.
HISTORY, DOCUMENTS = 1_000_000, 150_000


def questions(session: Session, share: float = 1.0) -> dict[str, Callable[[], object]]:
    """What the pages ask, each by its name."""
    rows, runs, failed = int(DOCUMENTS * share) // 100, int(HISTORY * share) // 20, int(DOCUMENTS * share) // 3
    return {
        "queue, first page of 100": lambda: queries.queue(session, page=1, size=100),
        "queue, first page that will be sent": lambda: queries.queue(session, page=failed // 100 + 2, size=100),
        "queue, middle page": lambda: queries.queue(session, page=rows // 2, size=100),
        "queue, last page": lambda: queries.queue(session, page=rows, size=100),
        "queue_counts": lambda: queries.queue_counts(session),
        "waiting_counts": lambda: queries.waiting_counts(session),
        "trouble_counts": lambda: queries.trouble_counts(session),
        "top_error": lambda: queries.top_error(session),
        "errors, first page of 20": lambda: queries.errors(session),
        "errors, last page": lambda: queries.errors(session, page=failed // 20),
        "error_groups": lambda: queries.error_groups(session),
        "runs, first page of 20": lambda: queries.runs(session),
        "runs, last page": lambda: queries.runs(session, page=runs),
        "timeline of one record": lambda: queries.timeline(session, "invoice", 1),
        "overview": lambda: queries.overview(session),
    }


def main() -> None:
    """Measure one run."""
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'tieout.db'}")
        setup.prepare(database)
        session = fill(database, int(DOCUMENTS * share), history=int(HISTORY * share))
        timed("reckon the order anew", lambda: foresight.renew(database, session.company_id, session.clock.now()))
        for name, act in questions(session, share).items():
            print(f"{name:<40}{cost(act):8.3f} s CPU")
        print(f"{'memory at most':<40}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024:8} MB")
        database.close()


if __name__ == "__main__":
    main()
