"""Set-up: the database made ready, companies added, and the first one with something to see."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Connection, func, insert, select

from syncengine.clock import Clock
from syncengine.db import migrate
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import sample, triggers
from syncengine.errors import ConfigurationError
from syncengine.inventory import changes
from syncengine.store import audit, connections, leases, samples

#: The emulator's companies.
SAMPLES = ("demo", "intuit", "empty")


def prepare(database: Database) -> None:
    """Bring tables and triggers up to date; cheap where they are. Triggers do not survive every migration on SQLite."""
    migrate.upgrade(database, then=partial(changes.install, also=triggers.ALSO))
    with database.reading() as connection:
        ready = changes.installed(connection, triggers.ALSO)
    if not ready:
        with database.writing() as connection:
            changes.install(connection, triggers.ALSO)


def add_company(database: Database, clock: Clock, name: str, *, sample: str, timezone: str = "UTC") -> int:
    """Add a company that talks to a sample company of the emulator; returns its id."""
    if not name.strip():
        raise ConfigurationError("A company needs a name.")
    with database.writing() as connection:
        return add(connection, clock, name.strip(), sample, timezone)


def add(
    connection: Connection, clock: Clock, name: str, sample_name: str | None, timezone: str, environment: str = "emulator"
) -> int:
    """Add a company, of the emulator's where `sample_name` says which one; raises ConfigurationError for what cannot be."""
    if sample_name is not None and sample_name not in SAMPLES:
        raise ConfigurationError(f"There is no sample company {sample_name!r}. Known are: {', '.join(SAMPLES)}.")
    if connection.scalar(select(Company.id).where(Company.name == name)) is not None:
        raise ConfigurationError(f"There is a company {name!r} already.")
    company_id: int = connection.execute(
        insert(Company).values(name=name, timezone=timezone, created_at=clock.now()).returning(Company.id)
    ).scalar_one()
    connections.add(connection, company_id, environment=environment, sample=sample_name)
    leases.row(connection, company_id)
    return company_id


def add_real_company(database: Database, clock: Clock, name: str, *, environment: str) -> int:
    """The company of this name in one of Intuit's environments, made where there is none; tokens come with consent.

    One that another program wrote, and that talks to nothing yet, is set up for it.

    Raises ConfigurationError where the name belongs to a company that talks to something else.
    """
    with database.writing() as connection:
        known = connection.scalar(select(Company.id).where(Company.name == name.strip()))
        if known is None:
            return add(connection, clock, name.strip(), None, "UTC", environment)
        row = connections.find(connection, known)
        if row is None:
            connections.add(connection, int(known), environment=environment)
        elif row["environment"] != environment:
            raise ConfigurationError(
                f"There is a company {name!r} already, and not in Intuit's {environment}. Choose another name."
            )
        return int(known)


def first_company(database: Database, clock: Clock, *, day: bool) -> int:
    """The installation's first company, made where there is none yet.

    With `day` the worker is asked to make it a working day; otherwise a few records wait to be sent.
    """
    with database.reading() as connection:
        first = connection.scalar(select(func.min(Company.id)))
    if first is not None:
        return int(first)
    with database.writing() as connection:
        # Looked at again inside the lock: two processes may start on an empty machine at once.
        first = connection.scalar(select(func.min(Company.id)))
        if first is None:
            first = add(connection, clock, "Demo", "demo", "America/Los_Angeles")
            if day:
                samples.want(connection, first, clock.now(), by=audit.ENGINE)
            else:
                sample.plant(connection, first, clock.now().date())
    return int(first)


def company_id(connection: Connection, name: str | None) -> int:
    """A company's id by its name; without one, the only or first company's."""
    if name is None:
        first = connection.scalar(select(func.min(Company.id)))
        if first is None:
            raise ConfigurationError("There is no company yet. Add one: python -m syncengine company add NAME --sample empty")
        return int(first)
    found = connection.scalar(select(Company.id).where(Company.name == name))
    if found is None:
        known = ", ".join(repr(each) for each in connection.scalars(select(Company.name).order_by(Company.id))) or "none"
        raise ConfigurationError(f"There is no company {name!r}. Known are: {known}.")
    return int(found)
