"""Which companies to sync now, and why: requests of people first, then what a dead worker left, then what is due."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine.engine import schedule
from syncengine.store import cycles, samples
from syncengine.store.tables import Cycle, Lease
from syncengine.terms import Trigger

#: A cycle that ends its worker every time (the system kills it for want of memory, say) is taken up again this often;
#: then it waits for a person or for the schedule.
RESUMED_AT_MOST = 3


@dataclass(frozen=True)
class Wish:
    """One cycle to run.

    Attributes:
        company_id: for whom.
        trigger: why.
        by: the person, or what asked.
        requests: ids of the request rows that the cycle answers.
        resumes: the cycle that a dead owner left in the middle, where this one carries it on.
        day: whether it is not a cycle that is wanted, but a sample company's day.
    """

    company_id: int
    trigger: Trigger
    by: str
    requests: tuple[int, ...] = ()
    resumes: int | None = None
    day: bool = False


@dataclass(frozen=True)
class Snapshot:
    """What the database says at one moment.

    Attributes:
        requests: request rows that nobody has taken, oldest first.
        left: cycles that a dead owner left in the middle.
        due: companies whose schedule says now.
        held: companies that somebody else, alive, is syncing.
        days: sample companies whose day has to be made.
    """

    requests: Sequence[RowMapping]
    left: Sequence[Wish]
    due: Sequence[int]
    held: frozenset[int]
    days: Sequence[Wish] = ()


def look(connection: Connection, now: datetime, *, me: str, dead: Callable[[str], bool]) -> Snapshot:
    """Read what there is to do for the worker `me`: a few small reads while there is nothing."""
    leases = connection.execute(select(Lease.company_id, Lease.owner, Lease.lease_until).where(Lease.owner.is_not(None))).all()
    held = {row.company_id for row in leases if row.owner != me and row.lease_until > now and not dead(row.owner)}
    left = [wish for row in leases if row.company_id not in held and (wish := _resumed(connection, row.company_id))]
    days = [Wish(row["company_id"], Trigger.MANUAL, row["wanted_by"], day=True) for row in samples.waiting(connection)]
    return Snapshot(cycles.open_requests(connection), left, schedule.due(connection, now), frozenset(held), days)


def choose(snapshot: Snapshot, busy: Collection[int]) -> list[Wish]:
    """The cycles to start, the most urgent first, one a company; none for companies in `busy` or held elsewhere."""
    due = (Wish(each, Trigger.AUTOMATIC, "schedule") for each in snapshot.due)
    # A day comes first: whatever a cycle did would give way to it.
    wishes = [*snapshot.days, *_asked(snapshot.requests), *snapshot.left, *due]
    chosen: dict[int, Wish] = {}
    for wish in wishes:
        if wish.company_id not in busy and wish.company_id not in snapshot.held:
            chosen.setdefault(wish.company_id, wish)
    return list(chosen.values())


def _asked(requests: Iterable[RowMapping]) -> list[Wish]:
    """One wish for each company that people asked for: it answers all of its requests, in the first one's name."""
    companies: dict[int, list[RowMapping]] = {}
    for request in requests:
        companies.setdefault(request["company_id"], []).append(request)
    return [
        Wish(company_id, Trigger.MANUAL, rows[0]["requested_by"], tuple(row["id"] for row in rows))
        for company_id, rows in companies.items()]


def _resumed(connection: Connection, company_id: int) -> Wish | None:
    """The cycle that was cut off, in the name of whoever wanted it; None once it has been cut off too often."""
    recent = connection.execute(
        select(Cycle.id, Cycle.result, Cycle.trigger, Cycle.requested_by).where(Cycle.company_id == company_id)
        .order_by(Cycle.id.desc()).limit(RESUMED_AT_MOST)).all()
    if not recent or recent[0].result != "running":
        return None
    if len(recent) == RESUMED_AT_MOST and all(row.result in {"running", "interrupted"} for row in recent):
        return None
    return Wish(company_id, Trigger(recent[0].trigger), recent[0].requested_by, resumes=recent[0].id)
