"""The `people` commands: who may do what in a company, shown and changed."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from syncengine.commands import members
from syncengine.engine import setup
from syncengine.errors import Refused
from syncengine.settings import Settings
from syncengine.store import people, rights
from syncengine.worker import opening, terminal, who

COLUMNS = {"person": "Person", "role": "Role", "granted": "Granted", "refused": "Refused", "since": "Since", "given_by": "Given by"}


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """List, change or remove people, as `asked.act` says; returns 0.

    Raises:
        Forbidden: whoever is at work is no owner of the company.
        Refused: nothing would change, or the company would be without an owner.
    """
    with opening.existing(settings) as database:
        with database.reading() as connection:
            company_id = setup.company_id(connection, asked.company)
        person = who.person(settings, database, company_id)
        if asked.act == "list":
            _print(_rows(person), as_json=asked.json)
        elif asked.act == "remove":
            members.remove_member(person, asked.person)
            sys.stdout.write(f"{people.known_as(asked.person)} has no right in this company any more.\n")
        else:
            _change(person, asked)
    return 0


def _change(person: who.Person, asked: argparse.Namespace) -> None:
    singles = [(members.grant, asked.grant), (members.revoke, asked.revoke), (members.leave_to_role, asked.leave)]
    if asked.role is None and not any(wanted for _, wanted in singles):
        raise Refused("Say which role the person is to have, or name a permission with --grant, --revoke or --leave.")
    for _, wanted in singles:
        for permission in wanted:
            members.require_single(permission)  # before anything is written
    with person.database.reading() as connection:
        before = people.role_of(connection, person.company_id, asked.person)
    if asked.role is not None and not (asked.role == before and any(wanted for _, wanted in singles)):
        members.set_role(person, asked.person, asked.role)
    for act, wanted in singles:
        for permission in wanted:
            act(person, asked.person, permission)
    with person.database.reading() as connection:
        name, role = people.known_as(asked.person), people.role_of(connection, person.company_id, asked.person)
        held = rights.held(role or "", people.grants_of(connection, person.company_id, name))
    sys.stdout.write(f"{name} is {role}, and may: {', '.join(each.value for each in rights.Permission if each in held)}.\n")


def _rows(person: who.Person) -> list[dict[str, Any]]:
    rights.of(person).require(rights.Permission.OWN)
    with person.database.reading() as connection:
        found, singles = people.members(connection, person.company_id), people.grants(connection, person.company_id)
    return [
        {
            **{name: row[name] for name in ("person", "role", "since", "given_by")},
            "granted": _named(singles.get(row["person"], {}), allowed=True),
            "refused": _named(singles.get(row["person"], {}), allowed=False),
        }
        for row in found
    ]


def _named(single: dict[str, bool], *, allowed: bool) -> list[str]:
    return [permission for permission, given in single.items() if given is allowed]


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(terminal.as_json(rows) + "\n")
    elif rows:
        shown = [{**row, "granted": ", ".join(row["granted"]), "refused": ", ".join(row["refused"])} for row in rows]
        sys.stdout.write(terminal.table(shown, COLUMNS, width=terminal.screen_width()) + "\n")
    else:
        sys.stdout.write("Nobody has a role in this company. On its own machine its owner is at work, and nobody is asked.\n")
