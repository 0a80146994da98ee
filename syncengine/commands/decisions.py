"""Decisions that only a person makes: which side is right in a conflict, or where a document has drifted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from syncengine.commands._session import Session
from syncengine.engine import resolve
from syncengine.engine.resolve import Side
from syncengine.errors import Refused
from syncengine.store import rights

__all__ = ["Side", "answer_brake", "answer_drift", "choose", "choose_sides"]


@rights.needs(rights.Permission.MANAGE)
def choose(session: Session, conflict_id: int, side: Literal["ours", "theirs"]) -> None:
    """Settle one conflict: `ours` sends the inventory's value, `theirs` takes QuickBooks'; the next sync carries it out.

    Raises Refused where the conflict is settled already, or is another company's.
    """
    with session.database.writing() as connection:
        # int(): numpy's integers are bound as bytes by SQLite, and then match nothing.
        resolve.choose(connection, session.company_id, int(conflict_id), side, session.actor, session.clock.now())


@rights.needs(rights.Permission.MANAGE)
def choose_sides(session: Session, choices: Iterable[Side]) -> int:
    """Settle several conflicts at once, each as a `Side`, all of them or none; how many were settled.

    The next sync carries it out. Raises Refused where nothing was chosen, where one is settled already, or where one has other
    values by now than those that the person saw.
    """
    chosen = [Side(int(each.conflict_id), each.side, each.seen) for each in choices]
    if not chosen:
        raise Refused("Choose a side for at least one field first.")
    with session.database.writing() as connection:
        resolve.choose_sides(connection, session.company_id, chosen, session.actor, session.clock.now())
    return len(chosen)


@rights.needs(rights.Permission.MANAGE)
def answer_drift(session: Session, drift_id: int, answer: Literal["ours", "theirs"]) -> None:
    """Answer a drift: `ours` sends our document again with the next sync, `theirs` lets QuickBooks' stand as it is.

    Raises Refused where it is settled already, or is another company's, or QuickBooks' document has changed again since.
    """
    with session.database.writing() as connection:
        resolve.answer_drift(connection, session.company_id, int(drift_id), answer, session.actor, session.clock.now())


@rights.needs(rights.Permission.MANAGE)
def answer_brake(session: Session, brake_id: int, answer: Literal["go", "keep"]) -> None:
    """Answer a sync that stopped to ask: `go` lets exactly that through once, with `keep` the next sync looks again.

    Raises Refused where it is answered already, or is another company's.
    """
    with session.database.writing() as connection:
        resolve.answer_brake(connection, session.company_id, int(brake_id), answer, session.actor, session.clock.now())
