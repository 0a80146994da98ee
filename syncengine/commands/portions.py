"""Carrying out what was asked for in `longacts`: the rows were kept as the person saw them, and are done in portions.

Each portion is a short transaction of its own that takes its rows, its progress and its place in the act with it: whoever
carries on after a crash, or at the same time, does no row twice. A row that has moved on since it was asked for is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, String, cast, func, literal, select
from sqlalchemy.engine import RowMapping

from syncengine.clock import Clock
from syncengine.commands import corrections as correcting
from syncengine.commands import fileends, fileparts, syncing
from syncengine.commands._session import Session
from syncengine.commands.matching import ADDED, MOVED, RETRIED, queue_again, removal
from syncengine.commands.rows import REMOVED, busy, cancel, in_vain, lean, send_last, try_again
from syncengine.db.engine import Database
from syncengine.engine.wanted import Wanted
from syncengine.errors import Refused
from syncengine.failpoints import failpoint
from syncengine.store import audit, corrections, failing, longacts, outbox, people, returning, rights
from syncengine.store.longacts import ADD_BACK, BOTTOM, CORRECT, REMOVE, RETRY, RETRY_ERRORS
from syncengine.store.tables import Correction, Error, Outbox

#: What each takes; what is not here is an owner's.
NEEDS: Mapping[str, rights.Permission] = {
    **dict.fromkeys((REMOVE, BOTTOM, RETRY, ADD_BACK, RETRY_ERRORS), rights.Permission.SYNC),
    **dict.fromkeys((CORRECT, *fileparts.WHAT), rights.Permission.MANAGE),
}
#: What the line of the audit trail about the whole act is called.
_LINES: Mapping[str, str] = {
    REMOVE: REMOVED, BOTTOM: MOVED, RETRY: RETRIED, ADD_BACK: ADDED, RETRY_ERRORS: RETRIED, CORRECT: correcting.WHOLE_CAUSE,
}  # fmt: skip
#: What became of the records, for the person who asked.
_BECAME: Mapping[str, str] = {
    REMOVE: "were removed from the queue",
    BOTTOM: "were moved to the bottom",
    RETRY: "will be tried again with the next sync",
    ADD_BACK: "were added back, at the end of the queue",
    RETRY_ERRORS: "will be tried again with the next sync",
    CORRECT: "will be corrected with the next sync",
}
#: Why some were left alone.
_MOVED = "they are being sent just now, or have changed since you looked"
_LEFT: Mapping[str, str] = {
    ADD_BACK: "they wait already",
    **dict.fromkeys((RETRY, RETRY_ERRORS), f"{_MOVED}, or somebody has to choose on Conflicts and drift"),
}
#: So often is one taken up without getting a portion further; then it is given up.
TRIES = 5
#: Pairs of id and version.
Pairs = Sequence[tuple[int, int]]
Rows = Select[Any, Any]


def _right(what: str, *_: object) -> tuple[rights.Permission, ...]:
    return (NEEDS.get(what, rights.Permission.OWN),)


def take_up(database: Database, clock: Clock, act: RowMapping, hand: fileparts.Hand | None = None) -> bool:
    """Count that somebody begins, or carries on; False where that was so too often in vain, and it is given up.

    False, too, while somebody else reads the file that it is about, which counts for nothing.
    """
    with database.writing() as connection:
        held = longacts.load(connection, act["company_id"], act["id"])
        if held is None or held["state"] not in {longacts.ASKED, longacts.DOING}:
            return False
        if not fileparts.claimed(connection, held, clock.now(), hand or fileparts.Hand()):
            return False
        if held["tries"] < TRIES:
            longacts.put(connection, act["id"], tries=held["tries"] + 1)
            return True
        why = "It broke off on something unforeseen, several times; the worker's log says on what."
        finish(connection, held, clock, longacts.FAILED, why)
    return False


@rights.needs(by=_right)
def begin(session: Session, what: str, act_id: int) -> None:
    """Let it begin with the rows that are still as the person saw them; the others are left alone, and counted.

    Raises Refused, and nothing has happened, where rows match that the person has not seen, or none is left.
    """
    with session.database.reading() as connection:
        act = _asked(longacts.load_unlocked(connection, session.company_id, int(act_id)), what)
        pairs, moved = _still(connection, session.company_id, act) if act is not None else ([], 0)
    if act is None:
        return
    with session.database.writing() as connection:
        held = longacts.load(connection, session.company_id, act["id"])
        if held is not None and held["state"] == longacts.ASKED:  # nobody else has begun, and nobody has stopped it
            if what in fileparts.WHAT:
                fileparts.begun(connection, session, held)
            else:
                longacts.begin(connection, held, session.clock.now(), pairs, moved)


def _still(connection: Connection, company_id: int, act: RowMapping) -> tuple[Pairs, int]:
    """The rows that are as they were when it was asked for, in their order, and how many have moved since."""
    if act["what"] in fileparts.WHAT:
        return [], 0
    now = found(connection, company_id, act["what"], act["conditions"])
    if act["what"] == ADD_BACK:  # which is about what one removal took out, and nothing else
        return now, 0
    seen = set(longacts.kept(connection, act["id"]))
    new = {row_id for row_id, _ in now}.difference(row_id for row_id, _ in seen)
    if new:
        raise Refused(f"{len(new):,} match by now that did not when you looked. Nothing was changed: look again.")
    rest = [pair for pair in now if pair in seen]
    if not rest:
        raise Refused(_nothing(act["what"]))
    return rest, len(seen) - len(rest)


def _asked(act: RowMapping | None, what: str) -> RowMapping | None:
    return act if act is not None and (act["state"], act["what"]) == (longacts.ASKED, what) else None


@rights.needs(by=_right)
def carry_on(session: Session, what: str, act_id: int, hand: fileparts.Hand | None = None) -> bool:
    """Do the next portion, in one transaction; whether there may be more to do. After the last one it is over.

    What is about a file is read first, without keeping anybody from writing; `hand` is what the same caller has kept of it.
    Raises Forbidden where the right was taken away meanwhile; what was done stays done.
    """
    hand = hand or fileparts.Hand()
    if what in fileparts.WHAT and (more := _read_on(session, what, act_id, hand)) is not None:
        return more
    with session.database.writing() as connection:
        people.hold(connection, session.company_id)  # whoever is cutting the company off is waited for
        outbox.lock(connection, session.company_id)
        act = longacts.load(connection, session.company_id, int(act_id))
        if act is None or (act["state"], act["what"]) != (longacts.DOING, what):
            return False
        part = longacts.next_part(connection, act["id"])
        if part is None:
            finish(connection, act, session.clock, longacts.DONE)
            return False
        if what == longacts.IMPORT:
            fileparts.write(connection, session, act, part, hand)
        else:
            done = _DOERS[what](connection, session, act, [(int(row_id), int(version)) for row_id, version in part["pairs"]])
            longacts.count(connection, act, part, done)
        failpoint("longact.counted")
    return True


def _read_on(session: Session, what: str, act_id: int, hand: fileparts.Hand) -> bool | None:
    with session.database.reading() as connection:
        act = longacts.load_unlocked(connection, session.company_id, int(act_id))
    if act is None or (act["state"], act["what"]) != (longacts.DOING, what):
        return False
    return fileparts.read_on(session, act, hand)


def give_up(database: Database, clock: Clock, act: RowMapping, why: str) -> None:
    """It cannot go on, for a reason that is told to the person; what was done stays done."""
    with database.writing() as connection:
        held = longacts.load(connection, act["company_id"], act["id"])
        if held is not None and held["state"] in {longacts.ASKED, longacts.DOING}:
            finish(connection, held, clock, longacts.REFUSED, why)


def finish(connection: Connection, act: RowMapping, clock: Clock, state: str, why: str = "", **more: str) -> None:
    """It is over, for the caller who holds its row: its line of the audit trail, with `more`, and what will be told."""
    if act["what"] in fileparts.WHAT:
        fileends.finish(connection, act, clock, state, why)
        return
    now, done, line = clock.now(), act["done"], None
    if done:
        left = {"left as they are": act["total"] - done} if act["total"] > done else {}
        detail = {"number": done, **_told(act), **left, **more}
        event = audit.Line(_LINES[act["what"]], act["asked_by"], detail=detail)
        line = audit.begin(connection, act["company_id"], now, event)
    elif state == longacts.DONE:
        state, why = longacts.REFUSED, _nothing(act["what"])
    corrects = state == longacts.DONE and act["what"] == CORRECT
    syncs = corrects and syncing.follow_up(connection, act["company_id"], now, by=act["asked_by"])
    longacts.end(connection, act["id"], now, state=state, outcome=_outcome(act, state, why, syncs=syncs), line=line)


def _told(act: RowMapping) -> dict[str, Any]:
    """What the line says beside the number, as that of a small act does."""
    what, conditions = act["what"], act["conditions"]
    if what == ADD_BACK:
        return {"act": conditions["act"]}
    if what == CORRECT:
        return {"cause": conditions["group_key"]}
    return {"filter": {name: value for name, value in conditions.items() if value}}


def _nothing(what: str) -> str:
    if what == ADD_BACK:
        return "Everything that was removed is in the queue again already."
    return "Nothing was done: all of it is being sent just now, or has changed since you looked."


def _outcome(act: RowMapping, state: str, why: str, *, syncs: bool) -> str:
    """What became of it, in sentences; `syncs` is whether a sync follows the corrections."""
    done, total = act["done"], act["total"]
    said = f"{done:,} {_BECAME[act['what']]}."
    if state == longacts.DONE:
        if act["what"] == CORRECT:
            later = syncing.LATER.format(does=f"corrects {done:,}, then sends them")
            said = f"A sync was asked for. It corrects {done:,} first, then sends them." if syncs else later
        left = act["left_alone"]
        return f"{said} {left:,} stay as they are: {_LEFT.get(act['what'], _MOVED)}." if left else said
    if not done:
        return why
    return f"{why} Up to then, {done:,} of {total:,} {_BECAME[act['what']]}; the others stay as they are."


# --- which rows it is about, in the order in which they are done ------------------------------------------------------


def found(connection: Connection, company_id: int, what: str, conditions: Mapping[str, Any]) -> Pairs:
    """The rows that fulfil the conditions just now, each with its version, in the order in which they are to be done."""
    rows = connection.execute(_FINDERS[what](connection, company_id, conditions))
    return [(row_id, version) for row_id, version in rows]


def pack(connection: Connection, company_id: int, what: str, conditions: Mapping[str, Any]) -> longacts.Packed:
    """The same rows by one statement, put together by the database: so that a click is quick, however many they are."""
    rows = _FINDERS[what](connection, company_id, conditions).order_by(None).subquery()
    row_id, version = rows.c
    numbered = select(row_id, version, ((func.row_number().over() - 1) // longacts.PORTION).label("part")).subquery()
    row_id, version, part = numbered.c
    pair = literal("[") + cast(row_id, String) + literal(",") + cast(version, String) + literal("]")
    columns = (func.aggregate_strings(pair, ","), func.count(), func.max(row_id), func.sum(version))
    return longacts.Packed.of(connection.execute(select(*columns).group_by(part)).all())


def _matching(_connection: Connection, company_id: int, conditions: Mapping[str, Any]) -> Rows:
    columns = select(Outbox.id, Outbox.version).order_by(Outbox.position, Outbox.id)
    return columns.where(*Wanted(**conditions).within(company_id))


def _taken_out(connection: Connection, company_id: int, conditions: Mapping[str, Any]) -> Rows:
    taken = returning.taken_out(connection, company_id, removal(connection, company_id, conditions["act"]))
    wanted = select(Outbox.id, Outbox.version).where(Outbox.company_id == company_id, Outbox.id.in_(taken))
    return wanted.order_by(Outbox.position, Outbox.id)


def _failed(_connection: Connection, company_id: int, conditions: Mapping[str, Any]) -> Rows:
    failed = select(Error.outbox_id).where(*failing.of_records(company_id, **conditions))
    wanted = select(Outbox.id, Outbox.version).where(Outbox.company_id == company_id, Outbox.id.in_(failed))
    return wanted.order_by(Outbox.position, Outbox.id)


def _offered(_connection: Connection, company_id: int, conditions: Mapping[str, Any]) -> Rows:
    offered = corrections.offered_for(company_id, conditions["group_key"])
    wanted = select(Correction.id, literal(0).label("version")).where(*offered)
    return wanted.order_by(Correction.id)


_FINDERS: Mapping[str, Callable[[Connection, int, Mapping[str, Any]], Rows]] = {
    REMOVE: _matching, BOTTOM: _matching, RETRY: _matching, ADD_BACK: _taken_out, RETRY_ERRORS: _failed, CORRECT: _offered,
}  # fmt: skip


# --- what is done to those of a portion that are still as they were; how many those are -------------------------------


def _as_they_were(connection: Connection, session: Session, pairs: Pairs, *against: Callable[[Any], str]) -> Sequence[Any]:
    held = lean(connection, [Outbox.company_id == session.company_id, Outbox.id.in_([row_id for row_id, _ in pairs])])
    seen = dict(pairs)
    still = [row for row in held if row.version == seen[row.id] and row.state in outbox.OPEN]
    return [row for row in still if not any(why(row) for why in against)]


def _remove(connection: Connection, session: Session, act: RowMapping, pairs: Pairs) -> int:
    rows = _as_they_were(connection, session, pairs, busy)
    cancel(connection, session, rows, session.clock.now(), long_act=act["id"])
    return len(rows)


def _to_bottom(connection: Connection, session: Session, _act: RowMapping, pairs: Pairs) -> int:
    rows = _as_they_were(connection, session, pairs, busy)
    send_last(connection, session, rows)
    return len(rows)


def _retry(connection: Connection, session: Session, _act: RowMapping, pairs: Pairs) -> int:
    rows = _as_they_were(connection, session, pairs, in_vain)
    try_again(connection, session, rows)
    return len(rows)


def _add_back(connection: Connection, session: Session, _act: RowMapping, pairs: Pairs) -> int:
    return queue_again(connection, session, [row_id for row_id, _ in pairs])


def _correct(connection: Connection, session: Session, _act: RowMapping, pairs: Pairs) -> int:
    return correcting.want(connection, session, [correction_id for correction_id, _ in pairs])


_DOERS: Mapping[str, Callable[[Connection, Session, RowMapping, Pairs], int]] = {
    REMOVE: _remove, BOTTOM: _to_bottom, RETRY: _retry, ADD_BACK: _add_back, RETRY_ERRORS: _retry, CORRECT: _correct,
}  # fmt: skip
