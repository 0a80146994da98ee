"""The `company reset-sample` command: a sample company's day is made anew, here and now."""

from __future__ import annotations

import sys
import threading

from sqlalchemy import select

from syncengine.commands.sample import reset_sample
from syncengine.db.base import Company
from syncengine.engine import setup
from syncengine.engine.run import Stopped
from syncengine.engine.site import Site
from syncengine.errors import LockBusy, Refused
from syncengine.settings import Settings
from syncengine.store import samples
from syncengine.worker import identity, opening, terminal, who
from syncengine.worker.signals import Stopping

#: How often it is looked at how far the day is, and whether somebody else has made it.
LOOK_SECONDS = 0.5


def run(settings: Settings, company: str | None) -> int:
    """Bring the day of a sample company back, and wait until it is there; returns 0.

    Raises:
        Forbidden: whoever is at work is no owner of the company.
        Refused: it is no sample company, its day could not be made, or somebody stopped the making.
    """
    with opening.site_of(settings) as (site, bundled):
        with site.database.reading() as connection:
            company_id = setup.company_id(connection, company)
            name = str(connection.scalar(select(Company.name).where(Company.id == company_id)))
        try:
            _asked(settings, site, company_id)
            _watched(site, company_id)
        finally:
            if bundled.started:
                bundled.stop_if_unused()
    sys.stdout.write(f"{name}: the day is there.\n")
    return 0


def _asked(settings: Settings, site: Site, company_id: int) -> None:
    """Ask for the day, unless somebody has asked already."""
    person = who.person(settings, site.database, company_id)
    with site.database.reading() as connection:
        row = samples.get(connection, company_id)
    if row is None or row["state"] not in {samples.WANTED, samples.MAKING}:
        reset_sample(person)


def _watched(site: Site, company_id: int) -> None:
    """Make the day beside this thread, which listens for signals and shows how far it is."""
    stopping = Stopping(site.clock)
    trouble: list[BaseException] = []
    ended = threading.Event()

    def work() -> None:
        try:
            _until_there(site, company_id, stopping.event)
        except BaseException as error:  # noqa: BLE001 -- carried to the thread that waits, and raised there
            trouble.append(error)
        finally:
            ended.set()

    threading.Thread(target=work, name="sample", daemon=True).start()
    _follow(site, company_id, ended)
    if trouble:
        raise trouble[0]


def _until_there(site: Site, company_id: int, stop: threading.Event) -> None:
    """Make the day here, or wait for whoever makes it just now or syncs the company."""
    from syncengine.sample import job

    while True:
        try:
            job.make(site, company_id, owner=str(identity.mine()), stop=stop, dead=identity.dead)
        except LockBusy:
            pass
        except Stopped:
            raise Refused("The making of the day was stopped; the next worker goes on with it.") from None
        with site.database.reading() as connection:
            row = samples.get(connection, company_id)
        if row is not None and row["state"] == samples.FAILED:
            raise Refused(f"The sample company's day could not be made: {row['message']}")
        if row is None or row["state"] == samples.THERE:
            return
        if stop.wait(LOOK_SECONDS):
            raise Refused("The day is not there yet; whoever makes it goes on.")


def _follow(site: Site, company_id: int, ended: threading.Event) -> None:
    progress = terminal.Progress()
    try:
        while not ended.wait(LOOK_SECONDS):
            if progress.lively:
                with site.database.reading() as connection:
                    row = samples.get(connection, company_id)
                far = f"{row['done']} of {row['total']} syncs" if row is not None and row["total"] else "Waiting for the company"
                progress.say(f"The sample company's day is being made: {far}")
    finally:
        progress.close()
