"""Schedule: when a company syncs by itself. The due moment is a row; a scheduler is only the clock that looks at it.

What is due next follows from the settings, the zone and the slots that were taken, and from nothing else: it may be reckoned
anew at any time, by anybody, with the same result.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from functools import partial
from typing import Any

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.engine import RowMapping

from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import retrying
from syncengine.engine.moments import WEEKDAYS, Plan
from syncengine.engine.upcoming import AHEAD, Taken, Upcoming, since
from syncengine.store import audit, leases, settings, slots
from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Lease

#: A prime, so that companies with neighbouring ids land far apart within the hour.
_STEP = 7919


def plan(values: Mapping[str, Any], zone: str, company_id: int) -> Plan | None:
    """The schedule that these settings mean; None under Never. Hourly runs are spread over the hour by company."""
    frequency = values["automatic_sync"]
    if frequency == "never":
        return None
    at, weekday = time.fromisoformat(values["automatic_time"]), WEEKDAYS.index(values["automatic_weekday"])
    return Plan(frequency, at, weekday, zone, company_id * _STEP % 3600)


def plan_of(connection: Connection, company_id: int) -> Plan | None:
    """A company's schedule; None under Never."""
    zone = connection.scalar(select(Company.timezone).where(Company.id == company_id)) or "UTC"
    return plan(settings.all_of(connection, company_id), zone, company_id)


def next_run(wanted: Plan | None, after: datetime) -> datetime | None:
    """The first automatic run after `after`, by the calendar alone; None under Never."""
    return wanted.first(after)[1] if wanted else None


def plan_next(connection: Connection, company_id: int, now: datetime) -> datetime | None:
    """Write down when the company is due next, by its present settings, and return it.

    A moment that has passed already is due at once.
    """
    lease = leases.row(connection, company_id, lock=True)
    wanted = plan_of(connection, company_id)
    if wanted is None or wanted.frequency != lease["planned_for"]:
        slots.need_no_retry(connection, company_id)  # another schedule begins with its own next moment
    if wanted is not None:
        _forget(connection, company_id, wanted.frequency, now)
    values = _planned(connection, lease, wanted, now)
    connection.execute(update(Lease).where(Lease.company_id == company_id).values(values))
    due_at: datetime | None = values["next_run_at"]
    return due_at


def take(connection: Connection, company_id: int, now: datetime, *, by: str) -> int | None:
    """Take the slot that is due, and plan the next; None where none is. The caller holds the company's lease row.

    After a time in which nobody could take slots, the last of them stands for all.
    """
    lease, wanted = leases.row(connection, company_id), plan_of(connection, company_id)
    if wanted is None:
        return None
    found = _upcoming(connection, lease, wanted, now).due(now)
    if found is None:
        slot_id = _take_retry(connection, lease, wanted, now, by=by)
    else:
        slot_id = slots.take(
            connection, company_id, now, by=by, frequency=wanted.frequency, zone=wanted.zone, due_at=found.due_at, day=found.day,
            missed=found.missed)  # fmt: skip
    if found is not None or slot_id is not None:
        plan_next(connection, company_id, now)
    return slot_id


def give_back(connection: Connection, company_id: int, cycle_id: int, now: datetime) -> None:
    """The cycle broke off before it could do what its slot asked for: the slot is due again."""
    if slots.give_back(connection, cycle_id, now):
        plan_next(connection, company_id, now)


def retry_later(connection: Connection, company_id: int, cycle_id: int, now: datetime, *, seconds: float = 0.0) -> datetime | None:
    """An outage ended the cycle: its slot is begun again after a pause, which this answers; None where it is not.

    It is not where the cycle served no slot, where the company now has another schedule or none, and where the slot's
    window ends before: then the next slot is the next run.
    """
    slot, wanted = slots.of_cycle(connection, cycle_id), plan_of(connection, company_id)
    if slot is None or wanted is None or slot["frequency"] != wanted.frequency:
        return None
    window_ends = _upcoming(connection, leases.row(connection, company_id, lock=True), wanted, now).first()[1]
    at = retrying.moment(slot["retries"], now, window_ends, seconds)
    if at is not None:
        slots.retry_later(connection, slot["id"], at)
        plan_next(connection, company_id, now)
    return at


def served(connection: Connection, company_id: int, now: datetime) -> None:
    """A run went through: what an outage kept from doing so needs no retry any more."""
    if slots.need_no_retry(connection, company_id):
        plan_next(connection, company_id, now)


def due(connection: Connection, now: datetime) -> list[int]:
    """Companies whose automatic run is due, that nobody is syncing and that are not disconnected."""
    free = or_(Lease.lease_until.is_(None), Lease.lease_until < now)
    linked = or_(Link.state.is_(None), Link.state != "disconnected")
    wanted = select(Lease.company_id).outerjoin(Link, Link.company_id == Lease.company_id)
    wanted = wanted.where(Lease.next_run_at <= now, free, linked)
    return list(connection.scalars(wanted.order_by(Lease.next_run_at, Lease.company_id)))


def mend(database: Database, now: datetime) -> list[int]:
    """Plan anew where the plan no longer follows from the settings; returns the companies for which it was so.

    That is so after the clock was put back, after another program wrote a setting, and after new rules for a zone came
    with an update. Leases that a wrong clock made too long are cut as well.
    """
    with database.reading() as connection:
        rows = connection.execute(select(Lease.__table__).order_by(Lease.company_id)).mappings().all()
        wrong = [row["company_id"] for row in rows if _differs(connection, row, now)]
    with database.writing() as connection:
        leases.shorten(connection, now)
        for company_id in wrong:
            plan_next(connection, company_id, now)
    return wrong


def _differs(connection: Connection, lease: RowMapping, now: datetime) -> bool:
    values = _planned(connection, lease, plan_of(connection, lease["company_id"]), now)
    return any(values[name] != lease[name] for name in ("next_run_at", "planned_for"))


def _planned(connection: Connection, lease: RowMapping, wanted: Plan | None, now: datetime) -> dict[str, Any]:
    """What the lease row should say of the schedule."""
    if wanted is None:
        return {"next_run_at": None, "planned_for": None, "planned_since": None}
    coming, retry = _upcoming(connection, lease, wanted, now), _retry(connection, lease, wanted, now)
    due_at = min(coming.first()[1], retry[1]) if retry else coming.first()[1]
    return {"next_run_at": due_at, "planned_for": wanted.frequency, "planned_since": coming.since}


def _newest(connection: Connection, company_id: int, frequency: str, now: datetime) -> RowMapping | None:
    return slots.last(connection, company_id, frequency, until=now + AHEAD[frequency])


def _retry(connection: Connection, lease: RowMapping, wanted: Plan, now: datetime) -> tuple[int, datetime] | None:
    """The newest slot, where an outage ended its run, and when it is to be begun again."""
    row = _newest(connection, lease["company_id"], wanted.frequency, now)
    chosen = since(wanted, lease["planned_for"], lease["planned_since"], now)
    at = retrying.still_due(row["retry_at"], now, chosen) if row else None
    return (row["id"], at) if row and at else None


def _take_retry(connection: Connection, lease: RowMapping, wanted: Plan, now: datetime, *, by: str) -> int | None:
    retry = _retry(connection, lease, wanted, now)
    return slots.take_retry(connection, retry[0], by=by) if retry and retry[1] <= now else None


def _upcoming(connection: Connection, lease: RowMapping, wanted: Plan, now: datetime) -> Upcoming:
    company_id = lease["company_id"]
    row = _newest(connection, company_id, wanted.frequency, now)
    return Upcoming(
        wanted,
        since(wanted, lease["planned_for"], lease["planned_since"], now),
        Taken(row["due_at"], row["day"], row["zone"]) if row else None,
        partial(slots.taken, connection, company_id),
    )


def _forget(connection: Connection, company_id: int, frequency: str, now: datetime) -> None:
    dropped = slots.forget_after(connection, company_id, frequency, now + AHEAD[frequency])
    if dropped:
        why = {"slots": dropped, "why": "they were taken while the clock was ahead"}
        audit.write(connection, company_id, now, [audit.Line("slots forgotten", detail=why)])
