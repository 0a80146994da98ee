"""Corrections that a person wants at once, or takes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select, update
from sqlalchemy.engine import RowMapping

from syncengine.commands._session import Session
from syncengine.commands.rows import Acted
from syncengine.engine import capture
from syncengine.errors import Refused
from syncengine.store import audit, corrections, cycles, outbox, overrides, rights
from syncengine.store.corrections import DONE, OFFERED, UNDONE, WANTED
from syncengine.store.tables import Correction, Error, Outbox
from syncengine.terms import OutboxState

#: So many corrections are let run in one transaction.
PORTION = 1_000
#: What the line of the audit trail about all corrections of a cause is called.
WHOLE_CAUSE = "corrections of a cause wanted"


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
def correct_group(
    session: Session, group_key: str, count: int, newest: int, *, on: Callable[[int, int], None] | None = None
) -> Acted:
    """Let every correction that is offered for one cause run with the next sync, and ask for that sync.

    `count` and `newest` are those that `queries.group_correction` gave to the person. It is done in portions of a thousand, each
    in a transaction of its own; `on` is told after each how many are done, of how many. What a portion finds taken back or being
    sent by then is left as it is, and counted among the refused.

    Raises:
        Refused: something else is offered by now than was seen, or nothing; nothing has happened then.
        Forbidden: the right was taken away meanwhile; the portions before it stand.
    """
    with session.database.writing() as connection:  # where the right is asked for once more
        now = corrections.seen_of(connection, session.company_id, group_key)
        if now != (int(count), int(newest)):
            raise Refused(f"What it would do has changed since you saw it: {now[0]:,} can be corrected now. Look at it again.")
        offered = corrections.offered_for(session.company_id, group_key)
        wanted = select(Correction.id).join(Error, Error.id == Correction.error_id).where(*offered)
        ids = list(connection.scalars(wanted.order_by(Correction.id)))
    done = 0
    for start in range(0, len(ids), PORTION):
        part = ids[start : start + PORTION]
        with session.database.writing() as connection:
            done += want(connection, session, part)
            if on is not None:
                on(start + len(part), len(ids))
    if not done:
        raise Refused("There is nothing to correct: all of it is being sent just now, or nothing is offered any more.")
    with session.database.writing() as connection:
        line = audit.Line(WHOLE_CAUSE, session.actor, detail={"cause": group_key, "number": done})
        audit.write(connection, session.company_id, session.clock.now(), [line])
        cycles.request(connection, session.company_id, session.clock.now(), by=session.actor)
    left = len(ids) - done
    return Acted(done, (f"{left:,} of them stay as they are: they are being sent just now, or changed meanwhile.",) if left else ())


def want(connection: Connection, session: Session, ids: Sequence[int]) -> int:
    """Let those of the corrections run that are still offered and whose record is at rest; how many."""
    resting = (Outbox.state != OutboxState.RUNNING, Outbox.unanswered.is_(False))
    still = (Correction.id.in_(ids), Correction.company_id == session.company_id, Correction.state == OFFERED, *resting)
    asked = select(Correction.__table__).join(Outbox, Outbox.id == Correction.outbox_id).where(*still).order_by(Correction.id)
    rows = connection.execute(asked.with_for_update()).mappings().all()
    now = session.clock.now()
    wanted = update(Correction).where(Correction.id.in_([row["id"] for row in rows]))
    connection.execute(wanted.values(state=WANTED, wanted_at=now, wanted_by=session.actor))
    audit.write(connection, session.company_id, now, [_line(session, row, "correction wanted") for row in rows])
    return len(rows)


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
    audit.write(connection, session.company_id, session.clock.now(), [_line(session, row, event)])


def _line(session: Session, row: RowMapping, event: str) -> audit.Line:
    detail = {"correction": row["name"], "says": row["says"]}
    return audit.Line(event, session.actor, row["kind"], row["record_id"], row["outbox_id"], detail=detail)
