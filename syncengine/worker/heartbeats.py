"""Heartbeats: which workers are alive, as the database shows them; and sweeping away what nobody needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store.tables import Call, Lease, Worker
from syncengine.worker import identity
from syncengine.worker.identity import Identity

#: How often a worker says that it lives.
BEAT_SECONDS = 4.0
#: A worker that has not said so for this long is taken for gone: three beats may be late behind a long import.
FRESH_SECONDS = 15.0
#: The quota log looks back one minute; the rest is kept a little for whoever wonders about the pace.
CALL_KEPT = timedelta(hours=1)
#: Rows of workers that ended without a word stay this long for whoever wonders what became of them.
WORKER_KEPT = timedelta(days=1)


def beat(connection: Connection, owner: str, who: Identity, started_at: datetime, now: datetime) -> None:
    """Say that the worker `owner` lives."""
    known = connection.execute(update(Worker).where(Worker.id == owner).values(beat_at=now))
    if known.rowcount == 0:
        connection.execute(insert(Worker).values(id=owner, host=who.host, pid=who.pid, started_at=started_at, beat_at=now))


def retire(connection: Connection, owner: str) -> None:
    """The worker `owner` ends in good order."""
    connection.execute(delete(Worker).where(Worker.id == owner))


def fresh(connection: Connection, now: datetime, *, dead: Callable[[str], bool] = identity.dead) -> list[RowMapping]:
    """The workers that live, the longest running first."""
    since = now - timedelta(seconds=FRESH_SECONDS)
    wanted = select(Worker.__table__).where(Worker.beat_at > since).order_by(Worker.started_at, Worker.id)
    return [row for row in connection.execute(wanted).mappings() if not dead(row["id"])]


def syncing(connection: Connection, now: datetime, *, dead: Callable[[str], bool] = identity.dead) -> list[str]:
    """Who holds a company just now, workers and commands alike."""
    held = connection.scalars(select(Lease.owner).where(Lease.owner.is_not(None), Lease.lease_until > now))
    return [owner for owner in held if owner and not dead(owner)]


def sweep(connection: Connection, now: datetime) -> None:
    """Drop old lines of the quota log, and workers that are long gone."""
    connection.execute(delete(Call).where(Call.at < now - CALL_KEPT))
    connection.execute(delete(Worker).where(Worker.beat_at < now - WORKER_KEPT))
