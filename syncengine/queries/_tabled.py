"""Questions whose columns lie in tables as they are: what the database can narrow, group and add up by itself.

Each is said once more here as a table with columns; what is reckoned for a page of it (names, forecasts, payloads that may be
closed) is left out, and so is a question that looks for a text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, Integer, String, Text, and_, func

from syncengine.db.types import JsonText, Money, Utc
from syncengine.entities import BY_KIND
from syncengine.queries import exchanges, history, troubles
from syncengine.store import audit, failing, rights
from syncengine.store.rights import Rights
from syncengine.store.tables import Attempt, AttemptItem, Audit, Cycle, Error, Outbox


@dataclass(frozen=True)
class Table:
    """A question as a table.

    Attributes:
        source: where its rows lie.
        columns: those of its answer that the database knows, by name.
        where: which rows are the question's.
    """

    source: FromClause
    columns: Mapping[str, ColumnElement[Any]]
    where: tuple[ColumnElement[bool], ...]


def kind(column: ColumnElement[Any]) -> str:
    """What a column holds: `text`, `moment`, `amount`, `whole` or `truth`; empty for what nobody groups by."""
    return next((name for types, name in _KINDS if isinstance(column.type, types)), "")


_KINDS: tuple[tuple[Any, str], ...] = (
    (JsonText, ""), (Money, "amount"), (Utc, "moment"), (Boolean, "truth"), (Integer, "whole"), ((String, Text), "text"),
)  # fmt: skip


def table(
    question: Callable[..., Any], company_id: int, held: Rights, asked: Mapping[str, Any], names: frozenset[str]
) -> Table | None:
    """The question with its arguments as a table, of what these rights show; None where it is none.

    `names` are the columns that are wanted: what only others need is not joined.
    """
    known = _TABLES.get(question)
    return known(company_id, held, dict(asked), names) if known is not None else None


def _runs(company_id: int, _held: Rights, asked: dict[str, Any], _names: frozenset[str]) -> Table:
    where = [Cycle.company_id == company_id, *_between(Cycle.id, asked)]
    if result := asked.get("result"):
        where.append(Cycle.result == result)
    return Table(Cycle.__table__, {name: Cycle.__table__.c[name] for name in history.COLUMNS}, tuple(where))


#: What of an error only its row in the queue knows.
_OF_ROW = {"version": Outbox.version, "state": Outbox.state, "unanswered": func.coalesce(Outbox.unanswered, False)}


def _errors(company_id: int, _held: Rights, asked: dict[str, Any], names: frozenset[str]) -> Table:
    own: Any = Error.__table__
    columns: dict[str, Any] = {name: _OF_ROW[name] if name in _OF_ROW else own.c[name] for name in troubles.ERRORS}
    where = (Error.company_id == company_id, Error.closed_at.is_(None), *failing.narrowing(**asked))
    same = and_(Outbox.id == Error.outbox_id, Outbox.company_id == Error.company_id)
    return Table(own.outerjoin(Outbox, same) if names & _OF_ROW.keys() else own, columns, where)


#: What of a request that was sent its attempt knows, and its row in the queue.
_OF_ATTEMPT = {"at": "made_at", **{name: name for name in ("answered_at", "cycle_id", "requestid", "tid", "sends")}}
_OF_RECORD = frozenset({"kind", "record_id", "label"})


def _sends(company_id: int, _held: Rights, asked: dict[str, Any], names: frozenset[str]) -> Table | None:
    if str(asked.get("search") or "").strip():
        return None
    where = [AttemptItem.company_id == company_id, *_between(AttemptItem.id, asked)]
    if outcome := asked.get("outcome"):
        where.append(AttemptItem.outcome == outcome)
    if (run := asked.get("run_id")) is not None:
        where += [Attempt.company_id == company_id, Attempt.cycle_id == int(run)]
    if of := asked.get("kind"):
        where += [AttemptItem.entity.in_([entity.name for entity in BY_KIND.get(of, ())]), Outbox.kind == of]
    if (record := asked.get("record_id")) is not None:
        where += [Outbox.company_id == company_id, Outbox.record_id == int(record)]
    source: Any = AttemptItem.__table__
    if names & _OF_ATTEMPT.keys() or run is not None:
        source = source.join(Attempt, Attempt.id == AttemptItem.attempt_id)
    if names & _OF_RECORD or of or record is not None:
        source = source.join(Outbox, Outbox.id == AttemptItem.outbox_id)
    # Neither the requests nor the answers: whose list is closed does not see them.
    columns: dict[str, Any] = {name: AttemptItem.__table__.c[name] for name in ("id", "entity", "operation", "outcome", "qbo_id")}
    columns |= {name: Attempt.__table__.c[own] for name, own in _OF_ATTEMPT.items()}
    return Table(source, {**columns, **{name: Outbox.__table__.c[name] for name in _OF_RECORD}}, tuple(where))


def _received(company_id: int, _held: Rights, asked: dict[str, Any], _names: frozenset[str]) -> Table | None:
    where = [audit.RECEIVED]
    if asked.get("run_id") is not None:
        where.append(Audit.cycle_id == int(asked["run_id"]))
    return _lines(company_id, where, asked)


def _acts(company_id: int, held: Rights, asked: dict[str, Any], _names: frozenset[str]) -> Table | None:
    where = [audit.ACTS, *audit.shown_to(held)]
    if actor := asked.get("actor"):
        where.append(Audit.actor == actor)
    if act := asked.get("act"):
        where.append(Audit.event == act)
    return _lines(company_id, where, asked)


def _lines(company_id: int, where: list[ColumnElement[bool]], asked: dict[str, Any]) -> Table | None:
    if str(asked.get("search") or "").strip():
        return None
    where = [Audit.company_id == company_id, *where, *_between(Audit.id, asked)]
    if of := asked.get("kind"):
        where.append(Audit.kind == of)
    if asked.get("record_id") is not None:
        where.append(Audit.record_id == int(asked["record_id"]))
    own = ("id", "at", "actor", "event", "kind", "record_id", "cycle_id")
    return Table(Audit.__table__, {name: Audit.__table__.c[name] for name in own}, tuple(where))


def _between(key: Any, asked: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    before, after = asked.get("before"), asked.get("after")
    return [*([key < int(before)] if before is not None else []), *([key > int(after)] if after is not None else [])]


#: By question: what makes a table of it, out of the company, the person's rights, and the arguments.
_TABLES: Mapping[Callable[..., Any], Callable[[int, Rights, dict[str, Any], frozenset[str]], Table | None]] = {
    history.runs: _runs,
    troubles.errors: _errors,
    exchanges.sends: _sends,
    exchanges.received: _received,
    exchanges.acts: _acts,
}


def needed(question: Callable[..., Any]) -> tuple[rights.Permission, ...]:
    """What a person must have to ask it."""
    found = rights.needed(question)
    assert isinstance(found, tuple)  # none of these depends on its arguments  # noqa: S101
    return found
