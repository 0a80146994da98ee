"""Choosing when a company syncs by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from syncengine.commands._session import Session
from syncengine.commands.company import require_as_seen, require_first_sync
from syncengine.db.base import Company
from syncengine.engine import schedule
from syncengine.engine.moments import zone_named
from syncengine.errors import Refused
from syncengine.store import audit, people, rights, settings


@rights.needs(rights.Permission.OWN)
def set_schedule(
    session: Session,
    *,
    frequency: str | None = None,
    time: str | None = None,
    weekday: str | None = None,
    zone: str | None = None,
    seen: Mapping[str, str] | None = None,
) -> None:
    """Choose how often, when and by whose clocks the company syncs by itself; what is None stays as it is.

    Args:
        session: whose company.
        frequency: never, hourly, daily or weekly; anything but never waits for a first manual sync that succeeded.
        time: of daily and weekly syncs, HH:MM by the clocks of the zone.
        weekday: of weekly syncs, monday to sunday.
        zone: IANA name of the company's time zone; all its times are shown in it.
        seen: of these four, what the person saw before they decided; nothing is set where one has changed since.

    All of it is set, or nothing, and the next sync is planned anew at once. Choosing never for a company that never chose
    anything declines the proposal of `queries.schedule`.

    Raises:
        ConfigurationError: a value is not what it must be; the message says what that is.
        Refused: nothing would change, something has changed since it was seen, or no manual sync has succeeded yet.
    """
    now = session.clock.now()
    wanted = {"automatic_sync": frequency, "automatic_time": time, "automatic_weekday": weekday}
    with session.database.writing() as connection:
        people.lock(connection, session.company_id)
        _require_as_seen(connection, session, seen or {})
        told = [*_settings(connection, session, wanted), *_zone(connection, session, zone)]
        if not told:
            raise Refused("Nothing has changed: the schedule is so already.")
        schedule.plan_next(connection, session.company_id, now)
        lines = [audit.Line("setting changed", session.actor, detail=each) for each in told]
        audit.write(connection, session.company_id, now, lines)


def _require_as_seen(connection: Connection, session: Session, seen: Mapping[str, str]) -> None:
    values = {f"automatic_{'sync' if name == 'frequency' else name}": value for name, value in seen.items() if name != "zone"}
    require_as_seen(settings.all_of(connection, session.company_id), values)
    zone = connection.scalar(select(Company.timezone).where(Company.id == session.company_id))
    if seen.get("zone", zone) != zone:
        raise Refused(f"Somebody has changed the time zone since you saw it: it is now {zone}. Nothing was saved. Look again.")


def _settings(connection: Connection, session: Session, wanted: dict[str, str | None]) -> list[dict[str, Any]]:
    before = settings.all_of(connection, session.company_id)
    told = []
    for name, given in wanted.items():
        if given is None:
            continue
        value = given.strip().lower()
        declined = name == "automatic_sync" and not settings.chosen(connection, session.company_id, name)
        if before[name] != value or declined:
            settings.put(connection, session.company_id, name, value)
            told.append({"name": name, "from": before[name], "to": value})
    if wanted["automatic_sync"] is not None:
        require_first_sync(before, wanted["automatic_sync"].strip().lower())
    return told


def _zone(connection: Connection, session: Session, wanted: str | None) -> list[dict[str, Any]]:
    if wanted is None:
        return []
    before, zone = connection.scalar(select(Company.timezone).where(Company.id == session.company_id)), zone_named(wanted)
    if before == zone:
        return []
    connection.execute(update(Company).where(Company.id == session.company_id).values(timezone=zone))
    return [{"name": "timezone", "from": before, "to": zone}]
