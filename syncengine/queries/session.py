"""The session: which database, which person, which company; every question and every command takes one."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.engine import make_url

from syncengine import settings as settings_module
from syncengine.clock import Clock, SystemClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.db.place import is_local
from syncengine.engine import capture, setup
from syncengine.errors import ConfigurationError, Forbidden
from syncengine.settings import Settings
from syncengine.store import people, rights
from syncengine.store.signins import SignIn

if TYPE_CHECKING:
    import pandas as pd

#: Who acts where nobody has to say: the installation's one owner.
OWNER = "owner"


@dataclass(frozen=True)
class Session:
    """One person's view of one company.

    Attributes:
        database: the shared database.
        actor: the person's name, as it stands in the audit trail.
        company_id: our own key of the company.
        clock: the time; a test hands in its own.
        signed_in: whether the person proved to be who they are: then their role counts on a local database, too.
        sign_in: the sign-in by which the person is here, where there is one: what is asked after its end is refused.
        look_as: the role that an owner wants to look as, with no more rights than it has; acts keep the real name.
    """

    database: Database
    actor: str
    company_id: int
    clock: Clock = field(default_factory=SystemClock)
    signed_in: bool = False
    sign_in: SignIn | None = None
    look_as: str = ""


@rights.open_to_all
def connect(url: str | None = None, *, company: str | None = None, actor: str | None = None) -> Session:
    """A session on the database at `url` (by default the installation's own), for notebooks and scripts.

    On this machine the owner is at work and nobody is asked; an empty database is prepared with its demo company, whose
    working day takes some seconds to make (`TIEOUT_SAMPLE_DAY=0` begins without it). A
    database on another host wants a named `actor` (or `TIEOUT_ACTOR`) with a role in the company, and is never changed
    by connecting.

    >>> db = connect("postgresql://books.example/tieout", company="Harbour", actor="Ada")   # doctest: +SKIP

    Raises:
        ConfigurationError: nobody is named where somebody must be, the database is not prepared, or there is no such
            company; the message says which.
        Forbidden: the actor has no role in this company, or in any.
    """
    own = settings_module.load()
    database, clock = Database(url or own.database_url), SystemClock()
    name = (actor or own.actor).strip()
    try:
        if is_local(database.url):
            _make_folder(database.url)
            with_day = own.sample_day and own.bundled
            if first_run(database, clock, day=with_day) and with_day:
                _make_day(own, database.url)
        else:
            _require_name(database.url, name)
            _require_prepared(database)
        company_id = _company(database, company, name)
    except BaseException:
        database.close()
        raise
    return Session(database, name or OWNER, company_id, clock)


def _company(database: Database, company: str | None, actor: str) -> int:
    """The company of this name, or the first that the actor may see: others are not named to who has no right in them."""
    if is_local(database.url):
        with database.reading() as connection:
            return setup.company_id(connection, company)
    open_to = dict(companies(database, actor=actor)[["name", "id"]].itertuples(index=False, name=None))
    if company is not None and company not in open_to:
        raise Forbidden(f"{actor} has no right in a company {company!r}. Ask an owner of this company.")
    if not open_to:
        raise Forbidden(f"{actor} has no right in any company of this database. Ask an owner of one.")
    return int(open_to[company] if company is not None else next(iter(open_to.values())))


@rights.open_to_all
def first_run(database: Database, clock: Clock, *, day: bool | None = None) -> bool:
    """Prepare a database and, where there is none yet, its first company; whether there was none.

    With `day` (by default as the installation's settings say) the worker is asked for the company's working day; it makes
    it as soon as it runs. Otherwise a few records of it wait.
    """
    setup.prepare(database)
    with database.reading() as connection:
        empty = connection.scalar(select(Company.id).limit(1)) is None
    if empty:
        setup.first_company(database, clock, day=settings_module.load().sample_day if day is None else day)
        # The worker would do so in a second; until it runs, the queue should not look empty.
        capture.capture(database, clock)
    return empty


@rights.open_to_all
def companies(database: Database, *, actor: str = "", signed_in: bool = False) -> pd.DataFrame:
    """The companies that `actor` may see, by name: id, name, timezone. On a local database without sign-in all of them."""
    from syncengine.queries._frames import frame

    wanted = select(Company.id, Company.name, Company.timezone).order_by(Company.name, Company.id)
    with database.reading() as connection:
        if signed_in or not is_local(database.url):
            wanted = wanted.where(Company.id.in_(rights.companies_of(connection, actor)))
        return frame(connection.execute(wanted).mappings(), {"id": "int64", "name": "str", "timezone": "str"})


@rights.open_to_all
def is_owned(database: Database) -> bool:
    """Whether any company has an owner; without one, nobody can give anybody a role."""
    with database.reading() as connection:
        return people.is_owned(connection)


def _make_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.drivername.startswith("sqlite") and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)


def _make_day(own: Settings, url: str) -> None:
    """Make the demo company's day at once: in a notebook nobody knows whether a worker will ever run.

    Where it cannot be made, the command says why, and the wish waits for a worker.
    """
    sys.stderr.write("Making the sample company's working day; this happens once and takes some seconds.\n")
    command = [sys.executable, "-m", "syncengine", "company", "reset-sample"]
    environment = {**os.environ, "TIEOUT_DATABASE_URL": url, "TIEOUT_DATA": str(own.data)}
    home = Path(__file__).parents[2]
    subprocess.run(command, env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 -- our own program, no input of anybody's


def _require_name(url: str, actor: str) -> None:
    if not actor:
        raise ConfigurationError(
            f"This database is on {make_url(url).host}, not on this machine, so each act in it needs a name. "
            'Say who you are: syncengine.connect(url, actor="Your name").'
        )


def _require_prepared(database: Database) -> None:
    from syncengine.db import migrate

    if migrate.revision_of(database) != migrate.head():
        raise ConfigurationError(
            "The database is not in the form that this program knows. Start the dashboard or the worker of the same version "
            "on its own machine once: that brings it up to date."
        )
