"""Schedule: when a company syncs by itself. The due moment is a row; a scheduler is only the clock that looks at it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, or_, select, update

from syncengine.db.base import Company
from syncengine.store import leases, settings
from syncengine.store.tables import Lease

#: Daily and weekly runs start at 02:00 in the company's own zone, weekly ones on Sunday.
_AT = time(2, 0)
_SUNDAY = 6


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name that is a folder of the zone files is an OSError
        return ZoneInfo("UTC")


def next_run(frequency: str, zone: str, company_id: int, after: datetime) -> datetime | None:
    """The first automatic run after `after`; None under `never`.

    Hourly runs are spread over the hour by company, so that many companies do not start together. Daily and weekly
    ones are found day by day in local time, which gives one run on each day, clock changes included.
    """
    if frequency == "never":
        return None
    if frequency == "hourly":
        hour = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        # 7919 is a prime: neighbouring companies land far apart.
        slot = hour + timedelta(seconds=company_id * 7919 % 3600)
        return slot if slot > after else slot + timedelta(hours=1)
    tz = _zone(zone)
    day = after.astimezone(tz).date()
    while True:
        moment = datetime.combine(day, _AT, tz).astimezone(UTC)
        if moment > after and (frequency == "daily" or day.weekday() == _SUNDAY):
            return moment
        day += timedelta(days=1)


def plan_next(connection: Connection, company_id: int, now: datetime) -> None:
    """Write down when the company is due next, by its present settings."""
    leases.row(connection, company_id)
    frequency = settings.all_of(connection, company_id)["automatic_sync"]
    zone = connection.scalar(select(Company.timezone).where(Company.id == company_id)) or "UTC"
    connection.execute(
        update(Lease).where(Lease.company_id == company_id).values(next_run_at=next_run(frequency, zone, company_id, now))
    )


def due(connection: Connection, now: datetime) -> list[int]:
    """Companies whose automatic run is due and that nobody is syncing; missed slots are one run."""
    wanted = select(Lease.company_id).where(Lease.next_run_at <= now, or_(Lease.lease_until.is_(None), Lease.lease_until < now))
    return list(connection.scalars(wanted.order_by(Lease.next_run_at, Lease.company_id)))
