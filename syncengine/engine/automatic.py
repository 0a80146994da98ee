"""When a company syncs by itself: the choice, what comes next, and what was proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from syncengine.db.base import Company
from syncengine.store import settings, slots
from syncengine.store.tables import Lease

#: What is proposed once a first manual sync has succeeded.
PROPOSED = "hourly"


@dataclass(frozen=True)
class Schedule:
    """A company's schedule.

    Attributes:
        frequency: never, hourly, daily or weekly.
        time: of daily and weekly syncs, HH:MM by the clocks of the zone.
        weekday: of weekly syncs, monday to sunday.
        zone: IANA name of the company's zone.
        next_run_at: when the next automatic sync is due; in the past where nobody was there to run it; None under Never.
        allowed: whether automatic sync may be switched on: a manual sync has succeeded.
        proposed: the frequency that is proposed to a company that may switch it on and has not chosen yet; None otherwise.
        last_due_at, last_taken_at: the last slot that was taken, as it was planned and as it began; None before the first.
        missed: how many slots before that one passed while nobody could take them; it stood for them all.
        retries: how often that one was begun again because an outage had ended its run.
        retry_at: when it will be begun once more, unless the next slot comes first; None where it will not.
    """

    frequency: str
    time: str
    weekday: str
    zone: str
    next_run_at: datetime | None
    allowed: bool
    proposed: str | None
    last_due_at: datetime | None
    last_taken_at: datetime | None
    missed: int
    retries: int = 0
    retry_at: datetime | None = None


def schedule_of(connection: Connection, company_id: int) -> Schedule:
    """A company's schedule as it is."""
    own = settings.all_of(connection, company_id)
    last = slots.last(connection, company_id)
    allowed = own["first_sync_done"]
    undecided = allowed and not settings.chosen(connection, company_id, "automatic_sync")
    return Schedule(
        frequency=own["automatic_sync"],
        time=own["automatic_time"],
        weekday=own["automatic_weekday"],
        zone=connection.scalar(select(Company.timezone).where(Company.id == company_id)) or "UTC",
        next_run_at=connection.scalar(select(Lease.next_run_at).where(Lease.company_id == company_id)),
        allowed=allowed,
        proposed=PROPOSED if undecided else None,
        last_due_at=last["due_at"] if last else None,
        last_taken_at=last["taken_at"] if last else None,
        missed=last["missed"] if last else 0,
        retries=last["retries"] if last else 0,
        retry_at=last["retry_at"] if last and own["automatic_sync"] == last["frequency"] else None,
    )
