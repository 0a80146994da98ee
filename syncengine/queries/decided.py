"""What was decided: conflicts, documents that had drifted, and questions of syncs that had stopped, each with who and when."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, cast, literal, null, select, union_all

from syncengine.queries.said import in_words
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.tables import Brake, Conflict, Drift
from syncengine.store.veil import veiled

if TYPE_CHECKING:
    import pandas as pd

#: What a decision was about.
CONFLICT, DRIFT, QUESTION = "conflict", "drift", "question"
_DECISIONS = {
    "at": "datetime64[us, UTC]",
    "by": "str",
    "what": "str",
    "entity": "str",
    "kind": "str",
    "record_id": "Int64",
    "label": "str",
    "about": "str",
    "answer": "str",
    "ours": "str",
    "theirs": "str",
}


@rights.needs(rights.Permission.SEE_SYNC)
def decisions(session: Session, *, page: int = 1, size: int = 50) -> pd.DataFrame:
    """Decisions, newest first: `what` is conflict, drift or question; `about` is the field, what had happened, or the question.

    `answer` is ours or theirs, go or keep, or gone where the difference went away by itself. `ours` and `theirs` are the two
    values of a conflict in people's words, hidden from who may not see the list that it belongs to.
    """
    from syncengine.queries._frames import frame

    asked = {"company": session.company_id, "first": (int(page) - 1) * int(size), "most": int(size)}
    mine = rights.of(session)
    with session.database.reading() as connection:
        rows = connection.execute(_every(), asked).mappings().all()
        values = _values(connection, session.company_id, mine, [row["id"] for row in rows if row["what"] == CONFLICT])
    told = [{**row, **(values.get(row["id"], {}) if row["what"] == CONFLICT else {})} for row in rows]
    return frame(veiled(told, mine), _DECISIONS)


@cache
def _every() -> Select[*tuple[Any, ...]]:
    """All three in one order, put into SQL once: to build it takes longer than to have it answered."""
    found = union_all(*_kinds(bindparam("company", type_=Integer))).subquery()
    wanted = select(found).order_by(found.c.at.desc(), found.c.what, found.c.id.desc())
    return wanted.offset(bindparam("first", type_=Integer)).limit(bindparam("most", type_=Integer))


def _kinds(company_id: ColumnElement[int]) -> Iterator[Select[*tuple[Any, ...]]]:
    yield select(
        Conflict.id, literal(CONFLICT).label("what"), Conflict.resolved_at.label("at"), Conflict.resolved_by.label("by"),
        Conflict.entity, Conflict.kind, Conflict.record_id, Conflict.label, Conflict.field.label("about"),
        Conflict.resolution.label("answer"),
    ).where(Conflict.company_id == company_id, Conflict.resolved_at.is_not(None))  # fmt: skip
    yield select(
        Drift.id, literal(DRIFT), Drift.resolved_at, Drift.resolved_by, Drift.entity, Drift.kind, Drift.record_id, Drift.label,
        Drift.what, Drift.resolution,
    ).where(Drift.company_id == company_id, Drift.resolved_at.is_not(None))  # fmt: skip
    yield select(
        Brake.id, literal(QUESTION), Brake.answered_at, Brake.answered_by, literal(""), literal(""), cast(null(), Integer),
        literal(""), Brake.question, Brake.answer,
    ).where(Brake.company_id == company_id, Brake.answered_at.is_not(None))  # fmt: skip


def _values(connection: Connection, company_id: int, held: rights.Rights, ids: list[int]) -> dict[int, dict[str, str]]:
    """The two values of conflicts in people's words, by their ids; of lines, what differs in them."""
    columns = (Conflict.id, Conflict.entity, Conflict.field, Conflict.ours, Conflict.theirs)
    rows = connection.execute(select(*columns).where(Conflict.id.in_(ids))).all() if ids else []
    told = in_words(connection, company_id, held, [(row.entity, row.field, row.ours, row.theirs) for row in rows])
    return {row.id: {"ours": _together(said, 1), "theirs": _together(said, 2)} for row, said in zip(rows, told, strict=True)}


def _together(said: list[tuple[str, ...]], side: int) -> str:
    return "; ".join(each[side] for each in said)
