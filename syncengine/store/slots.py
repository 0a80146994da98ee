"""Slots: the due moments of schedules that were taken, each at most once over all workers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping

from syncengine.store.tables import Slot


def take(
    connection: Connection, company_id: int, at: datetime, *,
    by: str, frequency: str, due_at: datetime, day: date, zone: str, missed: int,
) -> int | None:  # fmt: skip
    """Take the moment `due_at`; returns the slot's id, or None where somebody has taken it already."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    values = {
        "company_id": company_id, "frequency": frequency, "due_at": due_at, "day": day, "zone": zone, "missed": missed,
        "taken_at": at, "taken_by": by,
    }  # fmt: skip
    made: int | None = connection.scalar(insert(Slot).values(values).on_conflict_do_nothing().returning(Slot.id))
    return made


def serve(connection: Connection, slot_id: int, cycle_id: int) -> None:
    """The cycle stands for the slot."""
    connection.execute(update(Slot).where(Slot.id == slot_id).values(cycle_id=cycle_id))


def last(
    connection: Connection, company_id: int, frequency: str | None = None, *, until: datetime | None = None
) -> RowMapping | None:
    """The newest slot that was taken: of one frequency, and due no later than `until`, where these are given."""
    wanted = select(Slot.__table__).where(Slot.company_id == company_id)
    if frequency is not None:
        wanted = wanted.where(Slot.frequency == frequency)
    if until is not None:
        wanted = wanted.where(Slot.due_at <= until)
    return connection.execute(wanted.order_by(Slot.due_at.desc()).limit(1)).mappings().first()


def taken(connection: Connection, company_id: int, due_at: datetime) -> bool:
    """Whether the moment has been taken."""
    return connection.scalar(select(Slot.id).where(Slot.company_id == company_id, Slot.due_at == due_at)) is not None


def of_cycle(connection: Connection, cycle_id: int) -> RowMapping | None:
    """The slot that the cycle stands for."""
    return connection.execute(select(Slot.__table__).where(Slot.cycle_id == cycle_id)).mappings().first()


def retry_later(connection: Connection, slot_id: int, at: datetime) -> None:
    """The slot's run was ended by an outage: it is begun again at that moment."""
    connection.execute(update(Slot).where(Slot.id == slot_id).values(retry_at=at))


def take_retry(connection: Connection, slot_id: int, *, by: str) -> int | None:
    """Take the slot once more; returns its id, or None where somebody has taken this retry already."""
    waiting = (Slot.id == slot_id, Slot.retry_at.is_not(None))
    taken = update(Slot).where(*waiting).values(retry_at=None, retries=Slot.retries + 1, taken_by=by)
    found: int | None = connection.scalar(taken.returning(Slot.id))
    return found


def need_no_retry(connection: Connection, company_id: int) -> int:
    """A run has done what the company's slots were for; returns how many were to be begun again."""
    waiting = (Slot.company_id == company_id, Slot.retry_at.is_not(None))
    return connection.execute(update(Slot).where(*waiting).values(retry_at=None)).rowcount


def give_back(connection: Connection, cycle_id: int, at: datetime) -> int:
    """The cycle could not do what it took the slot for: somebody else may take it. Returns how many slots that were."""
    first = delete(Slot).where(Slot.cycle_id == cycle_id, Slot.retries == 0)
    retry = update(Slot).where(Slot.cycle_id == cycle_id).values(retry_at=at, retries=Slot.retries - 1, cycle_id=None)
    return connection.execute(first).rowcount + connection.execute(retry).rowcount


def forget_after(connection: Connection, company_id: int, frequency: str, moment: datetime) -> int:
    """Drop slots that are due later than `moment`; returns how many."""
    late = (Slot.company_id == company_id, Slot.frequency == frequency, Slot.due_at > moment)
    return connection.execute(delete(Slot).where(*late)).rowcount
