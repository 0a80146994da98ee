"""Which records stand how with QuickBooks, as conditions for the database: the same answer as a record's own state gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, TypedDict

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    and_,
    exists,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from syncengine.entities import BY_KIND
from syncengine.errors import Refused
from syncengine.inventory.tables import KINDS, SyncMark
from syncengine.store.outbox import DELETES, IN_FLIGHT, LISTED, OPEN
from syncengine.store.outbox.tallying import FAILING, SENDING
from syncengine.store.tables import Binding, Outbox
from syncengine.terms import OutboxState

#: What `state` may be: how a record stands, in four words.
SYNCED, WAITING, FAILED, NOT_SYNCED = STATES = ("synced", "waiting", "failed", "not synced")
#: Those whose condition names records by their ids; the last one says which they are not.
NAMED = frozenset({SYNCED, WAITING, FAILED})
#: The states of records that are those of their rows in the queue, each with these.
QUEUED: Mapping[str, frozenset[OutboxState]] = {WAITING: SENDING, FAILED: FAILING}


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
    waits = among(ours, _queued(kind, company_id, WAITING))
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
        FAILED: failed,
        WAITING: and_(waits, not_(failed)),
        SYNCED: and_(bound, not_(gone), rests),
        NOT_SYNCED: and_(rests, or_(not_(bound), gone)),
    }


def _is_one(ours: Column[int], wanted: Select[Any]) -> ColumnElement[bool]:
    """Whether a record is among these, looked up for it alone."""
    return wanted.where(wanted.selected_columns.record_id == ours).correlate(ours.table).exists()


def _queued(kind: str, company_id: int, state: str) -> Select[Any]:
    """The records with a row of the queue by which they are in this state; behind a row that flies, the edit counts."""
    # Spelled out, so that SQLite takes the index of the open rows.
    wanted: ColumnElement[bool] = literal_column(f"sync_outbox.state IN ({', '.join(map(repr, _rows_of(state)))})")
    return select(Outbox.record_id).where(Outbox.company_id == company_id, Outbox.kind == kind, LISTED, wanted, not_(_overtaken()))


def _rows_of(state: str) -> list[str]:
    """The states of the rows by which a record is in this one."""
    return [each.value for each in OPEN if each in QUEUED[state]]


def _overtaken() -> ColumnElement[bool]:
    """Whether a row flies, and a newer one of the same record and target is listed."""
    later = aliased(Outbox)
    same = [getattr(later, name) == getattr(Outbox, name) for name in ("company_id", "kind", "record_id", "entity")]
    behind = exists().where(*same, later.id > Outbox.id, later.state.in_(OPEN))
    return and_(or_(Outbox.unanswered.is_(True), Outbox.state == OutboxState.RUNNING.value), behind)


@lru_cache(maxsize=256)
def standing_for_none(kind: str, company_id: int, state: str) -> Select[Any]:
    """How many rows of a kind there are that make no record `waiting` or `failed`, as `state` says, by their own states.

    The record is gone here, or a newer row of it and the same target says how it stands. Both can be so of few rows only, each of
    which has an index: those in flight, those that delete, and those of records whose change is not captured yet. So it costs no
    look at the others. (One that QuickBooks has deleted, and that waits for another target, is missed until that is planned.)
    """
    table = KINDS[kind].table
    theirs = (SyncMark.company_id == company_id, SyncMark.kind == kind)  # one that another took the place of is marked as saved
    gone = and_(LISTED, Outbox.record_id.in_(select(SyncMark.record_id).where(*theirs)))
    # Each in the words of its index, and no more: SQLite would rather go through all rows of the kind.
    ours = (Outbox.company_id == company_id, Outbox.kind == kind)
    flies = and_(Outbox.entity.in_([entity.name for entity in BY_KIND.get(kind, ())]), IN_FLIGHT)
    few = union(*(select(Outbox.id).where(*ours, each) for each in (flies, DELETES, gone))).subquery()
    here = exists().where(table.c.id == Outbox.record_id, table.c.company_id == company_id)
    counted = select(func.count()).select_from(few).join(Outbox, Outbox.id == few.c.id)
    return counted.where(Outbox.state.in_(_rows_of(state)), or_(not_(here), _overtaken()))


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
