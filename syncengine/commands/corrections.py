"""Corrections that a person wants at once, or takes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select, update
from sqlalchemy.engine import RowMapping

from syncengine.commands import syncing
from syncengine.commands._session import Session
from syncengine.commands.rows import Acted
from syncengine.engine import capture, telling
from syncengine.errors import Forbidden, Refused
from syncengine.store import audit, corrections, outbox, overrides, people, rights
from syncengine.store.corrections import DONE, OFFERED, UNDONE, WANTED
from syncengine.store.tables import Correction, Error
from syncengine.terms import WAITING, OutboxState

#: So many corrections are let run in one transaction.
PORTION = 1_000
#: What the line of the audit trail about all corrections of a cause is called.
WHOLE_CAUSE = "corrections of a cause wanted"
#: What follows what a correction will do, of a company that is not connected.
LATER = syncing.LATER.format(does="does this, then sends the record")


@rights.needs(rights.Permission.MANAGE)
def correct_now(session: Session, error_id: int, *, seen: str | None = None) -> str:
    """Let the correction of an error run with the next sync, without waiting (D7), and ask for that sync where one can run.

    Works for a correction that is a matter of policy, too: the person has been shown what it will do, and `seen` is that
    correction's mark as `queries.correction_of` gave it. Returns what it will do, in a sentence, as far as the person may
    read it: hidden where it tells of an accounting list that is closed to them. For a company that is not connected to QuickBooks
    `LATER` comes after it: no sync is asked for, and the first one after it is connected carries it out.

    Raises Refused where the error has gone, where there is nothing that the machine could do, or where it would do something
    else than was seen.
    """
    now = session.clock.now()
    with session.database.writing() as connection:
        people.hold(connection, session.company_id)  # whoever is cutting the company off is waited for
        outbox.lock(connection, session.company_id)  # and whoever is taking the row out
        row = _row(connection, _error(connection, session.company_id, int(error_id)))
        error = _error(connection, session.company_id, int(error_id))  # again: who ends it holds the row while doing so
        offered = _offered(connection, error)
        if seen is not None and seen != corrections.mark(offered):
            raise Refused("What it would do has changed since you saw it. Look at it again.")
        if row["unanswered"] or row["state"] == OutboxState.RUNNING:
            raise Refused("The record is being sent just now. Wait for the end of this sync.")
        corrections.become(connection, offered["id"], state=WANTED, wanted_at=now, wanted_by=session.actor)
        syncs = syncing.follow_up(connection, session.company_id, now, by=session.actor)
        _audit(connection, session, offered, "correction wanted")
    says = str(telling.worded(offered, rights.of(session))["says"])
    return says if syncs else f"{says} {LATER}"


@rights.needs(rights.Permission.MANAGE)
def correct_group(
    session: Session, group_key: str, count: int, newest: int, *, on: Callable[[int, int], None] | None = None
) -> Acted:
    """Let every correction that is offered for one cause run with the next sync, and ask for that sync where one can run.

    `count` and `newest` are those that `queries.group_correction` gave to the person. It is done in portions of a thousand, each
    in a transaction of its own; `on` is told after each how many are done, of how many. What a portion finds taken back or being
    sent by then is left as it is, and counted among the refused. Whatever breaks it off, by `on` too, the portions before it
    stand: they have their line in the audit trail, and a sync is asked for. For a company that is not connected to QuickBooks none
    is, and `later` of the answer says so: the first one after it is connected carries them out.

    Raises:
        Refused: something else is offered by now than was seen, or nothing; nothing has happened then.
        Forbidden: the right was taken away meanwhile; the portions before it stand, and no sync is asked for.
    """
    with session.database.writing() as connection:  # where the right is asked for once more
        now = corrections.seen_of(connection, session.company_id, group_key)
        if now != (int(count), int(newest)):
            raise Refused(f"What it would do has changed since you saw it: {now[0]:,} can be corrected now. Look at it again.")
        offered = corrections.offered_for(session.company_id, group_key)
        wanted = select(Correction.id).where(*offered)
        ids = list(connection.scalars(wanted.order_by(Correction.id)))
    done, allowed, syncs = 0, True, True
    try:
        for start in range(0, len(ids), PORTION):
            part = ids[start : start + PORTION]
            with session.database.writing() as connection:
                outbox.lock(connection, session.company_id)
                number = want(connection, session, part)
            done += number
            if on is not None:
                on(start + len(part), len(ids))  # what it raises, as a page does that is drawn anew, undoes nothing
    except Forbidden:
        allowed = False
        raise
    finally:
        if done:
            syncs = _note_whole(session, group_key, done, may_sync=allowed)
    if not done:
        raise Refused("There is nothing to correct: all of it is being sent just now, or nothing is offered any more.")
    left = len(ids) - done
    alone = (f"{left:,} of them stay as they are: they are being sent just now, or changed meanwhile.",) if left else ()
    return Acted(done, alone, later="" if syncs else syncing.LATER.format(does=f"corrects {done:,}, then sends them"))


def _note_whole(session: Session, group_key: str, number: int, *, may_sync: bool) -> bool:
    """The line of the audit trail about what was let run, also before a right was taken away; and the sync that follows.

    Whether one follows.
    """
    now = session.clock.now()
    with session.database.unchecked().writing() as connection:
        people.hold(connection, session.company_id)  # whoever is cutting the company off is waited for
        line = audit.Line(WHOLE_CAUSE, session.actor, detail={"cause": group_key, "number": number})
        audit.write(connection, session.company_id, now, [line])
        return may_sync and syncing.follow_up(connection, session.company_id, now, by=session.actor)


def want(connection: Connection, session: Session, ids: Sequence[int]) -> int:
    """Let those of the corrections run that are still offered, for an open error, and whose record waits; how many.

    The caller holds the queue's lock (`outbox.lock`).
    """
    mine = (Correction.id.in_(ids), Correction.company_id == session.company_id)
    held = outbox.load(connection, connection.scalars(select(Correction.outbox_id).where(*mine)))
    waiting = [row["id"] for row in held.values() if row["state"] in WAITING and not row["unanswered"]]
    still = (*mine, Correction.state == OFFERED, Correction.outbox_id.in_(waiting), corrections.for_open(session.company_id))
    asked = select(Correction.__table__).where(*still).order_by(Correction.id)
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
        outbox.lock(connection, session.company_id)
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


def _row(connection: Connection, error: RowMapping) -> RowMapping:
    """The row of an error, held; Refused where it is not in the queue any more."""
    row = outbox.load(connection, [error["outbox_id"]]).get(error["outbox_id"])
    if row is None or row["state"] not in outbox.OPEN:
        raise Refused("This record is no longer in the queue.")
    return row


def _offered(connection: Connection, error: RowMapping) -> RowMapping:
    """What is offered for an error, held."""
    rows = corrections.held_of(connection, error["id"])
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
