"""The pulse: one small read whose answer changes whenever the state at a glance does, so that panels read the rest only then."""

from __future__ import annotations

from collections.abc import Hashable

from sqlalchemy import exists, func, select

from syncengine.db.base import Company
from syncengine.inventory.tables import SyncMark
from syncengine.queries.health import fresh
from syncengine.queries.session import Session
from syncengine.store import rights
from syncengine.store.tables import Audit, Conflict, Cycle, Drift, Error, Inbox, Lease, Outbox, Request, Sample, Worker
from syncengine.store.tables import Connection as Link

#: What of the newest run moves while it lasts.
_RUN = (Cycle.id, Cycle.result, Cycle.phase, Cycle.done, Cycle.total, Cycle.sent, Cycle.received, Cycle.failed, Cycle.finished_at)

#: How far the working day of a sample company is.
_DAY = (Sample.state, Sample.done, Sample.total, Sample.made_at, Sample.message)


@rights.needs(rights.Permission.SEE_SYNC)
def pulse(session: Session) -> Hashable:
    """Something to compare with an earlier answer: equal while nothing has changed that `overview` tells of, but time.

    Every move and act is a line of the audit trail, so its newest id stands for all of them; the answer may change for
    another company's sake, which costs a look and no more.
    """
    ours = session.company_id
    newest = [select(func.max(table.id)).scalar_subquery() for table in (Audit, Outbox, Error, Conflict, Drift, Inbox)]
    wanted = select(
        *newest,
        select(func.max(Worker.beat_at)).scalar_subquery(),
        select(Link.state).where(Link.company_id == ours).scalar_subquery(),
        select(Link.message).where(Link.company_id == ours).scalar_subquery(),
        select(Lease.next_run_at).where(Lease.company_id == ours).scalar_subquery(),
        exists(select(Request.id).where(Request.company_id == ours, Request.taken_at.is_(None))),
        exists(select(SyncMark.company_id).where(SyncMark.company_id == ours)),
        # What other programs may write, and what ends when a connection comes back.
        *(select(column).where(Company.id == ours).scalar_subquery() for column in (Company.name, Company.timezone)),
        exists(select(Error.id).where(Error.company_id == ours, Error.outbox_id.is_(None), Error.closed_at.is_(None))),
    )
    day = select(*_DAY).where(Sample.company_id == ours)
    run = select(*_RUN).where(Cycle.company_id == ours).order_by(Cycle.id.desc()).limit(1)
    with session.database.reading() as connection:
        found = list(connection.execute(wanted).one())
        more = [connection.execute(each).first() for each in (run, day)]
    found[len(newest)] = fresh(found[len(newest)], session.clock.now())
    return (*found, *(tuple(each) if each else None for each in more))
