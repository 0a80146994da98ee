"""When a company syncs by itself: the choice, what comes next, and what is proposed."""

from __future__ import annotations

from syncengine.engine.automatic import Schedule, schedule_of
from syncengine.queries.session import Session
from syncengine.store import rights


@rights.needs(rights.Permission.SEE_SYNC)
def schedule(session: Session) -> Schedule:
    """The company's schedule. Nothing is ever switched on by itself: what is proposed, a person chooses."""
    with session.database.reading() as connection:
        return schedule_of(connection, session.company_id)


__all__ = ["Schedule", "schedule"]
