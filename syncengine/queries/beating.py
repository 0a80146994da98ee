"""The pulse: one small read whose answer changes whenever the state at a glance does, so that panels read the rest only then."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from sqlalchemy import Integer, Select, bindparam, exists, func, select, text

from syncengine.db.base import Company
from syncengine.inventory.tables import SyncMark
from syncengine.queries.health import fresh
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.tables import (
    Audit,
    Conflict,
    Cycle,
    Drift,
    Error,
    Inbox,
    Lease,
    LongAct,
    Outbox,
    Request,
    Sample,
    Worker,
)
from syncengine.store.tables import Connection as Link

#: What of the newest run moves while it lasts.
_RUN = (Cycle.id, Cycle.result, Cycle.phase, Cycle.done, Cycle.total, Cycle.sent, Cycle.received, Cycle.failed, Cycle.finished_at)

#: How far the working day of a sample company is.
_DAY = (Sample.state, Sample.done, Sample.total, Sample.made_at, Sample.message)

#: What the worker does with many rows for people, and what of that was not told yet: each step moves one of these.
_ACTS = (
    func.count(), func.max(LongAct.id), func.count(LongAct.began_at), func.count(LongAct.ended_at),
    func.sum(LongAct.done + LongAct.left_alone), func.max(LongAct.phase), func.sum(LongAct.ahead),
)  # fmt: skip

#: Whose newest row says that something has been added.
_NEWEST = (Audit, Outbox, Error, Conflict, Drift, Inbox)
_OURS = bindparam("ours", type_=Integer)


def _state() -> Select[Any]:
    """Everything but the newest run and the day, in one row; `ours` is the company."""
    return select(
        *(select(func.max(table.id)).scalar_subquery() for table in _NEWEST),
        select(func.max(Worker.beat_at)).scalar_subquery(),
        select(Link.state).where(Link.company_id == _OURS).scalar_subquery(),
        select(Link.message).where(Link.company_id == _OURS).scalar_subquery(),
        select(Lease.next_run_at).where(Lease.company_id == _OURS).scalar_subquery(),
        exists(select(Request.id).where(Request.company_id == _OURS, Request.taken_at.is_(None))),
        exists(select(SyncMark.company_id).where(SyncMark.company_id == _OURS)),
        # What other programs may write, and what ends when a connection comes back.
        *(select(column).where(Company.id == _OURS).scalar_subquery() for column in (Company.name, Company.timezone)),
        exists(select(Error.id).where(Error.company_id == _OURS, Error.outbox_id.is_(None), Error.closed_at.is_(None))),
    )


#: Built once: every open panel of every browser asks them every few seconds.
_ASKED = (
    _state(),
    select(*_RUN).where(Cycle.company_id == _OURS).order_by(Cycle.id.desc()).limit(1),
    select(*_DAY).where(Sample.company_id == _OURS),
    select(*_ACTS).where(LongAct.company_id == _OURS, text("told_at IS NULL")),
)


@rights.needs(rights.Permission.SEE_SYNC)
def pulse(session: Session) -> Hashable:
    """Something to compare with an earlier answer: equal while nothing has changed that `overview` tells of, but time.

    Every move and act is a line of the audit trail, so its newest id stands for all of them; the answer may change for
    another company's sake, which costs a look and no more.
    """
    with session.database.reading() as connection:
        state, *more = [connection.execute(each, {"ours": session.company_id}).first() for each in _ASKED]
    found = list(state or ())
    found[len(_NEWEST)] = fresh(found[len(_NEWEST)], session.clock.now())
    return (*found, *(tuple(each) if each else None for each in more))
