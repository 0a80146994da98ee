"""The `import` command: a file is looked at, said what it would bring, and written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from syncengine.commands import importing
from syncengine.engine import setup
from syncengine.errors import ConfigurationError
from syncengine.imports import Options, Prepared, Problem, Result, guess, guess_header, guess_lines
from syncengine.imports.fields import CHARGE
from syncengine.imports.files import content, open_table
from syncengine.imports.halves import joined
from syncengine.inventory.tables import KINDS
from syncengine.settings import Settings
from syncengine.worker import opening, terminal, who

PROBLEMS = {"row": "Row", "column": "Column", "value": "Value", "message": "Problem", "remedy": "What to do"}
#: More rows than this nobody reads on a terminal; JSON has all of them.
SHOWN = 100
_DONE = ("created", "changed", "unchanged", "rejected")


def run(settings: Settings, asked: argparse.Namespace) -> int:
    """Import `asked.file` and print what happened, or with `dry_run` what would.

    Returns 0, or 1 where rows cannot go in.

    Raises:
        ImportRefused: the file as a whole cannot be used.
        ImportStopped: the database gave up; the message says how far it came.
        ConfigurationError: an argument makes no sense.
    """
    if asked.kind not in KINDS:
        raise ConfigurationError(f"There is no kind of record called {asked.kind!r}. Use one of: {', '.join(KINDS)}.")
    options = options_of(asked)
    mapping = _mapping(asked, options)
    lines_mapping = _lines_mapping(asked.lines, asked.kind, asked.lines_map, options)
    progress = terminal.Progress()

    def say(done: int, total: int) -> None:
        progress.say(f"{done} of {total} rows" if total else f"{done} rows")

    with opening.prepared(settings) as database:
        with database.reading() as connection:
            company_id = setup.company_id(connection, asked.company)
        person = who.person(settings, database, company_id)
        try:
            found = importing.prepare_import(
                person, asked.kind, asked.file, mapping=mapping, lines=asked.lines, lines_mapping=lines_mapping, options=options,
                progress=say)
            mode: Literal["good", "all"] = "all" if asked.all_or_nothing else "good"
            done = None if asked.dry_run else importing.apply_import(person, found, mode=mode, progress=say)
        finally:
            progress.close()
    problems = found.problems if done is None else done.problems
    if asked.json:
        sys.stdout.write(terminal.as_json(_for_programs(found, done, problems)) + "\n")
    else:
        _for_people(found, done, problems)
    return 1 if problems else 0


def options_of(asked: argparse.Namespace) -> Options:
    """How the file is to be read; ConfigurationError for a constant without a value."""
    return Options(
        encoding=asked.encoding, delimiter={"tab": "\t", "\\t": "\t"}.get(asked.delimiter, asked.delimiter), sheet=asked.sheet,
        date_order=asked.dates, decimal_sign=asked.decimal, thousands_sign=asked.thousands,
        constants=pairs(asked.constant, "--constant"))


def pairs(given: Iterable[str], name: str) -> dict[str, str]:
    """`A=B` texts as a mapping; the last one counts. A column's name may itself hold a sign of equality: the last one parts."""
    found: dict[str, str] = {}
    for text in given:
        left, sign, right = text.rpartition("=")
        if not sign or not left.strip():
            raise ConfigurationError(f"{name} {text!r} lacks a part: write {name} 'column=field'.")
        found[left.strip()] = right.strip()
    return found


def _mapping(asked: argparse.Namespace, options: Options) -> dict[str, str] | None:
    """What the person said, on top of what the columns' names suggest; None leaves it to the names alone."""
    charges = pairs(asked.charge, "--charge")
    said = {**pairs(asked.map, "--map"), **{column: CHARGE + item for column, item in charges.items()}}
    suggest = guess_header if asked.lines else guess
    return _merged(asked.file, asked.kind, said, options, lambda columns: suggest(columns, asked.kind)) if said else None


def _lines_mapping(file: Path | None, kind: str, given: list[str], options: Options) -> dict[str, str] | None:
    said = pairs(given, "--lines-map")
    if said and file is None:
        raise ConfigurationError("--lines-map is for a file of lines: name it with --lines.")
    return _merged(file, kind, said, options, lambda columns: guess_lines(columns, kind)) if said and file is not None else None


def _merged(file: Path, kind: str, said: Mapping[str, str], options: Options, guessed: Any) -> dict[str, str]:
    columns = joined(open_table(content(file, ""), options), kind, options).columns
    if unknown := [column for column in said if column not in columns]:
        raise ConfigurationError(f"{file} has no column {', '.join(map(repr, unknown))}. Its columns are: {', '.join(columns)}.")
    # A field that the person gives to one column is taken from the column that merely sounds like it.
    suggested = {column: name for column, name in guessed(columns).items() if name not in said.values()}
    return {**suggested, **said}


def _for_programs(found: Prepared, done: Result | None, problems: list[Problem]) -> dict[str, Any]:
    counts = asdict(found.counts) if done is None else {name: getattr(done, name) for name in _DONE}
    return {
        "kind": found.kind, "dry_run": done is None, **counts, "mapping": found.mapping, "lines_mapping": found.lines_mapping,
        "ignored": found.ignored, "lines_ignored": found.lines_ignored, "notes": found.notes,
        "problems": [asdict(problem) for problem in problems],
    }


def _for_people(found: Prepared, done: Result | None, problems: list[Problem]) -> None:
    used = ", ".join(f"{column} is {name}" for column, name in {**found.mapping, **found.lines_mapping}.items())
    sys.stdout.write(f"{found.kind}: {used}\n")
    if ignored := [*found.ignored, *found.lines_ignored]:
        sys.stdout.write(f"Left out: {', '.join(ignored)}\n")
    sys.stdout.writelines(f"{note}\n" for note in found.notes)
    if problems:
        rows = [asdict(problem) for problem in problems[:SHOWN]]
        columns = PROBLEMS if not found.lines_name else {"file": "File", **PROBLEMS}
        sys.stdout.write(f"\n{terminal.table(rows, columns, width=terminal.screen_width())}\n")
        if len(problems) > SHOWN:
            sys.stdout.write(f"... and {len(problems) - SHOWN} more; --json has all of them.\n")
        sys.stdout.write("\n")
    if done is None:
        counts = found.counts
        said = f"would bring {counts.new} new, {counts.changed} changed, {counts.unchanged} unchanged; {counts.bad} refused"
    else:
        said = f"brought {done.created} new, {done.changed} changed, {done.unchanged} unchanged; {done.rejected} refused"
    sys.stdout.write(f"{found.name} {said}.{' Nothing was written.' if done is None else ''}\n")
