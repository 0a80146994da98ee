"""How many rows are listed, by kind and state: counted once for all that a page tells of the queue."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, func, literal_column, select

from syncengine.store.outbox.states import LISTED, OPEN
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState

#: Those that failed or need a person, and those that simply wait or are on their way.
FAILING = frozenset({OutboxState.RETRYABLE, OutboxState.PARKED})
SENDING = frozenset({OutboxState.AVAILABLE, OutboxState.RUNNING})


@dataclass(frozen=True)
class Tally:
    """How many rows of a company are listed; kinds and states of which there are none are left out.

    Attributes:
        by_kind: by the inventory kind, in alphabetical order, and by state.
    """

    by_kind: Mapping[str, Mapping[OutboxState, int]]

    def number(self, states: Container[OutboxState] = OPEN, *, kind: str = "") -> int:
        """How many rows are in any of `states`, of one kind or, without one, of all."""
        counted = self.by_kind.values() if not kind else [self.by_kind.get(kind, {})]
        return sum(number for by_state in counted for state, number in by_state.items() if state in states)


def _asked() -> Select[Any]:
    """One row for each kind that is there, with the number in each state.

    From one kind to the next in the index of the kinds, and in it from one state to the next: each number is the length of one
    stretch, which is counted in half of the time that it takes to group the rows.
    """
    ours = Outbox.company_id == bindparam("company", type_=Integer)
    kinds = select(func.min(Outbox.kind).label("kind")).where(ours, LISTED).cte("kinds", recursive=True)
    following = select(func.min(Outbox.kind)).where(ours, LISTED, Outbox.kind > kinds.c.kind).scalar_subquery()
    kinds = kinds.union_all(select(following).where(kinds.c.kind.is_not(None)))
    same = (ours, Outbox.kind == kinds.c.kind, LISTED)
    number = [
        select(func.count()).select_from(Outbox).where(*same, Outbox.state == _said(state)).scalar_subquery().label(state.value)
        for state in OPEN
    ]
    return select(kinds.c.kind, *number).where(kinds.c.kind.is_not(None)).order_by(kinds.c.kind)


def _said(state: OutboxState) -> ColumnElement[str]:
    """A state in the statement itself: beside a bound value SQLite would ask each row again whether it is listed."""
    return literal_column(f"'{state.value}'")


_ASKED = _asked()


def tally(connection: Connection, company_id: int) -> Tally:
    """The rows of a company as they are listed just now."""
    rows = connection.execute(_ASKED, {"company": company_id}).mappings()
    return Tally({row["kind"]: {state: row[state.value] for state in OPEN if row[state.value]} for row in rows})
