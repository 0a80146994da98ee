"""What the dashboard's pages cost the server in a large company, in processor time and memory.

    python -m benchmarks.pages [SHARE] [--only PAGE ...] [--repeats 20] [--database FILE] [--changing]

Fills a SQLite file with 1,000,000 runs, as many lines of history and as many requests that were sent, 100,000 waiting rows and
50,000 failed ones (or a SHARE of them, such as 0.1). Then it serves the dashboard and opens every page, as it opens first, with
its filters, in the middle and with its drawer; each opening is a session of its own, 20 times. Printed are the milliseconds of
processor time of the thread that ran the page's script, and of the clock: half of the openings took no longer than `p50`, 19 of
20 no longer than `p95`. Then each question that pages ask is asked three times, without a server, and the cheapest is printed.

While nothing moves, a server keeps the company at a glance, and how much of the queue a filter finds: each visit is made once
beforehand, so that both serve the openings that are measured. With `--changing` a row of the queue moves from one state to another
before each opening, with its line in the audit trail. Nothing that was read before serves it: so much the first opening costs.

Processor time is what counts: the wall's says as much of what else the machine does. `--database` keeps the file, and takes it
as it is where it is there already.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import case, func, select, update

from benchmarks.push_invoices import timed
from benchmarks.served import Dashboard, Run, served
from syncengine import queries
from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import foresight, setup, weighing
from syncengine.engine.wanted import DOUBTFUL, Wanted
from syncengine.queries import Session
from syncengine.store import audit
from syncengine.store.outbox.tallying import FAILING
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState
from tests.support.cost import cost
from tests.support.large import fill, fill_more

#: How much of everything there is at a share of 1; a third of the documents have failed.
HISTORY, DOCUMENTS = 1_000_000, 150_000
#: A page, its address, and what is seen there.
Visit = tuple[str, dict[str, str], str]


def visits(session: Session, share: float = 1.0) -> list[Visit]:
    """Every page with what people ask of it."""
    rows, runs = int(DOCUMENTS * share), int(HISTORY * share)
    page = {"preview": str(rows // 100), "bills": str(max(1, rows // 500)), "records": str(rows // 100)}
    failed = str(queries.errors(session, size=1)["outbox_id"].iloc[0])
    group = str(queries.error_groups(session, size=1)["group_key"].iloc[0])
    documents = (("search", "B-77"), ("since", "2026-01-10"), ("problems", "true"))
    return [
        ("", {}, "Sync"),
        ("preview", {}, "Preview sync"),
        ("preview", {"preview.page": page["preview"]}, "the page in the middle"),
        ("preview", {"search": "N-77"}, "a search"),
        ("preview", {"of": "Customer"}, "one kind"),
        ("preview", {"state": "Will be sent"}, "one state"),
        ("preview", {"does": "Change in QuickBooks"}, "what is changed"),
        ("preview", {"does": "New in QuickBooks"}, "what is new"),
        ("preview", {"by": "The inventory"}, "who queued it"),
        ("preview", {"party": "Customer 77"}, "one customer"),
        ("preview", {"state": "Expected to fail"}, "what is expected to fail"),
        ("preview", {"row": failed}, "the drawer"),
        ("errors", {}, "Sync errors"),
        ("errors", {"errors.page": "3"}, "the page in the middle"),
        ("errors", {"search": "N-77"}, "a search"),
        ("errors", {"only": "Invoice"}, "one kind"),
        ("errors", {"class": "Needs a person"}, "what happens"),
        ("errors", {"group": group}, "the records of one cause"),
        ("errors", {"error": "1"}, "the drawer"),
        ("conflicts", {}, "Conflicts and drift"),
        ("history", {}, "History"),
        ("history", {"before": str(runs // 2)}, "in the middle"),
        ("history", {"outcome": "Failed"}, "one outcome"),
        ("history", {"run": str(runs // 2)}, "one sync"),
        ("history", {"view": "Records"}, "what was sent"),
        ("history", {"view": "Records", "before": str(runs // 2)}, "what was sent, in the middle"),
        ("history", {"view": "Records", "answer": "Refused"}, "what was refused"),
        ("history", {"view": "Records", "of": "Invoice"}, "what was sent of one kind"),
        ("history", {"view": "Records", "of": "Customer"}, "what was sent of a kind that is rare"),
        ("history", {"view": "Records", "way": "Received"}, "what was received"),
        ("history", {"view": "Who did what"}, "who did what"),
        ("history", {"view": "Who did what", "who": "Nobody"}, "what one person did"),
        ("records", {}, "Records"),
        ("records", {"search": "N-77"}, "a search everywhere"),
        ("records", {"kind": "invoice"}, "one kind"),
        ("records", {"kind": "invoice", "records.page": page["records"]}, "the page in the middle"),
        ("records", {"kind": "invoice", "search": "N-77"}, "a search in one kind"),
        ("records", {"kind": "invoice", "state": "Failed"}, "what has failed"),
        ("records", {"kind": "invoice", "state": "Waiting"}, "what waits"),
        ("records", {"kind": "invoice", "state": "Not synced"}, "what is not synced"),
        ("records", {"kind": "invoice", "record": "1"}, "one record"),
        ("records", {"view": "Reconcile"}, "a report"),
        ("importing", {}, "Import"),
        ("explore", {}, "Explore"),
        ("explore", {"question": "runs", "explore.page": "200"}, "a page far behind"),
        ("explore", {"question": "queue"}, "the queue"),
        ("explore", {"question": "runs", "by": "result"}, "grouped"),
        ("explore", {"with": "SQL"}, "SQL"),
        ("companies", {}, "Companies"),
        ("settings", {}, "Settings"),
        ("people", {}, "People"),
        ("accounts", {}, "Accounts"),
        *(("bills", dict([each]), f"bills, {each[0]}") for each in documents),
        ("bills", {"bills.page": page["bills"]}, "the page in the middle"),
        ("bills", {"entry": "77"}, "the drawer"),
        *((name, {}, name.replace("_", " ").capitalize()) for name in ("bills", "credit_memos", "employees", "journal_entries")),
        *((name, {}, name.replace("_", " ").capitalize()) for name in ("purchases", "tax_codes", "classes", "departments")),
    ]


def quantile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of `values` does not exceed.

    >>> quantile([3, 1, 2, 4], 0.5), quantile(range(1, 21), 0.95)
    (2, 19)
    """
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


def opened(
    dashboard: Dashboard, asked: Sequence[Visit], repeats: int, before: Callable[[], object]
) -> Iterator[tuple[Visit, list[Run]]]:
    """Each visit so many times, after what is done `before` it. They take turns, so that what else happens meets all alike.

    Raises RuntimeError where a page failed.
    """
    for visit in asked:
        dashboard.visit(visit[0], **visit[1])  # what the first one of a server's life loads is loaded once
    found: list[list[Run]] = [[] for _ in asked]
    for _ in range(repeats):
        for (page, query, _), runs in zip(asked, found, strict=True):
            before()
            runs.append(dashboard.visit(page, **query))
            if trouble := runs[-1].trouble:
                raise RuntimeError(f"{page} {query}: {trouble}")
    yield from zip(asked, found, strict=True)


def questions(session: Session, share: float = 1.0) -> dict[str, Callable[[], object]]:
    """What the pages ask, each by its name."""
    rows, runs, failed = int(DOCUMENTS * share) // 100, int(HISTORY * share) // 20, int(DOCUMENTS * share) // 3
    return {
        "queue, first page of 100": lambda: queries.queue(session, page=1, size=100),
        "queue, first page that will be sent": lambda: queries.queue(session, page=failed // 100 + 2, size=100),
        "queue, first page as a list": lambda: queries.queue(session, page=1, size=50, exact=False),
        "queue, middle page": lambda: queries.queue(session, page=rows // 2, size=100),
        "queue, last page": lambda: queries.queue(session, page=rows, size=100),
        "queue_counts": lambda: queries.queue_counts(session),
        "queue expected to fail, first page": lambda: queries.queue(session, wanted=Wanted(forecast=DOUBTFUL)),
        "queue_counts, expected to fail": lambda: queries.queue_counts(session, Wanted(forecast=DOUBTFUL)),
        "queue of one customer": lambda: queries.queue(session, wanted=Wanted(party="Customer 77")),
        "queue_counts, a search": lambda: queries.queue_counts(session, Wanted(search="N-77")),
        "queue_counts, what is new": lambda: queries.queue_counts(session, Wanted(operation="create")),
        "queue_counts, one customer": lambda: queries.queue_counts(session, Wanted(party="Customer 77")),
        "records_count, what waits": lambda: queries.records_count(session, "invoice", state="waiting"),
        "records_count, what is synced": lambda: queries.records_count(session, "invoice", state="synced"),
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


def company(file: Path, share: float) -> Session:
    """The large company in `file`, which is filled where it is not there yet."""
    there = file.exists()
    database = Database(f"sqlite:///{file}")
    setup.prepare(database)
    if there:
        with database.reading() as connection:
            return Session(database, "owner", connection.scalars(select(Company.id)).one(), ManualClock())
    session = fill(database, int(DOCUMENTS * share), history=int(HISTORY * share))
    fill_more(session, int(DOCUMENTS * share), history=int(HISTORY * share))
    timed("weigh the first 1,000", lambda: weighing.weigh(database, session.company_id, portion=1_000))
    timed("reckon the order anew", lambda: foresight.renew(database, session.company_id, session.clock.now()))
    return session


def stir(session: Session) -> None:
    """The newest row that failed is parked, or is tried again: nothing that a server has kept is true any more."""
    failing = (Outbox.company_id == session.company_id, Outbox.state.in_(FAILING))
    newest = select(func.max(Outbox.id)).where(*failing).scalar_subquery()
    other = case((Outbox.state == OutboxState.PARKED, OutboxState.RETRYABLE), else_=OutboxState.PARKED)
    with session.database.writing() as connection:
        connection.execute(update(Outbox).where(Outbox.id == newest).values(state=other))
        audit.write(connection, session.company_id, session.clock.now(), [audit.Line("stirred", "benchmark")])


def _serve(session: Session, folder: Path, wish: argparse.Namespace) -> None:
    before = partial(stir, session) if wish.changing else lambda: None
    asked = [visit for visit in visits(session, wish.share) if not wish.only or (visit[0] or "sync") in wish.only]
    with served(session.database.url, folder) as dashboard:
        print(f"{'page':<16}{'what is seen':<40}{'cpu ms':>7}{'p50':>7}{'p95':>7}{'wall':>7}{'p50':>7}{'p95':>7}{'kB':>7}")
        for (page, _, says), runs in opened(dashboard, asked, wish.repeats, before):
            cpu, wall = [each.cpu for each in runs], [each.wall for each in runs]
            figures = [*(quantile(cpu, part) for part in (0.5, 0.95)), *(quantile(wall, part) for part in (0.5, 0.95))]
            told = f"{'':>7}{figures[0]:7.0f}{figures[1]:7.0f}{'':>7}{figures[2]:7.0f}{figures[3]:7.0f}{runs[-1].sent / 1000:7.0f}"
            print(f"{page or 'sync':<16}{says:<40}{told}")
        now, most = dashboard.megabytes()
        print(f"memory of the server: {now} MB at the end, {most} MB at most")


def main() -> None:
    """Measure one run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("share", nargs="?", type=float, default=1.0, help="how much of everything there is")
    parser.add_argument("--only", nargs="*", default=[], help="these pages, such as preview; none of the questions")
    parser.add_argument("--repeats", type=int, default=20, help="how often each page is opened")
    parser.add_argument("--database", type=Path, help="a file to keep, or to take as it is")
    parser.add_argument("--changing", action="store_true", help="let something move before each opening")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        session = company(wish.database or Path(folder) / "tieout.db", wish.share)
        _serve(session, Path(folder), wish)
        for name, act in ({} if wish.only else questions(session, wish.share)).items():
            print(f"{name:<40}{cost(act, 3):8.3f} s CPU")
        session.database.close()


if __name__ == "__main__":
    main()
