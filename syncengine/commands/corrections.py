"""Corrections that a person wants at once, or takes back."""

from __future__ import annotations

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine.commands._session import Session
from syncengine.engine import capture
from syncengine.errors import Refused
from syncengine.store import audit, corrections, cycles, outbox, overrides, rights
from syncengine.store.corrections import DONE, OFFERED, UNDONE, WANTED
from syncengine.store.tables import Error
from syncengine.terms import OutboxState


@rights.needs(rights.Permission.MANAGE)
def correct_now(session: Session, error_id: int, *, seen: str | None = None) -> str:
    """Let the correction of an error run with the next sync, without waiting (D7), and ask for that sync.

    Works for a correction that is a matter of policy, too: the person has been shown what it will do, and `seen` is that
    correction's mark as `queries.correction_of` gave it. Returns what it will do, in a sentence. Raises Refused where the
    error has gone, where there is nothing that the machine could do, or where it would do something else than was seen.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        error = _error(connection, session.company_id, int(error_id))
        offered = _offered(connection, error)
        if seen is not None and seen != corrections.mark(offered):
            raise Refused("What it would do has changed since you saw it. Look at it again.")
        row = outbox.state_of(connection, error["outbox_id"])
        if row is None or row["unanswered"] or row["state"] == OutboxState.RUNNING:
            raise Refused("The record is being sent just now. Wait for the end of this sync.")
        corrections.become(connection, offered["id"], state=WANTED, wanted_at=now, wanted_by=session.actor)
        cycles.request(connection, session.company_id, now, by=session.actor)
        _audit(connection, session, offered, "correction wanted")
    return str(offered["says"])


@rights.needs(rights.Permission.MANAGE)
def undo_correction(session: Session, correction_id: int) -> None:
    """Take a correction back: our own values go to QuickBooks again with the next sync.

    Raises Refused where it was not carried out, or cannot be taken back.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        row = corrections.load(connection, session.company_id, int(correction_id))
        if row is None or row["state"] != DONE:
            raise Refused("This correction was not carried out, so there is nothing to take back.")
        if not row["undo"]:
            raise Refused("This correction cannot be taken back.")
        mine = overrides.made_by(connection, row)
        if not mine:
            raise Refused("The record has been edited since: its own values go to QuickBooks already.")
        overrides.end(connection, [each["id"] for each in mine], now)
        corrections.become(connection, row["id"], state=UNDONE)
        capture.enqueue(connection, session.company_id, row["kind"], [row["record_id"]], now, by=session.actor)
        _audit(connection, session, row, "correction taken back")


def _error(connection: Connection, company_id: int, error_id: int) -> RowMapping:
    wanted = select(Error.__table__).where(Error.id == error_id, Error.company_id == company_id, Error.closed_at.is_(None))
    error = connection.execute(wanted).mappings().first()
    if error is None or error["outbox_id"] is None:
        raise Refused("This error is no longer open.")
    return error


def _offered(connection: Connection, error: RowMapping) -> RowMapping:
    rows = corrections.of_errors(connection, [error["id"]]).get(error["id"], [])
    if any(row["state"] == WANTED for row in rows):
        raise Refused("This correction is going to run with the next sync already.")
    offered = next((row for row in rows if row["state"] == OFFERED), None)
    if offered is None:
        raise Refused(f"There is nothing that Tieout could do here by itself. {error['remedy']}")
    return offered


def _audit(connection: Connection, session: Session, row: RowMapping, event: str) -> None:
    detail = {"correction": row["name"], "says": row["says"]}
    line = audit.Line(event, session.actor, row["kind"], row["record_id"], row["outbox_id"], detail=detail)
    audit.write(connection, session.company_id, session.clock.now(), [line])
