"""Decisions that only a person makes: which side is right in a conflict, or where a document has drifted."""

from __future__ import annotations

from typing import Literal

from syncengine.commands._session import Session
from syncengine.engine import resolve
from syncengine.store import rights


@rights.needs(rights.Permission.MANAGE)
def choose(session: Session, conflict_id: int, side: Literal["ours", "theirs"]) -> None:
    """Settle one conflict: `ours` sends the inventory's value, `theirs` takes QuickBooks'; the next sync carries it out.

    Raises Refused where the conflict is settled already, or is another company's.
    """
    with session.database.writing() as connection:
        # int(): numpy's integers are bound as bytes by SQLite, and then match nothing.
        resolve.choose(connection, session.company_id, int(conflict_id), side, session.actor, session.clock.now())


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
