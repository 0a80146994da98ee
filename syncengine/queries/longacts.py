"""What the worker is doing for a person with many rows, and what became of what it did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.queries.session import Session
from syncengine.store import filed, longacts, people, rights

#: So long a removal is offered to be taken back: a mistake is often seen on the next morning.
_TAKEN_BACK_WITHIN = timedelta(days=1)


@dataclass(frozen=True)
class LongAct:
    """Something that a person has asked for and that takes longer than a click.

    Attributes:
        id: what `commands.stop_act` wants.
        what, says: what is done, as a word of the program and in words for people; the name of a file only for who may see it.
        by, asked_at: who asked for it, and when.
        state: 'asked' (no worker has begun), 'doing', or how it has ended: 'done', 'refused', 'stopped' or 'failed'.
        done, left, total: how many rows were acted on, how many were left alone, and how many it is about.
        phase, ahead: before the first row of an import is written, 'look' (its file is looked through once more) or 'order' (its
            portions are made), and how many rows that has dealt with; else '' and 0.
        began_at: when a worker began; None before that.
        outcome: what became of it, in sentences; empty before its end, and of a file that one may not see.
        line: what `commands.add_back` calls a removal; 0 where nothing was done.
    """

    id: int
    what: str
    says: str
    by: str
    asked_at: datetime
    state: str
    done: int
    left: int
    total: int
    phase: str
    ahead: int
    began_at: datetime | None
    outcome: str
    line: int

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done, or being done."""
        return self.state in {longacts.ASKED, longacts.DOING}


@rights.needs(rights.Permission.SEE_SYNC)
def long_act(session: Session, act_id: int | None = None) -> LongAct | None:
    """What the worker does in the company just now, or will do as soon as one runs; None where that is nothing.

    With an id, as the commands that ask for one answer it, that one, also after its end; None where there is none.
    """
    with session.database.reading() as connection:
        if act_id is None:
            found = longacts.open_of(connection, session.company_id)
        else:
            found = longacts.load_unlocked(connection, session.company_id, int(act_id))
        return _act(found, named=filed.tells_name(connection, session, found)) if found is not None else None


@rights.needs(rights.Permission.SYNC)
def long_removal(session: Session) -> LongAct | None:
    """The removal that the person may still take back by `commands.ask_add_back`, whichever browser they come with.

    It is the last thing that they have asked the worker for, it took rows out, and it ended within a day; else None.
    """
    with session.database.reading() as connection:
        ended = longacts.ended_since(connection, session.company_id, session.clock.now() - _TAKEN_BACK_WITHIN)
    last = next((each for each in ended if people.same(each["asked_by"], session.actor)), None)
    return _act(last, named=True) if last is not None and last["what"] == longacts.REMOVE and last["line"] else None


def news(connection: Connection, company_id: int) -> tuple[LongAct, ...]:
    """What is under way, and what has ended and was not told to who asked: as everybody may know it, without files' names."""
    return tuple(_act(row, named="file" not in row["conditions"]) for row in longacts.untold(connection, company_id))


def _act(row: RowMapping, *, named: bool) -> LongAct:
    return LongAct(
        id=row["id"],
        what=row["what"],
        says=longacts.says(row, named=named),
        by=row["asked_by"],
        asked_at=row["asked_at"],
        state=row["state"],
        done=row["done"],
        left=row["left_alone"],
        total=row["total"],
        phase=row["phase"],
        ahead=row["ahead"],
        began_at=row["began_at"],
        outcome=(row["outcome"] if named else "") or "",
        line=row["line"] or 0,
    )
