"""Acting on everything that matches a filter of the queue, as the person saw it, all or nothing; and taking a removal back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine.commands._session import Session
from syncengine.commands.rows import REMOVED, Acted, busy, in_vain, lean, send_last, take_out, try_again
from syncengine.engine.wanted import ATTENTION, Mark, Wanted
from syncengine.errors import Refused
from syncengine.store import audit, outbox, returning, rights
from syncengine.store.tables import Audit

#: What the line of the audit trail about a whole act is called, by what was done.
MOVED, RETRIED, ADDED = "moved what matched to the bottom", "retried what matched", "added back to the queue"
#: Why some of what matches is left as it is, by what speaks against it.
_LEFT: Mapping[Callable[[Any], str], str] = {
    busy: "they are being sent just now, or QuickBooks' answer is awaited",
    in_vain: "they are being sent just now, QuickBooks' answer is awaited, or somebody has to choose on Conflicts and drift",
}


@rights.needs(rights.Permission.SYNC)
def remove_matching(session: Session, matching: Wanted, seen: Mark) -> Acted:
    """Take everything that matches out of the queue; `add_back` with its `act` takes that back.

    `seen` is `queries.queue_mark` of the same filter, as the person saw it. Rows that are being sent, or whose answer is
    awaited, stay.

    Raises:
        Refused: other rows match by now, or some have moved on; or none of them can be removed. Nothing has happened then.
    """

    def act(connection: Connection, rows: Sequence[Any]) -> int:
        return take_out(connection, session, rows, filter=matching.told())

    return _on_all(session, matching, seen, act)


@rights.needs(rights.Permission.SYNC)
def move_matching_to_bottom(session: Session, matching: Wanted, seen: Mark) -> Acted:
    """Send everything that matches to the end of the queue, in its present order. Refuses as `remove_matching` does."""

    def act(connection: Connection, rows: Sequence[Any]) -> int:
        _say(connection, session, MOVED, matching, rows)
        return send_last(connection, session, rows)

    return _on_all(session, matching, seen, act)


@rights.needs(rights.Permission.SYNC)
def retry_matching(session: Session, matching: Wanted, seen: Mark) -> Acted:
    """Try everything that matches and has failed again with the next sync. `seen` is the mark of `matching.only(ATTENTION)`.

    Refuses as `remove_matching` does.
    """
    failing = matching.only(ATTENTION)
    if failing is None:
        raise Refused("The next sync sends these in any case. There is nothing to try again.")

    def act(connection: Connection, rows: Sequence[Any]) -> int:
        _say(connection, session, RETRIED, failing, rows)
        return try_again(connection, session, rows)

    return _on_all(session, failing, seen, act, in_vain)


@rights.needs(rights.Permission.SYNC)
def add_back(session: Session, act: int) -> Acted:
    """Queue again what one removal took out, at the end of the queue; what waits again by now is left as it is.

    `act` is what `remove` or `remove_matching` has answered.

    Raises:
        Refused: there was no such removal, or all of it is in the queue again.
    """
    with session.database.writing() as connection:
        outbox.lock(connection, session.company_id)
        now, line = session.clock.now(), removal(connection, session.company_id, int(act))
        done = queue_again(connection, session, returning.taken_out(connection, session.company_id, line))
        if not done:
            raise Refused("Everything that was removed is in the queue again already.")
        told = audit.Line(ADDED, session.actor, detail={"number": done, "act": int(act)})
        audit.write(connection, session.company_id, now, [told])
    return Acted(done)


def queue_again(connection: Connection, session: Session, taken: returning.TakenOut) -> int:
    """Put rows that were taken out at the end of the queue, but for those whose record waits again; how many."""
    company_id, now = session.company_id, session.clock.now()
    changed = returning.queued_since(connection, company_id, taken)
    done = returning.put_back(connection, company_id, now, taken, actor=session.actor)
    for entity, kind in dict.fromkeys((row["entity"], row["kind"]) for row in changed):
        ids = [row["record_id"] for row in changed if (row["entity"], row["kind"]) == (entity, kind)]
        done += _queue_anew(connection, session, entity, kind, ids)
    return done


def _queue_anew(connection: Connection, session: Session, entity: str, kind: str, record_ids: Sequence[int]) -> int:
    """What was queued since the removal may be called otherwise by now, or be gone: it is looked at anew, one by one."""
    from syncengine.engine import capture

    open_rows = outbox.open_of_records(connection, session.company_id, [(entity, kind, each) for each in record_ids])
    waiting = {row["record_id"] for row in open_rows}
    fresh = [each for each in record_ids if each not in waiting]
    for part in outbox.chunks(fresh):
        capture.enqueue(connection, session.company_id, kind, part, session.clock.now(), by=session.actor, only=entity)
    return len(fresh)


def removal(connection: Connection, company_id: int, act: int) -> RowMapping:
    """The line of the audit trail that a removal is called by."""
    line = connection.execute(select(Audit.__table__).where(Audit.id == act, Audit.company_id == company_id)).mappings().first()
    if line is None or line["event"] != REMOVED:
        raise Refused("There is no such removal in this company.")
    return line


def _say(connection: Connection, session: Session, event: str, matching: Wanted, rows: Sequence[Any]) -> None:
    line = audit.Line(event, session.actor, detail={"number": len(rows), "filter": matching.told()})
    audit.begin(connection, session.company_id, session.clock.now(), line)


def _on_all(
    session: Session,
    matching: Wanted,
    seen: Mark,
    act: Callable[[Connection, Sequence[Any]], int],
    against: Callable[[Any], str] = busy,
) -> Acted:
    """Act in one transaction on all that matches, if it still is what the person saw; but not on what `against` speaks against."""
    with session.database.writing() as connection:
        outbox.lock(connection, session.company_id)
        rows = lean(connection, matching.within(session.company_id))
        insist(Mark(len(rows), max((row.id for row in rows), default=0), sum(row.version for row in rows)), seen)
        good = [row for row in rows if not against(row)]
        if not good:
            raise Refused(f"There is nothing to act on: nothing matches, or {_LEFT[against]}.")
        done = act(connection, good)
    left = len(rows) - len(good)
    why = f"{left:,} of them stay as they are: {_LEFT[against]}."
    return Acted(len(good), (why,) if left else (), done)


def insist(now: Mark, seen: Mark) -> None:
    """Raise Refused unless the rows stand as the person saw them."""
    if now.count != seen.count:
        raise Refused(f"{seen.count:,} matched when you looked, and {now.count:,} do now. Nothing was changed: look again.")
    if now != seen:
        raise Refused("Some of what matches has moved on since you looked. Nothing was changed: look again.")
