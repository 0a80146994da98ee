"""The session: which database, which person, which company; every question and every command takes one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.engine import make_url

from syncengine import settings as settings_module
from syncengine.clock import Clock, SystemClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import capture, setup
from syncengine.errors import ConfigurationError

if TYPE_CHECKING:
    import pandas as pd

#: Hosts that only this machine's own people reach; a path is the folder of a Unix socket.
LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "::1"})
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
    """

    database: Database
    actor: str
    company_id: int
    clock: Clock = field(default_factory=SystemClock)


def connect(url: str | None = None, *, company: str | None = None, actor: str | None = None) -> Session:
    """A session on the database at `url` (by default the installation's own), for notebooks and scripts.

    On this machine the owner is at work and nobody is asked; an empty database is prepared with its demo company. A
    database on another host wants a named `actor`, and is never changed by connecting.

    >>> db = connect("postgresql://books.example/tieout", company="Harbour", actor="Ada")   # doctest: +SKIP

    Raises:
        ConfigurationError: nobody is named where somebody must be, the database is not prepared, or there is no such
            company; the message says which.
    """
    database = Database(url or settings_module.load().database_url)
    clock = SystemClock()
    try:
        if is_local(database.url):
            _make_folder(database.url)
            first_run(database, clock)
        else:
            _require_name(database.url, actor)
            _require_prepared(database)
        with database.reading() as connection:
            company_id = setup.company_id(connection, company)
    except BaseException:
        database.close()
        raise
    return Session(database, actor or OWNER, company_id, clock)


def first_run(database: Database, clock: Clock) -> bool:
    """Prepare a database and, where there is none yet, its first company; whether there was none."""
    setup.prepare(database)
    with database.reading() as connection:
        empty = connection.scalar(select(Company.id).limit(1)) is None
    if empty:
        setup.first_company(database, clock)
        # The worker would do so in a second; until it runs, the queue should not look empty.
        capture.capture(database, clock)
    return empty


def companies(database: Database) -> pd.DataFrame:
    """All companies by name: id, name, timezone."""
    from syncengine.queries._frames import frame

    with database.reading() as connection:
        rows = connection.execute(select(Company.id, Company.name, Company.timezone).order_by(Company.name, Company.id)).mappings()
        return frame(rows, {"id": "int64", "name": "str", "timezone": "str"})


def is_local(url: str) -> bool:
    """Whether the database is a file, or a server on this machine."""
    parsed = make_url(url)
    if parsed.drivername.startswith("sqlite"):
        return True
    named = parsed.query.get("host") or parsed.host or ""
    hosts = [named] if isinstance(named, str) else list(named)
    return all(host in LOOPBACK or host.startswith("/") for each in hosts for host in each.split(","))


def _make_folder(url: str) -> None:
    from pathlib import Path

    parsed = make_url(url)
    if parsed.drivername.startswith("sqlite") and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)


def _require_name(url: str, actor: str | None) -> None:
    if not (actor or "").strip():
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
