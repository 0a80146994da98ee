"""Companies of an installation: added and renamed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from syncengine.commands._session import Session
from syncengine.db.base import Company
from syncengine.engine import setup
from syncengine.engine.moments import zone_named
from syncengine.errors import Refused
from syncengine.store import audit, people, rights

#: What there is room for.
_LONGEST = 200
_TAKEN = "That name is taken already. Choose another one."
#: Intuit's two environments.
_REAL = ("sandbox", "production")


@rights.needs(rights.Permission.OWN)
def add_company(session: Session, name: str, zone: str = "UTC", sample: str = "", environment: str = "") -> int:
    """Add a company beside the session's own, and return its id; whoever adds it is its owner.

    Args:
        session: of a company whose owner the person is.
        name: what it is called here; no two are called the same.
        zone: IANA name of its time zone.
        sample: `demo`, `intuit` or `empty`, for a company of the local QuickBooks.
        environment: `sandbox` or `production`, for one of Intuit's, which is connected afterwards.

    Raises ConfigurationError for a name that is taken or none, a zone or a sample that does not exist, Refused where it is not
    said which of the two it shall be.
    """
    called = _name(name)
    if bool(sample) == bool(environment) or (environment and environment not in _REAL):
        raise Refused(f"Say what it shall talk to: a sample ({', '.join(setup.SAMPLES)}) or an environment ({' or '.join(_REAL)}).")
    now, timezone = session.clock.now(), zone_named(zone)
    with _one_of_the_name(), session.database.writing() as connection:
        company_id = setup.add(connection, session.clock, called, sample or None, timezone, environment or "emulator")
        if rights.asked(session):
            people.put(connection, company_id, people.known_as(session.actor), people.OWNER, now, session.actor)
        audit.write(connection, company_id, now, [audit.Line("company added", session.actor, detail={"company": called})])
    return company_id


@rights.needs(rights.Permission.OWN)
def rename_company(session: Session, name: str, *, seen: str | None = None) -> None:
    """Call the company otherwise here; its name in QuickBooks stays. `seen` is its name as the person saw it.

    Raises Refused where it is called so already, is called otherwise by now than was seen, or the name is taken or none.
    """
    called, now = _name(name), session.clock.now()
    with _one_of_the_name(), session.database.writing() as connection:
        people.lock(connection, session.company_id)
        before = connection.scalar(select(Company.name).where(Company.id == session.company_id))
        if seen is not None and seen != before:
            raise Refused(f"Somebody has renamed this company since you saw it: it is now {before!r}.")
        if before == called:
            raise Refused("The company is called so already.")
        if connection.scalar(select(Company.id).where(Company.name == called)) is not None:
            raise Refused(_TAKEN)
        connection.execute(update(Company).where(Company.id == session.company_id).values(name=called))
        detail = {"name": "company", "from": before, "to": called}
        audit.write(connection, session.company_id, now, [audit.Line("renamed", session.actor, detail=detail)])


@contextmanager
def _one_of_the_name() -> Iterator[None]:
    """Refused where somebody takes the same name for another company at this very moment."""
    try:
        yield
    except IntegrityError:
        raise Refused(_TAKEN) from None


def _name(name: str) -> str:
    called = " ".join(name.split())
    if not called:
        raise Refused("A company needs a name.")
    if len(called) > _LONGEST:
        raise Refused(f"This name has {len(called)} characters; there is room for {_LONGEST}.")
    if not called.isprintable():
        raise Refused("This name holds signs that cannot be shown.")
    return called
