"""The command line: `python -m syncengine COMMAND`. Each command loads what it needs and nothing else."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import traceback
from collections.abc import Sequence
from typing import TYPE_CHECKING

from syncengine import failpoints
from syncengine import settings as settings_module
from syncengine.errors import SyncEngineError
from syncengine.worker import grammar

if TYPE_CHECKING:
    from syncengine.settings import Settings

#: What a command ends with: all well; some records need a person; the command could not do its work.
CLEAN, SOME_FAILED, COULD_NOT = 0, 1, grammar.COULD_NOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 all well, 1 some records failed, 2 the command could not do its work."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without Unicode shows a question mark, not a traceback
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.command is None:
        parser.print_help()
        return CLEAN
    failpoints.arm_from_environment()
    return _carried_out(asked)


def _carried_out(asked: argparse.Namespace) -> int:
    try:
        code: int = asked.run(asked)
        sys.stdout.flush()
        return code
    except SyncEngineError as error:
        return _complain(str(error))
    except BrokenPipeError:
        # Whoever read our output has seen enough; Python's own flush at the end must not complain about it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except KeyboardInterrupt:
        return _complain("interrupted")
    except Exception as error:  # noqa: BLE001 -- the last place before the person: words where there are any, else the trace
        from syncengine.worker import opening  # what a failure means is only looked up when there is one

        sentence = opening.explained(error, settings_module.load())
        if not sentence:
            traceback.print_exc()
        return _complain(sentence or "This is an error in Tieout itself. Please report it, with the lines above.")


def _complain(sentence: str) -> int:
    print(f"tieout: {' '.join(sentence.split())}", file=sys.stderr)
    return COULD_NOT


def _dashboard(asked: argparse.Namespace) -> int:
    from syncengine.worker import logs, opening, supervisor

    settings = settings_module.load()
    logs.configure(settings)
    supervisor.check_address(asked.address, asked.port)
    with opening.site_of(settings) as (site, bundled):
        return supervisor.run(site, bundled, address=asked.address, port=asked.port)


def _worker(asked: argparse.Namespace) -> int:
    from syncengine.worker import logs, worker

    settings = settings_module.load()
    logs.configure(settings)
    return worker.run(settings, parent=asked.parent, owner=asked.owner)


def _emulator(asked: argparse.Namespace) -> int:
    from syncengine.emulator import server

    return server.main(asked)


def _settings_of_switches(text: str) -> dict[str, object]:
    """Switches of the emulator as JSON; each is checked before the emulator starts."""
    from syncengine.emulator.switches import Switches

    try:
        wish = json.loads(text)
    except ValueError:
        wish = None
    if not isinstance(wish, dict):
        raise argparse.ArgumentTypeError(f"no JSON object: {text}")
    try:
        Switches(wish)
    except ValueError as trouble:
        raise argparse.ArgumentTypeError(str(trouble)) from None
    return wish


def _sync(asked: argparse.Namespace) -> int:
    from syncengine.worker import foreground

    return foreground.sync(_settings(), asked.company, wait=asked.wait, as_json=asked.json)


def _status(asked: argparse.Namespace) -> int:
    from syncengine.clock import SystemClock
    from syncengine.engine import capture, setup
    from syncengine.worker import listing, opening, terminal, who

    clock, settings = SystemClock(), _settings()
    now = clock.now()
    with opening.existing(settings) as database:
        capture.capture(database, clock)  # what was saved while no worker ran waits, too
        with database.reading() as connection:
            company_id = setup.company_id(connection, asked.company) if asked.company else None
            companies, workers = listing.status_rows(connection, now, company_id), listing.worker_rows(connection, now)
        companies = who.may_see(settings, database, companies)
    if asked.json:
        print(terminal.as_json({"companies": companies, "workers": workers}))
        return CLEAN
    width = terminal.screen_width()
    print(terminal.table(companies, listing.STATUS, width=width) if companies else "There is no company yet.")
    print()
    print(terminal.table(workers, listing.WORKERS, width=width) if workers else "No worker is running: nothing syncs by itself.")
    return CLEAN


def _queue(asked: argparse.Namespace) -> int:
    from syncengine.clock import SystemClock
    from syncengine.engine import capture, setup
    from syncengine.store.veil import veiled
    from syncengine.worker import listing, opening, who

    settings, clock = _settings(), SystemClock()
    with opening.existing(settings) as database:
        with database.reading() as connection:
            company_id = setup.company_id(connection, asked.company)
        held = who.rights_to_see(settings, database, company_id)
        capture.capture(database, clock)
        with database.reading() as connection:
            total = listing.queue_count(connection, company_id)
        rows = veiled(listing.queue_rows(database, company_id, at=clock.now(), offset=asked.offset, limit=asked.limit), held)
    _show(asked, rows, total, listing.QUEUE, empty="Nothing waits to be sent.")
    return CLEAN


def _errors(asked: argparse.Namespace) -> int:
    from syncengine.engine import setup
    from syncengine.worker import listing, opening, who

    settings = _settings()
    with opening.existing(settings) as database, database.reading() as connection:
        company_id = setup.company_id(connection, asked.company)
        who.rights_to_see(settings, database, company_id)
        total = listing.error_count(connection, company_id)
        rows = listing.error_rows(connection, company_id, offset=asked.offset, limit=asked.limit)
    _show(asked, rows, total, listing.ERRORS, empty="There are no sync errors.")
    return CLEAN


def _show(asked: argparse.Namespace, rows: list[dict[str, object]], total: int, columns: dict[str, str], *, empty: str) -> None:
    from syncengine.worker import terminal

    if asked.json:
        print(terminal.as_json({"total": total, "offset": asked.offset, "rows": rows}))
    elif rows:
        print(terminal.table(rows, columns, width=terminal.screen_width()))
        if asked.offset or len(rows) < total:
            print(f"Rows {asked.offset + 1} to {asked.offset + len(rows)} of {total}.")
    else:
        print(f"There are only {total} rows." if total else empty)


def _company_add(asked: argparse.Namespace) -> int:
    from syncengine.clock import SystemClock
    from syncengine.engine import setup
    from syncengine.worker import opening

    with opening.prepared(_settings()) as database:
        company_id = setup.add_company(database, SystemClock(), asked.name, sample=asked.sample)
    print(f"Added company {company_id}, {asked.name}, on the emulator's company {asked.sample!r}.")
    return CLEAN


def _company_connect(asked: argparse.Namespace) -> int:
    from syncengine.worker import connecting, opening

    with opening.site_of(_settings()) as (site, _):
        return connecting.run(site, asked.name, environment=asked.environment, redirect_uri=asked.redirect)


def _company_reset(asked: argparse.Namespace) -> int:
    from syncengine.worker import sampling

    return sampling.run(_settings(), asked.name)


def _company_list(asked: argparse.Namespace) -> int:
    from syncengine.worker import listing, opening, terminal

    with opening.existing(_settings()) as database, database.reading() as connection:
        rows = listing.company_rows(connection)
    if asked.json:
        print(terminal.as_json(rows))
    else:
        print(terminal.table(rows, listing.COMPANIES, width=terminal.screen_width()) if rows else "There is no company yet.")
    return CLEAN


def _import(asked: argparse.Namespace) -> int:
    from syncengine.worker import importing

    return importing.run(_settings(), asked)


def _schedule(asked: argparse.Namespace) -> int:
    from syncengine.worker import scheduling

    return scheduling.run(_settings(), asked)


def _people(asked: argparse.Namespace) -> int:
    from syncengine.worker import persons

    return persons.run(_settings(), asked)


def _company_settings(asked: argparse.Namespace) -> int:
    from syncengine.worker import configuring

    return configuring.run(_settings(), asked)


def _migrate(_asked: argparse.Namespace) -> int:
    from syncengine.db import migrate
    from syncengine.engine import setup
    from syncengine.worker import opening

    with opening.opened(_settings()) as database:
        before = migrate.revision_of(database)
        setup.prepare(database)
        after = migrate.revision_of(database)
    was = "already" if before == after else f"now; it was {'at ' + before if before else 'empty'}"
    print(f"The database is at {after} {was}.")
    return CLEAN


def _analysts(_asked: argparse.Namespace) -> int:
    from syncengine.errors import ConfigurationError
    from syncengine.queries import analysts
    from syncengine.worker import opening

    own = _settings()
    if not own.analyst_url:
        raise ConfigurationError("Set TIEOUT_ANALYST_URL first: a PostgreSQL URL with a login of its own for analysts' SQL.")
    with opening.opened(own) as database:
        for done in analysts.prepare(database, own.analyst_url):
            print(done)
    return CLEAN


def _retry(asked: argparse.Namespace) -> int:
    from syncengine.worker import foreground

    return foreground.retry(_settings(), asked.company, asked.rows)


def _version(_asked: argparse.Namespace) -> int:
    from syncengine import __version__

    print(f"tieout {__version__}")
    return CLEAN


def _settings() -> Settings:
    """The settings, with the log of whatever these short commands call kept to warnings."""
    import logging

    from syncengine.worker import logs

    settings = settings_module.load()
    logs.configure(settings, logging.WARNING)
    return settings


def _parser() -> grammar.Parser:
    parser = grammar.Parser(
        prog="python -m syncengine", description="Tieout keeps an inventory system and QuickBooks Online in step.",
        epilog="Exit codes: 0 all well, 1 some records need a person, 2 the command could not do its work.")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands", parser_class=grammar.Parser)
    _add_processes(commands)
    _add_lists(commands)
    _add_acts(commands)
    return parser


def _add_processes(commands: argparse._SubParsersAction[grammar.Parser]) -> None:
    dashboard = commands.add_parser("dashboard", help="serve the dashboard and keep a worker running beside it")
    dashboard.add_argument("--port", type=grammar.whole(1), default=8501, help="the dashboard's port (8501)")
    dashboard.add_argument("--address", default="127.0.0.1", help="where it listens: an address of this machine alone (127.0.0.1)")
    dashboard.set_defaults(run=_dashboard)

    worker = commands.add_parser("worker", help="run one worker: the process that syncs")
    worker.add_argument(
        "--parent", type=grammar.whole(1), metavar="PID", help="end as soon as this process is no longer the parent")
    worker.add_argument("--owner", default="", metavar="NAME", help="the name under which it holds companies (host, boot and pid)")
    worker.set_defaults(run=_worker)

    emulator = commands.add_parser("emulator", help="run the QuickBooks emulator by itself")
    emulator.add_argument("--port", type=grammar.whole(0), default=8950, help="its port on loopback; 0 finds a free one (8950)")
    emulator.add_argument("--data", default="", metavar="FILE", help="where it keeps its state (memory only)")
    emulator.add_argument(
        "--company", action="append", choices=("demo", "intuit", "empty", "british", "french"),
        help="a company that has to be there; may be repeated")
    emulator.add_argument("--linger", type=grammar.seconds, metavar="SECONDS", help="end after so long without a request (never)")
    emulator.add_argument(
        "--switches", type=_settings_of_switches, metavar="JSON", help="""what differs from the defaults: '{"quotas": false}'""")
    emulator.set_defaults(run=_emulator)

    sync = commands.add_parser("sync", help="sync one company now, in the foreground")
    grammar.add_company(sync)
    sync.add_argument("--wait", action="store_true", help="wait while another process syncs the company, instead of ending with 2")
    sync.add_argument("--json", action="store_true", help="print the result as JSON")
    sync.set_defaults(run=_sync)


def _add_lists(commands: argparse._SubParsersAction[grammar.Parser]) -> None:
    for name, run, words in (
        ("status", _status, "how each company stands, and which workers run"),
        ("queue", _queue, "what the next sync will send, in order"),
        ("errors", _errors, "what failed, and what to do about it"),
    ):
        command = commands.add_parser(name, help=words)
        grammar.add_company(command)
        command.add_argument("--json", action="store_true", help="print JSON for programs")
        if name != "status":
            command.add_argument("--limit", type=grammar.whole(1), default=50, metavar="N", help="at most so many rows (50)")
            command.add_argument("--offset", type=grammar.whole(0), default=0, metavar="N", help="leave out the first N (0)")
        command.set_defaults(run=run)


def _add_acts(commands: argparse._SubParsersAction[grammar.Parser]) -> None:
    company = commands.add_parser("company", help="add a company, or list them").add_subparsers(
        dest="act", metavar="ACT", required=True, parser_class=grammar.Parser)
    add = company.add_parser("add", help="add a company on the bundled emulator")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--sample", choices=("empty", "demo", "intuit"), default="empty", help="its QuickBooks at the start (empty)")
    add.set_defaults(run=_company_add)
    real = company.add_parser("connect", help="connect a company to QuickBooks Online, through Intuit's consent page")
    real.add_argument("name", metavar="NAME")
    real.add_argument("--environment", choices=("sandbox", "production"), default="sandbox", help="Intuit's environment (sandbox)")
    real.add_argument(
        "--redirect", metavar="URI", default="http://localhost:8501/",
        help="the app's redirect URI, as entered at Intuit (%(default)s)")
    real.set_defaults(run=_company_connect)
    reset = company.add_parser("reset-sample", help="bring the working day of a sample company back")
    reset.add_argument("name", metavar="NAME", nargs="?", help="which one (the first company)")
    reset.set_defaults(run=_company_reset)
    listed = company.add_parser("list", help="list the companies")
    listed.add_argument("--json", action="store_true", help="print JSON for programs")
    listed.set_defaults(run=_company_list)

    grammar.add_import(commands, _import)
    grammar.add_people(commands, _people)
    grammar.add_settings(commands, _company_settings)
    grammar.add_schedule(commands, _schedule)
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(run=_migrate)
    analysts = commands.add_parser("analysts", help="make the PostgreSQL login and the views of analysts' SQL, or renew them")
    analysts.set_defaults(run=_analysts)
    retry = commands.add_parser("retry", help="try failed or parked rows again with the next sync")
    retry.add_argument(
        "rows", metavar="ID", nargs="*", type=grammar.whole(1), help="ids of queue rows (all that failed or are parked)")
    grammar.add_company(retry)
    retry.set_defaults(run=_retry)
    commands.add_parser("version", help="print the version").set_defaults(run=_version)


if __name__ == "__main__":
    # What a command loads stays: to look for garbage in it after each 700 objects, as Python does by itself, delays every start.
    gc.set_threshold(10_000, 20, 20)
    raise SystemExit(main())
