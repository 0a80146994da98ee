"""Which records stand how with QuickBooks, as conditions for the database: the same answer as a record's own state gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypedDict

from sqlalchemy import Column, ColumnElement, Select, and_, exists, false, literal_column, not_, or_, select
from sqlalchemy.orm import aliased

from syncengine.entities import BY_KIND
from syncengine.errors import Refused
from syncengine.inventory.tables import KINDS
from syncengine.store.outbox import LISTED
from syncengine.store.tables import Binding, Outbox
from syncengine.terms import OutboxState

#: What `state` may be: how a record stands, in four words.
SYNCED, WAITING, FAILED_STATE, NOT_SYNCED = STATES = ("synced", "waiting", "failed", "not synced")
#: Those whose condition names records by their ids; the last one says which they are not.
NAMED = frozenset({SYNCED, WAITING, FAILED_STATE})
FAILED = (OutboxState.PARKED, OutboxState.RETRYABLE)
_COMING = (OutboxState.AVAILABLE, OutboxState.RUNNING)


class RecordsWanted(TypedDict, total=False):
    """What a list of records is narrowed to; what is missing narrows nothing. `since` and `until` count for documents."""

    search: str
    state: str
    since: date | None
    until: date | None


def narrowing(kind: str, company_id: int, **wanted: Any) -> dict[str, Any]:
    """The search and the conditions as `inventory.reader` takes them. Raises Refused for a state that there is none of."""
    table = KINDS[kind].table
    conditions: list[ColumnElement[bool]] = []
    for name, holds in (("since", "__ge__"), ("until", "__le__")):
        if (day := wanted.get(name)) and "txn_date" in table.c:
            conditions.append(getattr(table.c.txn_date, holds)(day))
    if state := wanted.get("state"):
        if state not in STATES:
            raise Refused(f"There is no state {state!r}. A state is one of: {', '.join(STATES)}.")
        conditions.append(_standing(kind, company_id)[state])
    return {"search": wanted.get("search") or "", "where": conditions}


def one_by_one(kind: str, company_id: int, **wanted: Any) -> ColumnElement[bool] | None:
    """The same conditions in the form that is cheap for a single record, and dear for a whole kind; None without a state."""
    state = wanted.get("state")
    if state not in STATES:
        return None
    days = narrowing(kind, company_id, **{**wanted, "state": ""})["where"]
    return and_(*days, _standing(kind, company_id, _is_one)[state])


@lru_cache(maxsize=256)
def _standing(
    kind: str, company_id: int, among: Callable[[Column[int], Select[Any]], ColumnElement[bool]] = Column.in_
) -> Mapping[str, ColumnElement[bool]]:
    """For each state the condition on the kind's table. What failed is failed though another target waits, and so on down.

    Kept: to build them takes a tenth of the page that asks.
    """
    ours = KINDS[kind].table.c.id
    failed = among(ours, _queued(kind, company_id, FAILED))
    waits = among(ours, _queued(kind, company_id, _COMING))
    gone = among(ours, _ended(kind, company_id).where(Binding.ended_by == "quickbooks"))
    bound = or_(
        false(),
        *(
            and_(among(ours, _bound(kind, company_id).where(own)), not_(among(ours, _ended(kind, company_id).where(own))))
            for own in (Binding.entity == entity.name for entity in BY_KIND.get(kind, ()))
        ),
    )
    rests = not_(among(ours, _listed(kind, company_id)))
    return {
        FAILED_STATE: failed,
        WAITING: and_(waits, not_(failed)),
        SYNCED: and_(bound, not_(gone), rests),
        NOT_SYNCED: and_(rests, or_(not_(bound), gone)),
    }


def _is_one(ours: Column[int], wanted: Select[Any]) -> ColumnElement[bool]:
    """Whether a record is among these, looked up for it alone."""
    return wanted.where(wanted.selected_columns.record_id == ours).correlate(ours.table).exists()


def _queued(kind: str, company_id: int, states: tuple[OutboxState, ...]) -> Select[Any]:
    """The records with a row of the queue in one of the states; behind a row whose answer is awaited, the edit counts."""
    later = aliased(Outbox)
    same = [getattr(later, name) == getattr(Outbox, name) for name in ("company_id", "kind", "record_id", "entity")]
    behind = exists().where(*same, later.id > Outbox.id, later.state.in_([state.value for state in (*FAILED, *_COMING)]))
    # Spelled out, so that SQLite takes the index of the open rows.
    wanted: ColumnElement[bool] = literal_column(f"sync_outbox.state IN ({', '.join(repr(state.value) for state in states)})")
    newest = or_(and_(Outbox.unanswered.is_(False), Outbox.state != OutboxState.RUNNING.value), not_(behind))
    return select(Outbox.record_id).where(Outbox.company_id == company_id, Outbox.kind == kind, LISTED, wanted, newest)


def _listed(kind: str, company_id: int) -> Select[Any]:
    """The records with a row of the queue in any of the states: of several for one target the newest is one of them."""
    return select(Outbox.record_id).where(Outbox.company_id == company_id, Outbox.kind == kind, LISTED)


def _bound(kind: str, company_id: int) -> Select[Any]:
    """The records that have, or had, a twin. Asked without when it ended, their index tells them without a look at their bases."""
    return select(Binding.record_id).where(Binding.company_id == company_id, Binding.kind == kind)


def _ended(kind: str, company_id: int) -> Select[Any]:
    """Those whose twin is gone, which are few, and have an index of their own."""
    entities = [entity.name for entity in BY_KIND.get(kind, ())]
    return _bound(kind, company_id).where(Binding.entity.in_(entities), Binding.ended_at.is_not(None))
