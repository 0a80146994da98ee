"""When a company syncs by itself: the choice, what comes next, what came before, and what is proposed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from syncengine.clock import zone_of
from syncengine.db.base import Company
from syncengine.engine import schedule as planning
from syncengine.engine.automatic import Schedule, schedule_of
from syncengine.engine.moments import Plan, zone_named
from syncengine.queries.session import Session
from syncengine.store import rights, settings
from syncengine.store.tables import Cycle, Slot

if TYPE_CHECKING:
    import pandas as pd

_MOMENT = "datetime64[us, UTC]"
_COMING = {"due_at": _MOMENT, "local": "str", "note": "str"}
_TAKEN = {
    "due_at": _MOMENT,
    "taken_at": _MOMENT,
    "frequency": "str",
    "missed": "int64",
    "retries": "int64",
    "retry_at": _MOMENT,
    "cycle_id": "Int64",
    "result": "str",
    "message": "str",
}


@rights.needs(rights.Permission.SEE_SYNC)
def schedule(session: Session) -> Schedule:
    """The company's schedule. Nothing is ever switched on by itself: what is proposed, a person chooses."""
    with session.database.reading() as connection:
        return schedule_of(connection, session.company_id)


@rights.needs(rights.Permission.SEE_SYNC)
def coming_slots(
    session: Session,
    *,
    frequency: str | None = None,
    time: str | None = None,
    weekday: str | None = None,
    zone: str | None = None,
    size: int = 5,
) -> pd.DataFrame:
    """The next automatic syncs, under the schedule as it is or as it would be with what is given; nothing is written.

    Columns: due_at, local (as the clocks of the zone show it), note (what the change of the clocks does to it, "" for nothing).
    Empty under never. Raises ConfigurationError for a value that is not what it must be.
    """
    from syncengine.queries._frames import frame

    wanted = {"automatic_sync": frequency, "automatic_time": time, "automatic_weekday": weekday}
    with session.database.reading() as connection:
        values = settings.all_of(connection, session.company_id)
        for name, given in wanted.items():
            if given is not None:
                values[name] = settings.checked(name, given)
        own = connection.scalar(select(Company.timezone).where(Company.id == session.company_id)) or "UTC"
    plan = planning.plan(values, zone_named(zone) if zone else own, session.company_id)
    return frame(_coming(plan, session.clock.now(), size) if plan else [], _COMING)


def _coming(plan: Plan, now: datetime, size: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after, zone = now, zone_of(plan.zone)
    for _ in range(size):
        _, after = plan.first(after)
        there = after.astimezone(zone)
        local = f"{there:%a} {there.day} {there:%b} {there.year}, {there:%H:%M}"
        found.append({"due_at": after, "local": local, "note": _note(plan, there)})
    return found


def _note(plan: Plan, there: datetime) -> str:
    """What a change of the clocks does to a slot of a time of day."""
    if plan.frequency == "hourly":
        return ""
    if there.time().replace(tzinfo=None) != plan.at:
        return f"The clocks go forward: {plan.at:%H:%M} does not come that day."
    if there.replace(fold=1).utcoffset() != there.replace(fold=0).utcoffset():
        return f"The clocks go back: {plan.at:%H:%M} comes twice, and the first one counts."
    return ""


@rights.needs(rights.Permission.SEE_SYNC)
def slots(session: Session, *, size: int = 10) -> pd.DataFrame:
    """The last automatic syncs, newest first, with what became of each.

    Columns: due_at, taken_at, frequency, missed (slots before it that nobody took; it stood for them all), retries (how often
    an outage made it begin again), retry_at (when once more), cycle_id, result (of the run; "" before it began), message.
    """
    from syncengine.queries._frames import frame

    columns = (Slot.due_at, Slot.taken_at, Slot.frequency, Slot.missed, Slot.retries, Slot.retry_at, Slot.cycle_id)
    wanted = select(*columns, Cycle.result, Cycle.message).outerjoin(Cycle, Cycle.id == Slot.cycle_id)
    wanted = wanted.where(Slot.company_id == session.company_id).order_by(Slot.due_at.desc()).limit(size)
    with session.database.reading() as connection:
        return frame(connection.execute(wanted).mappings(), _TAKEN)


__all__ = ["Schedule", "coming_slots", "schedule", "slots"]
