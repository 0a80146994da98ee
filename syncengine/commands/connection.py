"""The connection of a company with QuickBooks: cut, and for a sample company restored (A16)."""

from __future__ import annotations

from syncengine.commands._session import Session
from syncengine.engine import schedule
from syncengine.errors import Refused
from syncengine.store import audit, connections, rights


@rights.needs(rights.Permission.OWN)
def disconnect(session: Session) -> None:
    """Cut the company off: its tokens are thrown away here, and nothing syncs until it is connected again.

    What waits stays in the queue, and records go on being queued. A sync that is under way ends with what it has begun.
    Raises Refused where the company is cut off already.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        if connections.get(connection, session.company_id)["state"] == connections.DISCONNECTED:
            raise Refused("This company is disconnected from QuickBooks already.")
        connections.cut(connection, session.company_id)
        schedule.plan_next(connection, session.company_id, now)
        audit.write(connection, session.company_id, now, [audit.Line("disconnected", session.actor)])


@rights.needs(rights.Permission.OWN)
def reconnect(session: Session) -> None:
    """Let a company of the emulator sign in again with its next sync. A real one needs a person's consent at Intuit.

    Raises Refused for a company of Intuit's, with the way to go, and where the company is not cut off.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        row = connections.get(connection, session.company_id)
        if row["environment"] != "emulator":
            raise Refused(
                "Only consent at Intuit connects this company again: python -m syncengine company connect "
                f"NAME --environment {row['environment']}"
            )
        if row["state"] != connections.DISCONNECTED:
            raise Refused("This company is not disconnected.")
        connections.restore(connection, session.company_id)
        schedule.plan_next(connection, session.company_id, now)
        audit.write(connection, session.company_id, now, [audit.Line("connected again", session.actor)])
