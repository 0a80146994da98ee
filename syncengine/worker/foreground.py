"""Commands that do the work themselves, in the foreground: one sync, and trying failed rows again."""

from __future__ import annotations

import sys
import threading
from typing import Any

from sqlalchemy import select

from syncengine.commands import rows as row_commands
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import cycle, setup
from syncengine.engine.site import Site
from syncengine.errors import LockBusy, Refused
from syncengine.settings import Settings
from syncengine.store import cycles, outbox, rights
from syncengine.terms import OutboxState, Trigger
from syncengine.worker import breakage, identity, opening, terminal, who
from syncengine.worker.signals import Stopping

#: How often a waiting command asks whether the company is free, and how often progress is read.
WAIT_SECONDS, LOOK_SECONDS = 1.0, 0.25
#: The exit code of each result of a cycle.
CODES = {"ok": 0, "errors": 1, "failed": 2, "interrupted": 2}
COUNTS = ("sent", "received", "failed", "metered_reads", "calls", "seconds")


def sync(settings: Settings, company: str | None, *, wait: bool, as_json: bool) -> int:
    """Run one cycle for `company` and print what it did.

    Returns 0 where all is well, 1 where records failed, 2 where the cycle could not run or was cut short.

    Raises:
        LockBusy: another process syncs the company, and `wait` is off.
    """
    with opening.site_of(settings) as (site, bundled):
        with site.database.reading() as connection:
            company_id = setup.company_id(connection, company)
            name = str(connection.scalar(select(Company.name).where(Company.id == company_id)))
        by = who.person(settings, site.database, company_id)
        rights.of(by).require(rights.Permission.SYNC)
        try:
            result = _watched(site, company_id, by.actor, wait=wait)
        except LockBusy:
            raise
        except Exception as error:
            breakage.record(site, company_id, error)
            raise
        finally:
            # A worker that is at work goes on using it; without one, a command leaves nothing behind.
            if bundled.started:
                bundled.stop_if_unused()
    _print(name, result, as_json=as_json)
    return CODES.get(result.result, 2)


def retry(settings: Settings, company: str | None, ids: list[int]) -> int:
    """Try `ids`, or all rows that failed or are parked, again with the next sync, and print how many.

    Returns 0, or 1 where some were refused.

    Raises:
        Refused: nothing there is to be tried again.
    """
    with opening.existing(settings) as database:
        with database.reading() as connection:
            company_id = setup.company_id(connection, company)
            held = outbox.rows(connection, company_id, states=outbox.OPEN if ids else (OutboxState.PARKED, OutboxState.RETRYABLE))
        known = {row["id"]: row["version"] for row in held}
        unknown = [each for each in ids if each not in known]
        wanted = [(each, known[each]) for each in ids or known if each in known]
        if not wanted:
            raise Refused("None of these rows is in the queue." if unknown else "Nothing failed: there is nothing to try again.")
        acted = row_commands.retry(who.person(settings, database, company_id), wanted)
    refused = [*acted.refused, *(f"Row {each} is not in the queue." for each in unknown)]
    sys.stdout.write(f"{acted.done} {'row waits' if acted.done == 1 else 'rows wait'} for the next sync.\n")
    sys.stderr.writelines(f"tieout: {each}\n" for each in refused)
    return 1 if refused else 0


def _watched(site: Site, company_id: int, by: str, *, wait: bool) -> cycle.Result:
    """Run the cycle beside this thread, which listens for signals and shows how far it is."""
    stopping = Stopping(site.clock)
    outcome: list[cycle.Result | BaseException] = []
    ended = threading.Event()

    def work() -> None:
        try:
            outcome.append(_when_free(site, company_id, by, stopping.event, wait=wait))
        except BaseException as error:  # noqa: BLE001 -- carried to the thread that waits, and raised there
            outcome.append(error)
        finally:
            ended.set()

    # A daemon: a request that hangs must not keep a command alive that was told twice to end.
    threading.Thread(target=work, name="sync", daemon=True).start()
    _follow(site.database, company_id, ended)
    result = outcome[0]
    if isinstance(result, BaseException):
        raise result
    return result


def _when_free(site: Site, company_id: int, by: str, stop: threading.Event, *, wait: bool) -> cycle.Result:
    owner = str(identity.mine())
    while True:
        try:
            return cycle.run(
                site, company_id, trigger=Trigger.COMMAND, by=by, owner=owner, stop=stop, dead=identity.dead)
        except LockBusy:
            if not wait or stop.wait(WAIT_SECONDS):
                raise


def _follow(database: Database, company_id: int, ended: threading.Event) -> None:
    progress = terminal.Progress()
    try:
        while not ended.wait(LOOK_SECONDS):
            if progress.lively:
                with database.reading() as connection:
                    row = cycles.last(connection, company_id, finished=False)
                progress.say(_far(row) if row is not None and row["finished_at"] is None else "Waiting for the company to be free")
    finally:
        progress.close()


def _far(row: Any) -> str:
    far = f" {row['done']} of {row['total']}" if row["total"] else ""
    return f"{row['phase']}{far} - sent {row['sent']}, received {row['received']}, failed {row['failed']}"


def _print(company: str, result: cycle.Result, *, as_json: bool) -> None:
    values = {name: getattr(result, name) for name in COUNTS}
    if as_json:
        said = {"company": company, "cycle_id": result.cycle_id, "result": result.result, "message": result.message, **values}
        sys.stdout.write(terminal.as_json(said) + "\n")
        return
    counts = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items() if name != "seconds")
    sys.stdout.write(f"{company}: {counts}, {float(result.seconds):.1f} seconds\n")
    if result.result != "ok":
        hint = f" See: python -m syncengine errors --company {company!r}" if result.result == "errors" else ""
        sys.stderr.write(f"tieout: {result.message or 'the sync was ' + result.result}{hint}\n")
