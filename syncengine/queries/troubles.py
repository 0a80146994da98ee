"""What needs a person: failed records, conflicts, and QuickBooks records that could not be applied here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Unpack

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, bindparam, exists, func, select
from sqlalchemy.engine import RowMapping

from syncengine.queries.said import as_text, in_words
from syncengine.queries.session import Session
from syncengine.store import conflicts as store_conflicts
from syncengine.store import failing, rights
from syncengine.store.failing import Sought
from syncengine.store.outbox import UNDECIDED
from syncengine.store.tables import Brake, Conflict, Drift, Error, Inbox, Outbox
from syncengine.store.veil import veiled

if TYPE_CHECKING:
    import pandas as pd

_MOMENT = "datetime64[us, UTC]"
#: What is told of an error.
ERRORS = {
    "id": "int64",
    "outbox_id": "Int64",
    "version": "Int64",
    "state": "str",
    "unanswered": "bool",
    "entity": "str",
    "kind": "str",
    "record_id": "Int64",
    "label": "str",
    "cause": "str",
    "remedy": "str",
    "code": "str",
    "message": "str",
    "tid": "str",
    "tries": "int64",
    "opened_at": _MOMENT,
}
_CONFLICTS = {
    "id": "int64",
    "entity": "str",
    "kind": "str",
    "record_id": "int64",
    "label": "str",
    "field": "str",
    "base": "str",
    "ours": "str",
    "theirs": "str",
    "parts": "object",
    "seen": "str",
    "opened_at": _MOMENT,
}
#: The values of a conflict.
_SIDES = ("base", "ours", "theirs")
_INBOX = {
    "id": "int64",
    "entity": "str",
    "qbo_id": "str",
    "label": "str",
    "deleted": "bool",
    "cause": "str",
    "remedy": "str",
    "payload": "str",
    "since": _MOMENT,
}


@dataclass(frozen=True)
class TroubleCounts:
    """How much needs a person.

    Attributes:
        errors, connection_errors: records that failed; errors of the connection as a whole.
        conflicts: fields that both sides changed.
        inbox: QuickBooks records that could not be applied here.
        drifts: documents that QuickBooks holds otherwise than they were sent.
        questions: syncs that stopped to ask.
        newest: the highest id of the open errors; 0 for none.
        undecided: of `errors` those of records that both sides changed: these wait for a choice, and count among the decisions.
    """

    errors: int
    connection_errors: int
    conflicts: int
    inbox: int
    drifts: int = 0
    questions: int = 0
    newest: int = 0
    undecided: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.failures + self.decisions

    @property
    def failures(self) -> int:
        """What could not be sent, but for what waits for a choice, and what keeps the connection from working."""
        return self.errors - self.undecided + self.connection_errors

    @property
    def decisions(self) -> int:
        """What waits for a person's decision."""
        return self.conflicts + self.inbox + self.drifts + self.questions


def _counted() -> Select[Any]:
    """All counts in one row: of open errors, of those of no record, the newest error, then of conflicts, inbox, drifts, questions.

    The last one is of the errors of records in conflict, found from the rows that wait for a choice, which are few and have an
    index of their own. Each is told by the index that tells it soonest. The errors' asked for together would be told by one in
    which fifty thousand take three times as long.
    """
    company = bindparam("company", type_=Integer)
    found = (Error.company_id == company, Error.closed_at.is_(None))
    number = select(func.count())
    same = (getattr(Conflict, name) == getattr(Outbox, name) for name in ("company_id", "entity", "kind", "record_id"))
    clashes = exists().where(*same, Conflict.resolved_at.is_(None))
    failed = exists().where(Error.company_id == Outbox.company_id, Error.outbox_id == Outbox.id, Error.closed_at.is_(None))
    undecided = number.select_from(Outbox).where(Outbox.company_id == company, UNDECIDED, clashes, failed)
    return select(
        number.select_from(Error).where(*found).scalar_subquery(),
        number.select_from(Error).where(*found, Error.outbox_id.is_(None)).scalar_subquery(),
        select(func.max(Error.id)).where(*found).scalar_subquery(),
        number.select_from(Conflict).where(Conflict.company_id == company, Conflict.resolved_at.is_(None)).scalar_subquery(),
        number.select_from(Inbox).where(Inbox.company_id == company).scalar_subquery(),
        number.select_from(Drift).where(Drift.company_id == company, Drift.resolved_at.is_(None)).scalar_subquery(),
        number.select_from(Brake).where(Brake.company_id == company, Brake.answered_at.is_(None)).scalar_subquery(),
        undecided.scalar_subquery(),
    )


#: Put into SQL once, as every look at a company asks it.
_COUNTED = _counted()


@rights.needs(rights.Permission.SEE_SYNC)
def trouble_counts(session: Session) -> TroubleCounts:
    """How much needs a person just now."""
    with session.database.reading() as connection:
        return counts_of(connection, session.company_id)


def counts_of(connection: Connection, company_id: int) -> TroubleCounts:
    """The same on a connection that is open already."""
    found = connection.execute(_COUNTED, {"company": company_id}).one()
    every, whole, newest, conflicts, inbox, drifts, questions, undecided = found
    return TroubleCounts(every - whole, whole, conflicts, inbox, drifts, questions, newest or 0, undecided)


@rights.needs(rights.Permission.SEE_SYNC)
def errors(session: Session, *, page: int = 1, size: int = 20, **sought: Unpack[Sought]) -> pd.DataFrame:
    """Open errors: the connection's own first, then records in the order in which they first failed (P3).

    `search`, `kind`, `klass` and `group_key` narrow them, as they do in `error_groups`.
    """
    from syncengine.queries._frames import frame

    wanted = _errors(Error.company_id == session.company_id, *failing.narrowing(**sought))
    with session.database.reading() as connection:
        return frame(_shown(connection, wanted, (int(page) - 1) * int(size), int(size)), ERRORS)


def _shown(connection: Connection, wanted: Select[Any], first: int, most: int) -> list[RowMapping]:
    """Those of one page: the connection's own by themselves, as all others would have to be put in order to find them on top."""
    own = connection.execute(wanted.where(Error.outbox_id.is_(None)).limit(first + most)).mappings().all()
    found = list(own[first:])
    if len(found) < most:
        others = wanted.where(failing.has_row()).offset(max(0, first - len(own))).limit(most - len(found))
        found += connection.execute(others).mappings().all()
    return found


@rights.needs(rights.Permission.SEE_SYNC)
def error(session: Session, error_id: int) -> dict[str, Any] | None:
    """One error, open or over: the columns of `errors`, and klass, correction, group_key, parked_by, closed_at, closed_why.

    None where the company has no such error.
    """
    more = (Outbox.version, Outbox.state, Outbox.parked_by, func.coalesce(Outbox.unanswered, False).label("unanswered"))
    same = and_(Outbox.id == Error.outbox_id, Outbox.company_id == Error.company_id)
    joined = select(Error.__table__, *more).outerjoin(Outbox, same)
    with session.database.reading() as connection:
        one = joined.where(Error.company_id == session.company_id, Error.id == int(error_id))
        row = connection.execute(one).mappings().first()
    return dict(row) if row else None


@rights.needs(rights.Permission.SEE_SYNC)
def top_error(session: Session) -> dict[str, Any] | None:
    """The error of the preview's top row; None while nothing failed."""
    with session.database.reading() as connection:
        found = _shown(connection, _errors(Error.company_id == session.company_id), 0, 1)
    return dict(found[0]) if found else None


def _errors(*where: ColumnElement[bool]) -> Select[Any]:
    # The join is outer: an error of the connection has no row in the queue.
    own = [Error.__table__.c[name] for name in ERRORS if name not in {"version", "state", "unanswered"}]
    row = [Outbox.version, Outbox.state, func.coalesce(Outbox.unanswered, False).label("unanswered")]
    joined = select(*own, *row).outerjoin(Outbox, and_(Outbox.id == Error.outbox_id, Outbox.company_id == Error.company_id))
    order = (func.coalesce(Outbox.failed_seq, 2**31), Error.id)
    return joined.where(*where, Error.closed_at.is_(None)).order_by(*order)


@rights.needs(rights.Permission.SEE_SYNC)
def conflicts(session: Session, *, page: int = 1, size: int = 50) -> pd.DataFrame:
    """Open conflicts, a row for each field with its three values as text: base, ours, theirs (P8); oldest records first.

    `page` and `size` count records, so that no record is parted. `parts` are the same values in people's words (references by
    name, money with its currency), tuples of QuickBooks path, base, ours, theirs: of lines each part that differs. `seen` is
    what `commands.choose_sides` wants of whoever has seen these values. Values of an accounting list are hidden from who may not
    see that list.
    """
    from syncengine.queries._frames import frame

    place = (Conflict.entity, Conflict.kind, Conflict.record_id)
    ours = (Conflict.company_id == session.company_id, Conflict.resolved_at.is_(None))
    first = func.min(Conflict.id).label("first")
    records = select(*place, first).where(*ours).group_by(*place).order_by(first)
    held = records.offset((int(page) - 1) * int(size)).limit(int(size)).subquery()
    same = and_(*(column == held.c[column.key] for column in place))
    wanted = select(Conflict.__table__).join(held, same).where(*ours).order_by(held.c.first, Conflict.id)
    mine = rights.of(session)
    with session.database.reading() as connection:
        rows = connection.execute(wanted).mappings().all()
        told = in_words(connection, session.company_id, mine, [(row["entity"], row["field"], *_sides(row)) for row in rows])
    shown = [
        {**row, **dict(zip(_SIDES, map(as_text, _sides(row)), strict=True)), "parts": parts, "seen": store_conflicts.seen(row)}
        for row, parts in zip(rows, told, strict=True)
    ]
    return frame(veiled(shown, mine), _CONFLICTS)


def _sides(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[side] for side in _SIDES)


@rights.needs(rights.Permission.SEE_SYNC)
def conflict_records(session: Session) -> int:
    """How many records have open conflicts."""
    place = select(Conflict.entity, Conflict.kind, Conflict.record_id).distinct()
    ours = place.where(Conflict.company_id == session.company_id, Conflict.resolved_at.is_(None)).subquery()
    with session.database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(ours)) or 0


@rights.needs(rights.Permission.SEE_SYNC)
def inbox(session: Session, *, page: int = 1, size: int = 50, only: str = "") -> pd.DataFrame:
    """QuickBooks records that could not be applied here, oldest first, each with its cause and remedy.

    `only` names one of them by QuickBooks' entity and Id, such as `Vendor-77`.
    """
    from syncengine.queries._frames import frame

    wanted = select(Inbox.__table__).where(Inbox.company_id == session.company_id).order_by(Inbox.id)
    if only:
        entity, _, qbo_id = only.partition("-")
        wanted = wanted.where(Inbox.entity == entity, Inbox.qbo_id == qbo_id)
    held = rights.of(session)
    with session.database.reading() as connection:
        rows = connection.execute(wanted.offset((int(page) - 1) * int(size)).limit(int(size))).mappings()
        return frame(veiled(rows, held), _INBOX)
