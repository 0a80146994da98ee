"""Sign-ins to the dashboard: how long one counts, and whether it was ended before its time.

What a browser shows is a signed cookie that lives 30 days and cannot be called back; so it counts for as long as the
installation says, and not at all once its person has signed out, wherever a copy of it lies.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from syncengine.store.people import known_as
from syncengine.store.tables import SignIn as Row

#: A sign-in cannot last longer than its cookie: what is older, and not a person's last, is forgotten.
_KEPT = timedelta(days=31)


@dataclass(frozen=True)
class SignIn:
    """One sign-in of one person in one browser.

    Attributes:
        key: tells it from all others, and says nothing by itself.
        person: the e-mail address, in lower case.
        at: when the sign-in service vouched for the person.
        until: from when on it does not count any more.
    """

    key: str
    person: str
    at: datetime
    until: datetime


def stands(connection: Connection, sign_in: SignIn) -> bool | None:
    """Whether the person has not signed out of it; None for a sign-in that was never noted."""
    row = connection.execute(select(Row.ended_at).where(Row.key == sign_in.key)).one_or_none()
    return None if row is None else row.ended_at is None


def note(connection: Connection, sign_in: SignIn) -> None:
    """Remember a sign-in, once; and forget those that are long over."""
    values = {"key": sign_in.key, "person": sign_in.person, "at": sign_in.at}
    # Two tabs of one browser may come with it at once.
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(insert(Row).values(values).on_conflict_do_nothing())
    newest = select(func.max(Row.id)).group_by(Row.person)
    connection.execute(delete(Row).where(Row.at < sign_in.at - _KEPT, Row.id.not_in(newest)))


def end(connection: Connection, sign_in: SignIn, now: datetime) -> None:
    """Let a sign-in count no more, in whatever tab or copy."""
    note(connection, sign_in)
    connection.execute(update(Row).where(Row.key == sign_in.key, Row.ended_at.is_(None)).values(ended_at=now))


def last(connection: Connection, people: Collection[str]) -> dict[str, datetime]:
    """When each of these people signed in last; who never did is not there."""
    wanted = select(Row.person, func.max(Row.at)).where(Row.person.in_([known_as(each) for each in people])).group_by(Row.person)
    return dict(connection.execute(wanted).all())
