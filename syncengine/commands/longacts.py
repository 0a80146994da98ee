"""Asking the worker for what takes longer than a click: acts on thousands of rows, stopping them, and hearing of their end.

The same acts are done at once, and whole, by the commands of `matching`, `together` and `corrections`; pages call those up to
`AT_ONCE` rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal, Unpack

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from syncengine.commands import fileparts, portions
from syncengine.commands._session import Session
from syncengine.commands.matching import insist, removal
from syncengine.engine.wanted import ATTENTION, Mark, Wanted
from syncengine.errors import Refused
from syncengine.store import corrections, failing, filed, longacts, people, rights
from syncengine.store.failing import Sought
from syncengine.store.tables import Error

#: So many rows are acted on in the click itself, which takes a tenth of a second.
AT_ONCE = 2_000


@rights.needs(rights.Permission.SYNC)
def ask_matching(session: Session, what: Literal["remove", "bottom", "retry"], matching: Wanted, seen: Mark) -> int:
    """Ask for everything that matches to be removed, moved to the bottom or tried again; the id of what was asked for.

    `seen` is `queries.queue_mark` of the same filter (to try again: of `matching.only(ATTENTION)`), as the person saw it. Which
    rows those are is kept, each with its version: what moves on before its turn is left alone and counted. Where others match by
    the time the worker begins, the whole is refused. It goes in portions: `queries.long_act` tells how far it is.

    Raises:
        Refused: other rows match by now, or some have moved on; or something like this is still being done in the company.
    """
    if what not in {longacts.REMOVE, longacts.BOTTOM, longacts.RETRY}:
        raise Refused(f"{what!r} cannot be done with everything that matches.")
    wanted = matching.only(ATTENTION) if what == longacts.RETRY else matching
    if wanted is None:
        raise Refused("The next sync sends these in any case. There is nothing to try again.")
    with session.database.reading() as connection:  # which takes a while, and keeps nobody from writing
        insist_on_rest(connection, session)
        rows = portions.pack(connection, session.company_id, what, asdict(wanted))
    insist(Mark(rows.number, rows.newest, rows.versions), seen)
    with session.database.writing() as connection:
        return put_down(connection, session, what, asdict(wanted), (seen.count, seen.newest, seen.versions), rows.number, rows)


@rights.needs(rights.Permission.SYNC)
def ask_add_back(session: Session, act: int, number: int) -> int:
    """Ask for what one removal took out to be queued again, as `add_back` does; `number` is how many those were."""
    with session.database.writing() as connection:
        line = removal(connection, session.company_id, int(act))
        return put_down(connection, session, longacts.ADD_BACK, {"act": line["id"]}, (), int(number))


@rights.needs(rights.Permission.SYNC)
def ask_retry_errors(session: Session, count: int, newest: int, **sought: Unpack[Sought]) -> int:
    """Ask for all records whose errors match to be tried again, as `retry_errors` does; refused as it refuses."""
    kept = {name: value for name, value in sought.items() if value}
    with session.database.reading() as connection:
        matching = failing.of_records(session.company_id, **sought)
        numbers = connection.execute(select(func.count(), func.coalesce(func.max(Error.id), 0)).where(*matching)).one()
        now, seen = tuple(numbers), (int(count), int(newest))
        rows = portions.pack(connection, session.company_id, longacts.RETRY_ERRORS, kept)
    with session.database.writing() as connection:
        if now != seen:
            raise Refused(f"These errors have changed since you saw them: there are {now[0]:,} now. Look at them again.")
        return put_down(connection, session, longacts.RETRY_ERRORS, kept, seen, rows.number, rows)


@rights.needs(rights.Permission.MANAGE)
def ask_correct_group(session: Session, group_key: str, count: int, newest: int) -> int:
    """Ask for every correction that is offered for one cause, as `correct_group` does; a sync follows where one can run."""
    about = {"group_key": group_key}
    with session.database.reading() as connection:
        now, seen = corrections.seen_of(connection, session.company_id, group_key), (int(count), int(newest))
        rows = portions.pack(connection, session.company_id, longacts.CORRECT, about)
    with session.database.writing() as connection:
        if now != seen:
            raise Refused(f"What it would do has changed since you saw it: {now[0]:,} can be corrected now. Look at it again.")
        return put_down(connection, session, longacts.CORRECT, about, seen, rows.number, rows)


@rights.needs(rights.Permission.SEE_SYNC)
def stop_act(session: Session, act_id: int) -> None:
    """Stop what one has asked for; what was done stays done. An owner may stop what anybody has.

    Raises Refused where it is over already, or somebody else has asked for it.
    """
    with session.database.writing() as connection:
        act = longacts.load(connection, session.company_id, int(act_id))
        if act is None or act["state"] not in {longacts.ASKED, longacts.DOING}:
            raise Refused("It is over already.")
        if not people.same(act["asked_by"], session.actor) and not rights.within(connection, session).may(rights.Permission.OWN):
            raise Refused(f"{act['asked_by']} has asked for it: only they, or an owner, may stop it.")
        nothing = "" if act["done"] or act["what"] in fileparts.WHAT else " Nothing was done before that."
        why = f"{session.actor} has stopped it.{nothing}"
        portions.finish(connection, act, session.clock, longacts.STOPPED, why, **{"stopped by": session.actor})


@rights.needs(rights.Permission.SEE_SYNC)
def acknowledge_act(session: Session, act_id: int) -> str:
    """What became of something that one had asked for, in sentences; it is told once. Raises Refused where that has been."""
    with session.database.writing() as connection:
        act = longacts.load(connection, session.company_id, int(act_id))
        if act is None or act["ended_at"] is None or act["told_at"] is not None or not people.same(act["asked_by"], session.actor):
            raise Refused("There is nothing to tell.")
        longacts.put(connection, act["id"], told_at=session.clock.now())
    return str(act["outcome"])


def insist_on_rest(connection: Connection, session: Session) -> None:
    """Raise Refused while something is being done: two at once would undo what the other relies on."""
    other = longacts.open_of(connection, session.company_id)
    if other is not None:
        named = filed.tells_name(connection, session, other)
        raise Refused(_wait(other, mine=people.same(other["asked_by"], session.actor), named=named))


def _wait(other: RowMapping, *, mine: bool, named: bool) -> str:
    who = "What you have asked for before" if mine else f"What {other['asked_by']} has asked for"
    far = f"{longacts.says(other, named=named)}, {other['done'] + other['left_alone']:,} of {other['total']:,} so far"
    return f"{who} is not done yet: {far}. Wait for its end, then ask again. Nothing was changed."


def put_down(
    connection: Connection,
    session: Session,
    what: str,
    conditions: Mapping[str, Any],
    seen: Sequence[int],
    total: int,
    rows: longacts.Packed | None = None,
) -> int:
    """Put it down, with the rows as they were seen, unless something is being done in the company; nobody else asks meanwhile."""
    longacts.hold(connection, session.company_id)
    insist_on_rest(connection, session)
    wish = longacts.Wish(
        what, conditions, seen, total, session.actor,
        signed_in=getattr(session, "signed_in", False) or getattr(session, "sign_in", None) is not None,
        looked_as=getattr(session, "look_as", ""),
    )  # fmt: skip
    act_id = longacts.ask(connection, session.company_id, session.clock.now(), wish)
    if rows is not None:
        longacts.keep_packed(connection, session.company_id, act_id, rows)
    return act_id
