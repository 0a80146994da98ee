"""Decisions that only a person makes: which side is right in a conflict."""

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
