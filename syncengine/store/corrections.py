"""Corrections of errors: what was offered, wanted, carried out, and what came of it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, case, func, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store import failing, overrides
from syncengine.store.outbox import chunks
from syncengine.store.tables import Correction, Error

#: Shown with what it will do; wanted by a person; begun; its record is on its way again.
OFFERED, WANTED, ACTING, APPLIED = "offered", "wanted", "acting", "applied"
#: The record arrived; it was refused all the same; the error went away first; a person took it back.
DONE, FAILED, WITHDRAWN, UNDONE = "done", "failed", "withdrawn", "undone"
#: Those that still have something before them.
OPEN = (OFFERED, WANTED, ACTING, APPLIED)
# What every page of the queue asks for is put into SQL once.
_IN_STATES = (
    select(Correction.__table__)
    .where(Correction.company_id == bindparam("company"), Correction.state.in_(bindparam("states", expanding=True)))
    .order_by(Correction.id)
)
_OF_ERRORS = (
    select(Correction.__table__).where(Correction.error_id.in_(bindparam("ids", expanding=True))).order_by(Correction.id)
)


def in_states(
    connection: Connection, company_id: int, states: Sequence[str], *, error_id: int | None = None
) -> list[RowMapping]:
    """All in these states, oldest first; of one error where it is given."""
    wanted = _IN_STATES if error_id is None else _IN_STATES.where(Correction.error_id == error_id)
    return list(connection.execute(wanted, {"company": company_id, "states": list(states)}).mappings())


def of_errors(connection: Connection, error_ids: Iterable[int]) -> dict[int, list[RowMapping]]:
    """By error, all its corrections, oldest first."""
    found: dict[int, list[RowMapping]] = {}
    for part in chunks(error_ids):
        for row in connection.execute(_OF_ERRORS, {"ids": part}).mappings():
            found.setdefault(row["error_id"], []).append(row)
    return found


def held_of(connection: Connection, error_id: int) -> list[RowMapping]:
    """All of one error, oldest first, locked against other writers where the database can."""
    return list(connection.execute(_OF_ERRORS.with_for_update(), {"ids": [error_id]}).mappings())


def offered_for(company_id: int, group_key: str) -> list[ColumnElement[bool]]:
    """The conditions of all that is offered for one cause."""
    errors = select(Error.id).where(*failing.of_records(company_id, group_key=group_key))
    return [Correction.company_id == company_id, Correction.state == OFFERED, _for_one_of(errors)]


def for_open(company_id: int) -> ColumnElement[bool]:
    """Whether the error that a correction is for is open still."""
    return _for_one_of(select(Error.id).where(Error.company_id == company_id, Error.closed_at.is_(None)))


def _for_one_of(errors: Select[int]) -> ColumnElement[bool]:
    """Whether the error of a correction is among these, which are read once.

    As a join, PostgreSQL reads all of them for each correction where it knows nothing yet of what failed a moment ago, and takes
    them for one; a CASE is nothing that it makes a join of.
    """
    return case((Correction.error_id.in_(errors), 1), else_=0) == 1


def seen_of(connection: Connection, company_id: int, group_key: str) -> tuple[int, int]:
    """How much is offered for one cause, and the highest id among it: an offer that says something else gets an id of its own."""
    asked = select(func.count(), func.coalesce(func.max(Correction.id), 0))
    number, newest = connection.execute(asked.where(*offered_for(company_id, group_key))).one()
    return int(number), int(newest)


def mark(row: Mapping[Any, Any]) -> str:
    """What tells whether a correction would still do just what a person has been shown."""
    acts = {name: part for name, part in row["verdict"].items() if name != "told"}
    text = json.dumps([row["says"], acts], sort_keys=True, default=str)
    return f"{row['id']}-{zlib.crc32(text.encode()):08x}"


def load(connection: Connection, company_id: int, correction_id: int) -> RowMapping | None:
    """One of the company's, locked against other writers where the database can."""
    wanted = select(Correction.__table__).where(Correction.id == correction_id, Correction.company_id == company_id)
    return connection.execute(wanted.with_for_update()).mappings().first()


def offer(connection: Connection, at: datetime, error: RowMapping, *, name: str, klass: str, says: str, verdict: Any) -> None:
    """Offer a correction of an error, instead of what was offered before; where that was the same, it is only renewed.

    What somebody wants by now stays as it was shown to them, if it is the same; otherwise it is withdrawn.
    """
    columns = (Correction.id, Correction.name, Correction.says, Correction.state)
    asked = select(*columns).where(Correction.error_id == error["id"], Correction.state.in_((OFFERED, WANTED)))
    known = connection.execute(asked.order_by(Correction.id.desc()).with_for_update()).first()
    if known is not None and (known.name, known.says) == (name, says):
        if known.state == OFFERED:
            become(connection, known.id, verdict=verdict, klass=klass)
        return
    withdraw(connection, at, error["id"], "Something else is offered instead.")
    about = {column: error[column] for column in ("company_id", "outbox_id", "entity", "kind", "record_id", "label")}
    connection.execute(
        insert(Correction).values(
            error_id=error["id"], name=name, klass=klass, state=OFFERED, says=says, verdict=verdict, offered_at=at, **about
        )
    )


def withdraw(connection: Connection, at: datetime, error_id: int, why: str) -> None:
    """What was offered for an error is offered no longer."""
    offered = update(Correction).where(Correction.error_id == error_id, Correction.state.in_((OFFERED, WANTED)))
    connection.execute(offered.values(state=WITHDRAWN, outcome=why, done_at=at))


def end_tried(connection: Connection, at: datetime, outbox_ids: Iterable[int]) -> None:
    """A person takes rows in hand: stand-ins whose success is not known end, and our own values go again."""
    for part in chunks(outbox_ids):
        wanted = select(Correction.__table__).where(Correction.outbox_id.in_(part), Correction.state == APPLIED)
        for row in connection.execute(wanted).mappings().all():
            mine = overrides.made_by(connection, row)
            if mine:
                overrides.end(connection, [each["id"] for each in mine], at)
                why = "A person took the record in hand before it was known whether it helped."
                become(connection, row["id"], state=WITHDRAWN, outcome=why, done_at=at)


def become(connection: Connection, correction_id: int, **columns: Any) -> None:
    """Move on to another state, with whatever else there is to say."""
    connection.execute(update(Correction).where(Correction.id == correction_id).values(**columns))
