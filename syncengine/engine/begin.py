"""Begin: the one transaction in which a run takes its company, and with it all that it is the answer to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from syncengine.engine import schedule
from syncengine.errors import LockBusy
from syncengine.store import cycles, leases, slots
from syncengine.terms import Trigger


@dataclass(frozen=True)
class Asked:
    """What asks for a run.

    Attributes:
        trigger: why it runs.
        by: the person, or what asked.
        requests: ids of the Sync now requests that it answers.
        resumes: the cycle of a dead owner that it carries on.
    """

    trigger: Trigger
    by: str
    requests: tuple[int, ...] = ()
    resumes: int | None = None


def begin(
    connection: Connection, company_id: int, now: datetime, asked: Asked, *, owner: str, dead: Callable[[str], bool]
) -> tuple[int, int]:
    """Take the lease, the requests and the slot that is due, and open the cycle's row; returns (cycle id, fence).

    What a dead owner left in the middle passes to this cycle, with the requests and the slot that it had taken. A slot
    that is due is taken by whatever run begins then: one run serves the schedule and the person.

    Raises LockBusy where another owner syncs the company, or has meanwhile taken what this run was to be the answer to.
    """
    fence = leases.claim(connection, company_id, owner, now, dead=dead)
    still = cycles.untaken(connection, asked.requests)
    slot = schedule.take(connection, company_id, now, by=owner)
    if not _wanted(asked, still, slot, cycles.running(connection, company_id)):
        raise LockBusy("Another process has taken this run already.")
    cycle_id = cycles.start(connection, company_id, now, trigger=asked.trigger, by=asked.by, fence=fence)
    for request_id in still:
        cycles.take(connection, request_id, now, cycle_id)
    if slot is not None:
        slots.serve(connection, slot, cycle_id)
    cycles.count_retry(connection, cycle_id)
    return cycle_id, fence


def _wanted(asked: Asked, still: Sequence[int], slot: int | None, running: int | None) -> bool:
    """Whether something still asks for this run; what a person starts by hand is wanted in any case."""
    if asked.resumes is not None:
        return running == asked.resumes
    if asked.requests:
        return bool(still)
    return asked.trigger is not Trigger.AUTOMATIC or slot is not None
