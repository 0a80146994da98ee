"""The history of runs, and the one that is under way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.engine import RowMapping

from syncengine.queries.session import Session
from syncengine.store import cycles, rights
from syncengine.store.tables import Cycle, Request

if TYPE_CHECKING:
    import pandas as pd

#: What is told of a run.
COLUMNS = {
    "id": "int64",
    "started_at": "datetime64[us, UTC]",
    "finished_at": "datetime64[us, UTC]",
    "trigger": "str",
    "retry": "int64",
    "requested_by": "str",
    "result": "str",
    "message": "str",
    "sent": "int64",
    "received": "int64",
    "failed": "int64",
    "seconds": "object",
    "metered_reads": "int64",
    "calls": "int64",
}


@dataclass(frozen=True)
class Progress:
    """How far the company's sync is.

    Attributes:
        cycle_id: the run; None while it was asked for and no worker has begun.
        phase: what is being done, in words.
        done, total: how much of the phase is done; total is 0 where that is not known.
        sent, received, failed: counts of the run so far.
        since: when it was asked for, or began.
        by: who asked for it.
        again: whether another run was asked for meanwhile and follows.
        phase_since: when the phase began; None where that is not known.
    """

    cycle_id: int | None
    phase: str
    done: int
    total: int
    sent: int
    received: int
    failed: int
    since: datetime
    by: str
    again: bool = False
    phase_since: datetime | None = None


#: Totals look at so many of the newest runs, which takes some milliseconds, however long the history is.
MOST_RUNS = 2_000


@dataclass(frozen=True)
class RunsTotals:
    """What runs did together.

    Attributes:
        runs: how many there are, the newest `MOST_RUNS` at most.
        sent, received, failed: the sums of what those did.
        more: whether there are older ones, which are not counted.
    """

    runs: int
    sent: int
    received: int
    failed: int
    more: bool


#: Put into SQL once, as every look at a company asks it.
_ASKED = (
    select(Request.requested_at, Request.requested_by)
    .where(Request.company_id == bindparam("company"), Request.taken_at.is_(None))
    .order_by(Request.id)
    .limit(1)
)


@rights.needs(rights.Permission.SEE_SYNC)
def progress(session: Session) -> Progress | None:
    """The run that is under way or asked for; None while the company rests."""
    with session.database.reading() as connection:
        return progress_of(connection, session.company_id, cycles.last(connection, session.company_id, finished=False))


def progress_of(connection: Connection, company_id: int, row: RowMapping | None) -> Progress | None:
    """The same on a connection that is open already; `row` is the company's newest run."""
    asked = connection.execute(_ASKED, {"company": company_id}).first()
    if row is not None and row["result"] == "running":
        return Progress(
            row["id"],
            row["phase"],
            row["done"],
            row["total"],
            row["sent"],
            row["received"],
            row["failed"],
            row["started_at"],
            row["requested_by"],
            again=asked is not None,
            phase_since=row["phase_since"],
        )
    if asked is not None:
        return Progress(None, "Waiting for the worker", 0, 0, 0, 0, 0, asked.requested_at, asked.requested_by)
    return None


@rights.needs(rights.Permission.SEE_SYNC)
def runs_totals(session: Session, *, result: str = "") -> RunsTotals:
    """How many runs there are, of one `result` where it is given, and what they did; see `RunsTotals` for a long history."""
    newest = select(Cycle.sent, Cycle.received, Cycle.failed).where(Cycle.company_id == session.company_id)
    if result:
        newest = newest.where(Cycle.result == result)
    counted = newest.order_by(Cycle.id.desc()).limit(MOST_RUNS).subquery()
    sums = [func.coalesce(func.sum(counted.c[name]), 0) for name in ("sent", "received", "failed")]
    with session.database.reading() as connection:
        number, sent, received, failed = connection.execute(select(func.count(), *sums).select_from(counted)).one()
        one_more = connection.execute(newest.order_by(Cycle.id.desc()).offset(MOST_RUNS).limit(1)).first()
    return RunsTotals(int(number), int(sent), int(received), int(failed), more=one_more is not None)


@rights.needs(rights.Permission.SEE_SYNC)
def runs(
    session: Session, *, page: int = 1, size: int = 20, result: str = "", before: int | None = None, after: int | None = None
) -> pd.DataFrame:
    """The syncs that ended and the one that runs, newest first.

    `page` counts from 1. `result` is ok, errors, failed, interrupted or running. In a long history, `before` and `after` (ids of
    runs) give the page behind or ahead of one at the same cost everywhere.
    """
    from syncengine.queries._frames import frame

    wanted = select(*(Cycle.__table__.c[name] for name in COLUMNS)).where(Cycle.company_id == session.company_id)
    if result:
        wanted = wanted.where(Cycle.result == result)
    if before is not None:
        wanted = wanted.where(Cycle.id < int(before))
    newer = after is not None
    if after is not None:
        wanted = wanted.where(Cycle.id > int(after))
    order = Cycle.id if newer else Cycle.id.desc()
    with session.database.reading() as connection:
        rows = connection.execute(wanted.order_by(order).offset((int(page) - 1) * int(size)).limit(int(size))).mappings().all()
        return frame(rows[::-1] if newer else rows, COLUMNS)
