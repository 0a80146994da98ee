"""An analyst who asks in SQL: the login that PostgreSQL needs, what is answered, and people of other roles."""

from __future__ import annotations

from sqlalchemy import select

from syncengine import queries
from syncengine.db.base import Base
from syncengine.queries import Session, analysts
from syncengine.store import people
from tests.unit.queries import seed

#: Words that only the other company, or the vault, holds.
SECRETS = ("Globex", "sealed-token", "realm-4711", "Globex Bill", "globex-secret")


def analyst_url(database) -> str:
    return database.url.replace("//postgres@", "//analyst@")


def prepared(database, monkeypatch) -> None:
    """The second login, where the database needs one."""
    if database.dialect != "sqlite":
        monkeypatch.setenv("TIEOUT_ANALYST_URL", analyst_url(database))
        assert list(analysts.prepare(database, analyst_url(database)))


def everything(database) -> dict:
    """All rows but the audit's, in which each question is written down."""
    tables = [table for table in Base.metadata.sorted_tables if table.name != "sync_audit"]
    with database.reading() as connection:
        return {table.name: connection.execute(select(table)).fetchall() for table in tables}


def answer(session, question):
    return queries.sql(session, question).to_dict("records")


def of_role(session: Session, role: str, **single: bool) -> Session:
    person = f"{role}@harbour.example"
    with session.database.writing() as connection:
        people.put(connection, session.company_id, person, role, seed.NOON, "seed")
        for permission, allowed in single.items():
            people.put_grant(connection, session.company_id, person, permission, seed.NOON, "seed", allowed=allowed)
    return Session(session.database, person, session.company_id, session.clock, signed_in=True)
