"""Sync now: a wish that the worker takes up within a second; and the sync that follows what somebody has done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from syncengine.commands._session import Session
from syncengine.errors import Refused
from syncengine.store import audit, connections, cycles, people, rights

#: Said of what waits, with what it does, for a sync that could not run now.
LATER = "The first sync after the company is connected to QuickBooks {does}. None can run before, so none was asked for."


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


def follow_up(connection: Connection, company_id: int, at: datetime, *, by: str) -> bool:
    """Ask for the sync that follows an act; False, and none is asked for, where the company is not connected to QuickBooks.

    The caller has held the company's people (`people.hold`) before anything else: whoever is cutting it off was waited for.
    """
    if connections.standing(connection, company_id) in connections.CUT:
        return False
    cycles.request(connection, company_id, at, by=by)
    return True
