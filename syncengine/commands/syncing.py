"""Sync now: a wish that the worker takes up within a second."""

from __future__ import annotations

from syncengine.commands._session import Session
from syncengine.errors import Refused
from syncengine.store import audit, connections, cycles, people, rights


@rights.needs(rights.Permission.SYNC)
def sync_now(session: Session) -> int:
    """Ask for a sync of the company and answer the request's id; a wish that nobody has taken yet serves both.

    Works under every automatic setting (S11). While a sync is running, another one follows it.

    Raises Refused for a company that is not connected to QuickBooks, of which nothing is synced, with what is to be done first.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        people.hold(connection, session.company_id)  # whoever is cutting it off is waited for
        if why := connections.WHY_CUT.get(connections.standing(connection, session.company_id)):
            raise Refused(why)
        request_id = cycles.request(connection, session.company_id, now, by=session.actor)
        audit.write(
            connection, session.company_id, now, [audit.Line("sync requested", session.actor, detail={"request": request_id})]
        )
    return request_id
