"""The `settings` command: how a company is set up, shown and changed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from syncengine.commands import company as commands
from syncengine.engine import setup, vetting
from syncengine.engine.configure import CONSENTS, label
from syncengine.errors import ConfigurationError
from syncengine.settings import Settings
from syncengine.store import rights
from syncengine.store import settings as store
from syncengine.worker import opening, terminal, who

COLUMNS = {"group": "Group", "name": "Name", "value": "Value", "label": "What it is", "problem": "Problem"}


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Show the settings of a company, or change those in `asked.changes`; returns 0.

    Raises:
        ConfigurationError: an unknown setting, a value that it cannot have, or one that QuickBooks contradicts.
        Forbidden: whoever is at work is no owner of the company.
        Refused: nothing would change.
    """
    changes = pairs(asked.changes)
    with opening.existing(settings) as database:
        with database.reading() as connection:
            company_id = setup.company_id(connection, asked.company)
        person = who.person(settings, database, company_id)
        if changes:
            commands.change_settings(person, changes)
        rows = _rows(person)
    _print([row for row in rows if not changes or row["name"] in changes], as_json=asked.json)
    return 0


def pairs(given: list[str]) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping; the first sign of equality parts. ConfigurationError where there is none, or twice one."""
    found: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        name = name.strip()
        if not sign or not name:
            raise ConfigurationError(f"{text!r} is no setting with a value: write NAME=VALUE.")
        if name in found:
            raise ConfigurationError(f"{name!r} is set twice.")
        found[name] = value
    return found


def _rows(person: who.Person) -> list[dict[str, Any]]:
    rights.of(person).require(rights.Permission.OWN)
    with person.database.reading() as connection:
        values = store.all_of(connection, person.company_id)
        told = vetting.of_company(connection, person.company_id, values)
    return [
        {
            "group": str(store.of(name).group), "name": name, "label": label(name), "value": value,
            "default": store.of(name).default, "must": store.of(name).must, "problem": str(told.get(name, "")),
        }
        for name, value in [(name, values[name]) for name in [*store.SETTINGS, *sorted(CONSENTS)]]
    ]  # fmt: skip


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(terminal.as_json(rows) + "\n")
        return
    shown = [{**row, "value": store.of(row["name"]).shown(row["value"])} for row in rows]
    columns = COLUMNS if any(row["problem"] for row in rows) else {name: COLUMNS[name] for name in COLUMNS if name != "problem"}
    sys.stdout.write(terminal.table(shown, columns, width=terminal.screen_width()) + "\n")
