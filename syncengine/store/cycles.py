"""Cycles and the requests for them: one row a run, with its progress and its counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, case, func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.sql.dml import ReturningUpdate

from syncengine.store import reads
from syncengine.store.tables import Cycle, Request, Slot
from syncengine.terms import Trigger

#: The advisory lock of asking, by company; 7210 to 7213 belong to migrations, triggers, queues and capturing.
_LOCK = 7214
# What every look at a company asks for is put into SQL once: to build a statement anew takes longer than the database needs for it.
_NEWEST = select(Cycle.__table__).where(Cycle.company_id == bindparam("company")).order_by(Cycle.id.desc()).limit(1)
_FINISHED = _NEWEST.where(Cycle.finished_at.is_not(None))
# And what each cycle says of itself.
_READ = (Cycle.metered_reads, Cycle.sent, Cycle.received)
_CUT = (
    update(Cycle)
    .where(Cycle.company_id == bindparam("company"), Cycle.result == "running")
    .values(
        result="interrupted", finished_at=bindparam("new_at"),
        message="The worker stopped in the middle; the next cycle resumed its work.",
    )
    .returning(Cycle.id, *_READ)
)  # fmt: skip
_NEW = insert(Cycle).returning(Cycle.id)
_RETRIES = select(func.coalesce(func.max(Slot.retries), 0)).where(Slot.cycle_id == bindparam("cycle")).scalar_subquery()
_RETRY = update(Cycle).where(Cycle.id == bindparam("cycle")).values(retry=_RETRIES)


def start(connection: Connection, company_id: int, at: datetime, *, trigger: Trigger, by: str, fence: int) -> int:
    """Open a cycle's row. Rows that an earlier owner left running are closed as interrupted; it answers what they had taken."""
    cut = connection.execute(_CUT, {"company": company_id, "new_at": at}).all()
    for row in cut:
        reads.count(connection, company_id, at, metered=row.metered_reads, changed=row.sent + row.received)
    left = [row.id for row in cut]
    cycle_id: int = connection.execute(
        _NEW,
        {
            "company_id": company_id,
            "trigger": trigger.value,
            "requested_by": by,
            "fence": fence,
            "started_at": at,
            "result": "running",
            "phase": "Starting",
            **dict.fromkeys(("done", "total", "sent", "received", "failed", "metered_reads", "calls"), 0),
        },
    ).scalar_one()
    for answered in (Request, Slot) if left else ():
        connection.execute(update(answered).where(answered.cycle_id.in_(left)).values(cycle_id=cycle_id))
    return cycle_id


def count_retry(connection: Connection, cycle_id: int) -> None:
    """Say of a cycle which retry of its slot it is."""
    connection.execute(_RETRY, {"cycle": cycle_id})


def running(connection: Connection, company_id: int) -> int | None:
    """The company's newest cycle, where its row says that it runs."""
    newest = last(connection, company_id, finished=False)
    return newest["id"] if newest is not None and newest["result"] == "running" else None


def progress(connection: Connection, cycle_id: int, at: datetime, *, phase: str, **values: Any) -> None:
    """Say how far the cycle is: phase, done, total and counts. A phase has begun when it is said for the first time."""
    new = {f"new_{name}": value for name, value in values.items()}
    connection.execute(_far(tuple(values)), {"cycle": cycle_id, "new_phase": phase, "new_at": at, **new})


@cache
def _far(columns: tuple[str, ...]) -> Update:
    """Sets a cycle's phase and these columns: put into SQL once, since there are few choices of them."""
    at = bindparam("new_at", type_=Cycle.phase_since.type)
    begun = case((Cycle.phase == bindparam("new_phase"), func.coalesce(Cycle.phase_since, at)), else_=at)
    one = update(Cycle).where(Cycle.id == bindparam("cycle")).values(phase=bindparam("new_phase"), phase_since=begun)
    return one.values({name: bindparam(f"new_{name}") for name in columns})


def finish(
    connection: Connection, cycle_id: int, at: datetime, *, result: str, message: str | None, seconds: float, **counts: int
) -> None:
    """Close the cycle's row, and count what it read."""
    took = Decimal(str(round(max(seconds, 0.0), 3)))
    values = {"result": result, "message": message, "finished_at": at, "phase": "", "seconds": took, **counts}
    new = {f"new_{name}": value for name, value in values.items()}
    row = connection.execute(_closed(tuple(values)), {"cycle": cycle_id, **new}).one()
    reads.count(connection, row.company_id, at, metered=row.metered_reads, changed=row.sent + row.received)


@cache
def _closed(columns: tuple[str, ...]) -> ReturningUpdate[int, int, int, int]:
    """Sets these columns of a cycle, and says what it read: put into SQL once, since there are few choices of them."""
    one = update(Cycle).where(Cycle.id == bindparam("cycle"))
    return one.values({name: bindparam(f"new_{name}") for name in columns}).returning(Cycle.company_id, *_READ)


def last(connection: Connection, company_id: int, *, finished: bool = True) -> RowMapping | None:
    """The newest cycle of a company."""
    return connection.execute(_FINISHED if finished else _NEWEST, {"company": company_id}).mappings().first()


def request(connection: Connection, company_id: int, at: datetime, *, by: str) -> int:
    """Ask for a cycle; while an earlier wish is still untaken it serves both. Returns the request's id.

    A wish that a cycle has taken serves nobody else: what was saved since may have come too late for that cycle.
    """
    if connection.dialect.name == "postgresql":  # two people at the same moment are one wish; on SQLite one of them is first
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK, company_id)))
    waiting = connection.scalar(select(Request.id).where(Request.company_id == company_id, Request.taken_at.is_(None)).limit(1))
    if waiting is not None:
        return int(waiting)
    new: int = connection.execute(
        insert(Request).values(company_id=company_id, requested_by=by, requested_at=at).returning(Request.id)
    ).scalar_one()
    return new


def open_requests(connection: Connection) -> list[RowMapping]:
    """All requests that no worker has taken yet, oldest first."""
    return list(connection.execute(select(Request.__table__).where(Request.taken_at.is_(None)).order_by(Request.id)).mappings())


def untaken(connection: Connection, request_ids: Sequence[int]) -> list[int]:
    """Those of the requests that no cycle has taken yet."""
    wanted = select(Request.id).where(Request.id.in_(request_ids), Request.taken_at.is_(None)).order_by(Request.id)
    return list(connection.scalars(wanted)) if request_ids else []


def reopen(connection: Connection, cycle_id: int) -> None:
    """The cycle was cut off before it could answer its requests: somebody shall take them again."""
    connection.execute(update(Request).where(Request.cycle_id == cycle_id).values(taken_at=None, cycle_id=None))


def take(connection: Connection, request_id: int, at: datetime, cycle_id: int) -> None:
    """A cycle answers the request."""
    connection.execute(update(Request).where(Request.id == request_id).values(taken_at=at, cycle_id=cycle_id))



def recent(connection: Connection, company_id: int, limit: int = 20) -> list[RowMapping]:
    """The newest cycles, newest first."""
    wanted = select(Cycle.__table__).where(Cycle.company_id == company_id).order_by(Cycle.id.desc()).limit(limit)
    return list(connection.execute(wanted).mappings())
