"""The `schedule` command: when a company syncs by itself, shown and changed."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict

from syncengine.clock import zone_of
from syncengine.commands import schedule as commands
from syncengine.engine import automatic, setup
from syncengine.settings import Settings
from syncengine.store import rights
from syncengine.worker import opening, terminal, who


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Show when a company syncs by itself, or change it first; returns 0.

    Raises:
        ConfigurationError: a frequency, time, weekday or zone that is none.
        Forbidden: whoever is at work may not see it, or is no owner and wants to change it.
        Refused: nothing would change, or no manual sync has succeeded yet.
    """
    with opening.existing(settings) as database:
        with database.reading() as connection:
            company_id = setup.company_id(connection, asked.company)
        person = who.person(settings, database, company_id)
        if any(each is not None for each in (asked.every, asked.at, asked.on, asked.zone)):
            commands.set_schedule(person, frequency=asked.every, time=asked.at, weekday=asked.on, zone=asked.zone)
        rights.of(person).require(rights.Permission.SEE_SYNC)
        with database.reading() as connection:
            found = automatic.schedule_of(connection, company_id)
    sys.stdout.write(terminal.as_json(asdict(found)) + "\n" if asked.json else said(found))
    return 0


def said(found: automatic.Schedule) -> str:
    """A schedule in sentences."""
    often = {
        "never": "The company syncs only when somebody starts it (Never)",
        "hourly": "The company syncs by itself every hour",
        "daily": f"The company syncs by itself every day at {found.time}",
        "weekly": f"The company syncs by itself every {found.weekday.capitalize()} at {found.time}",
    }[found.frequency]
    lines = [f"{often}. Its zone is {found.zone}."]
    if found.next_run_at is not None:
        lines.append(f"The next sync is due on {found.next_run_at.astimezone(zone_of(found.zone)):%A, %d %B %Y, %H:%M}.")
    if found.last_taken_at is not None:
        missed = f"; it stood for {found.missed} more that nobody was there to run" if found.missed else ""
        lines.append(f"The last one began on {found.last_taken_at.astimezone(zone_of(found.zone)):%A, %d %B %Y, %H:%M}{missed}.")
    if found.retry_at is not None:
        moment = found.retry_at.astimezone(zone_of(found.zone))
        lines.append(f"An outage ended it; retry {found.retries + 1} is due on {moment:%A, %d %B %Y, %H:%M}.")
    elif found.retries:
        lines.append(f"It was begun again {found.retries} time{'s' if found.retries != 1 else ''}, because an outage had ended it.")
    if found.proposed:
        lines.append(f"A manual sync has succeeded: {found.proposed} is proposed (--every {found.proposed}).")
    elif not found.allowed:
        lines.append("It can be switched on once a manual sync has succeeded.")
    return "\n".join(lines) + "\n"
