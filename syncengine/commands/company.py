"""Changing how a company syncs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncengine.commands._session import Session
from syncengine.engine import configure, schedule
from syncengine.errors import Refused
from syncengine.store import audit, people, rights, settings


@rights.needs(rights.Permission.OWN)
def change_settings(session: Session, changes: Mapping[str, Any], *, seen: Mapping[str, Any] | None = None) -> None:
    """Set several settings, or none; a text is read as on the command line (`on`, `2026-01-31`, `none`).

    `seen` are values as the person saw them before they decided: where one of them has changed since, nothing is set.

    Raises Refused where nothing would change or something has changed since it was seen, ConfigurationError on a value that
    is wrong, or that QuickBooks contradicts.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        people.lock(connection, session.company_id)  # what holds them, such as an import, sees the settings stand still
        before = settings.all_of(connection, session.company_id)
        require_as_seen(before, seen or {})
        wanted = configure.wanted(connection, session.company_id, before, changes, now)
        for name, value in wanted.items():
            settings.put(connection, session.company_id, name, value)
        configure.check(connection, session.company_id, wanted)
        configure.let_in(connection, session.company_id, before, now, by=session.actor)
        if "automatic_sync" in wanted:
            require_first_sync(before, wanted["automatic_sync"])
        if any(name.startswith("automatic_") for name in wanted):
            schedule.plan_next(connection, session.company_id, now)
        audit.write(
            connection,
            session.company_id,
            now,
            [
                audit.Line("setting changed", session.actor, detail={"name": name, "from": before[name], "to": value})
                for name, value in wanted.items()
            ],
        )


@rights.needs(rights.Permission.OWN)
def set_automatic(session: Session, frequency: str) -> None:
    """Let the company sync by itself: never, hourly, daily or weekly. Refused until a manual sync has succeeded once."""
    change_settings(session, {"automatic_sync": frequency})


def require_first_sync(before: Mapping[str, Any], frequency: str) -> None:
    """Refuse automatic sync to a company that has never been synced by hand with success."""
    if frequency != "never" and not before["first_sync_done"]:
        raise Refused("Automatic sync can be switched on once a manual sync has succeeded. Press Sync now first.")


def require_as_seen(before: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """Refuse to overwrite what somebody else has changed since it was seen."""
    moved = {name: value for name, value in seen.items() if before[name] != value or type(before[name]) is not type(value)}
    if moved:
        told = "; ".join(f"{settings.of(name).label} is now {settings.of(name).shown(before[name])}" for name in moved)
        raise Refused(f"Somebody has changed the settings since you saw them: {told}. Nothing was saved. Look again, then decide.")
