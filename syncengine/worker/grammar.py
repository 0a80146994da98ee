"""What the longer commands are told: their arguments, without anything that they need to run."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

#: What a command ends with that could not do its work.
COULD_NOT = 2
Run = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and where help is, instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """End with code 2."""
        self.exit(COULD_NOT, f"{self.prog}: {message}. See: {self.prog} --help\n")


def add_import(commands: argparse._SubParsersAction[Parser], run: Run) -> None:
    """The `import` command."""
    command = commands.add_parser("import", help="bring records in from a CSV or XLSX file")
    command.add_argument("kind", metavar="KIND", help="what the rows are: customer, item, invoice...")
    command.add_argument("file", metavar="FILE", type=Path)
    command.add_argument("--lines", metavar="FILE", type=Path, help="the documents' lines, where they are a file of their own")
    for name, words in (
        ("--map", "this column of the file is that field"), ("--lines-map", "the same for the file of lines"),
        ("--charge", "this column becomes a line with that item: --charge Shipping=Freight"),
        ("--constant", "every row has this value: --constant currency=USD"),
    ):
        command.add_argument(name, metavar="A=B", action="append", default=[], help=f"{words}; may be repeated")
    command.add_argument("--encoding", default="", metavar="NAME", help="the file's encoding (found out)")
    command.add_argument("--delimiter", default="", metavar="SIGN", help="what parts the cells of a CSV file, or tab (found out)")
    command.add_argument("--sheet", default="", metavar="NAME", help="the sheet of an XLSX file (the first)")
    command.add_argument("--dates", default="iso", choices=("iso", "dmy", "mdy", "ymd"), help="the order in 1/2/2026 (iso)")
    command.add_argument("--decimal", default=".", choices=(".", ","), help="the decimal sign (.)")
    command.add_argument("--thousands", default="", metavar="SIGN", help="what groups thousands (nothing)")
    command.add_argument("--all-or-nothing", action="store_true", help="write nothing while any row is wrong")
    command.add_argument("--dry-run", action="store_true", help="only say what would happen")
    add_company(command)
    command.add_argument("--json", action="store_true", help="print JSON for programs")
    command.set_defaults(run=run)


def add_people(commands: argparse._SubParsersAction[Parser], run: Run) -> None:
    """The `people` commands: who may do what in a company."""
    people = commands.add_parser("people", help="who may do what in a company").add_subparsers(
        dest="act", metavar="ACT", required=True, parser_class=Parser)
    listed = people.add_parser("list", help="list the people of a company, with role and single permissions")
    listed.add_argument("--json", action="store_true", help="print JSON for programs")
    changed = people.add_parser("set", help="give a person a role, or single permissions beside it")
    changed.add_argument("person", metavar="PERSON", help="the e-mail address that the person signs in with, or a name")
    changed.add_argument("role", metavar="ROLE", nargs="?", help="viewer, accountant, operator, manager or owner")
    for name, words in (
        ("--grant", "this permission is theirs, whatever the role"), ("--revoke", "this permission is not, whatever the role"),
        ("--leave", "the role alone says again whether this permission is theirs"),
    ):
        changed.add_argument(name, metavar="PERMISSION", action="append", default=[], help=f"{words}; may be repeated")
    removed = people.add_parser("remove", help="take away a person's role and all single permissions")
    removed.add_argument("person", metavar="PERSON", help="whose")
    for command in (listed, changed, removed):
        add_company(command)
        command.set_defaults(run=run)


def add_settings(commands: argparse._SubParsersAction[Parser], run: Run) -> None:
    """The `settings` command."""
    command = commands.add_parser("settings", help="how a company is set up: show every setting, or change some together")
    command.add_argument(
        "changes", metavar="NAME=VALUE", nargs="*",
        help="what to set: on or off, a word, a date as YYYY-MM-DD, a name; NAME= for none")
    add_company(command)
    command.add_argument("--json", action="store_true", help="print JSON for programs")
    command.set_defaults(run=run)


def add_schedule(commands: argparse._SubParsersAction[Parser], run: Run) -> None:
    """The `schedule` command: when a company syncs by itself."""
    command = commands.add_parser("schedule", help="when a company syncs by itself; with an option, change that first")
    command.add_argument("--every", metavar="HOW", help="never, hourly, daily or weekly")
    command.add_argument("--at", metavar="HH:MM", help="when daily and weekly syncs start, by the clocks of the zone")
    command.add_argument("--on", metavar="DAY", help="the day of weekly syncs: monday to sunday")
    command.add_argument("--zone", metavar="ZONE", help="the company's time zone, such as America/New_York")
    add_company(command)
    command.add_argument("--json", action="store_true", help="print JSON for programs")
    command.set_defaults(run=run)


def add_company(command: argparse.ArgumentParser) -> None:
    """The company that a command is about."""
    command.add_argument("--company", metavar="NAME", help="which company, where there are several")


def whole(lowest: int) -> argparse._ActionType:
    """The type of an argument that is a whole number from `lowest` on."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = lowest - 1
        if number < lowest:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {lowest} on")
        return number

    return read


def seconds(text: str) -> float:
    """The type of an argument that is a span of time, in seconds."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds above 0")
    return found
