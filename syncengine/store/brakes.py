"""Brakes: runs that stopped before they did something implausible, and ask (D-M14); one question at a time in a company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store import audit
from syncengine.store.tables import Brake

#: What made a run stop.
EMPTIED, IMPLAUSIBLE = "emptied", "implausible"
#: So many answers back an approval may lie: what was let through is compared with what comes now.
_REMEMBERED = 20
#: Asked at every cycle and on every page, and so put into SQL once.
_OPEN = select(Brake.__table__).where(Brake.company_id == bindparam("company"), Brake.answered_at.is_(None))


def open_of(connection: Connection, company_id: int) -> RowMapping | None:
    """The question that waits for an answer; None where there is none."""
    return connection.execute(_OPEN, {"company": company_id}).mappings().first()


def let_through(connection: Connection, company_id: int) -> set[str]:
    """Marks of the single changes that people have let through. Each names one change, so that it counts once."""
    wanted = select(Brake.facts).where(Brake.company_id == company_id, Brake.answer == "go")
    facts = connection.scalars(wanted.order_by(Brake.id.desc()).limit(_REMEMBERED))
    return {mark for each in facts for mark in each.get("marks", ())}


def ask(
    connection: Connection,
    company_id: int,
    at: datetime,
    *,
    what: str,
    question: str,
    facts: Mapping[str, Any],
    cycle_id: int | None,
) -> None:
    """Put the question, or renew the one that waits."""
    known = open_of(connection, company_id)
    values = {"what": what, "question": question, "facts": dict(facts), "cycle_id": cycle_id}
    if known is None:
        connection.execute(insert(Brake).values(company_id=company_id, opened_at=at, **values))
        detail = {"what": what, "question": question}
        audit.write(connection, company_id, at, [audit.Line("stopped to ask", cycle_id=cycle_id, detail=detail)])
    elif set(known["facts"].get("marks", ())) != set(facts["marks"]):
        # Another question than the one that people read: it gets an id of its own.
        answer(connection, company_id, known["id"], at, "keep", by=audit.ENGINE)
        ask(connection, company_id, at, what=what, question=question, facts=facts, cycle_id=cycle_id)


def answer(connection: Connection, company_id: int, brake_id: int, at: datetime, given: str, *, by: str) -> bool:
    """Answer an open question; False where it is not open."""
    changed = connection.execute(
        update(Brake)
        .where(Brake.id == brake_id, Brake.company_id == company_id, Brake.answered_at.is_(None))
        .values(answered_at=at, answer=given, answered_by=by)
    )
    if not changed.rowcount:
        return False
    audit.write(connection, company_id, at, [audit.Line("answered", by, detail={"question": brake_id, "answer": given})])
    return True
