"""A company with one owner, and whoever else acts in it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from syncengine.queries import Session
from syncengine.store import people
from syncengine.store.tables import Audit
from tests.unit.queries import seed

ADA, BOB = "ada@example.com", "bob@example.com"


def as_person(session: Session, person: str, **more) -> Session:
    return Session(session.database, person, session.company_id, session.clock, signed_in=True, **more)


@pytest.fixture
def ada(database) -> Session:
    """The one owner of a company."""
    session = seed.company(database)
    with database.writing() as connection:
        people.put(connection, session.company_id, ADA, "owner", seed.NOON, "seed")
    return as_person(session, ADA)


def audited(session: Session) -> list[tuple]:
    with session.database.reading() as connection:
        wanted = select(Audit.actor, Audit.event, Audit.detail).where(Audit.company_id == session.company_id).order_by(Audit.id)
        return [(row.actor, row.event, row.detail) for row in connection.execute(wanted)]
