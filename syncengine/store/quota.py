"""The quota log of one company: kept in memory while a worker holds the company, and in the database for the next one."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert, or_, select, update

from syncengine.clock import Clock
from syncengine.db.engine import Database
from syncengine.quickbooks import CallKind, MemoryQuotaLog
from syncengine.store import leases
from syncengine.store.tables import Call, Lease

#: Sends older than this count in no window (the longest is a minute) and are dropped.
_KEEP = timedelta(minutes=5)


class DatabaseQuotaLog:
    """The client's `QuotaLog` for the one worker that holds the company's lease.

    What earlier owners sent, and a pause that QuickBooks asked them for, is read at the start; each send is noted in
    the database before it leaves, so that the next owner knows of it.
    """

    def __init__(self, database: Database, company_id: int, clock: Clock) -> None:
        self._database = database
        self._company_id = company_id
        self._clock = clock
        self._memory = MemoryQuotaLog(clock)
        self._seed()

    def _seed(self) -> None:
        now, since = self._clock.now(), self._clock.monotonic()
        with self._database.reading() as sql:
            sends = sql.execute(
                select(Call.kind, Call.at)
                .where(Call.company_id == self._company_id, Call.at > now - timedelta(seconds=61))
                .order_by(Call.at, Call.id)
            ).all()
            blocked = sql.scalar(select(Lease.blocked_until).where(Lease.company_id == self._company_id))
        self._memory.seed([(since - (now - row.at).total_seconds(), CallKind(row.kind)) for row in sends])
        if blocked is not None and blocked > now:
            self._memory.block((blocked - now).total_seconds())

    def acquire(self, kind: CallKind, deadline: float | None) -> None:
        """Wait until a call may leave, then note it for whoever comes after us."""
        self._memory.acquire(kind, deadline)
        try:
            with self._database.writing() as sql:
                sql.execute(insert(Call).values(company_id=self._company_id, kind=kind.value, at=self._clock.now()))
        except BaseException:
            self._memory.release()
            raise

    def release(self) -> None:
        """The answer came, or never will."""
        self._memory.release()

    def block(self, seconds: float) -> None:
        """QuickBooks asks for silence: so it is for every worker."""
        self._memory.block(seconds)
        until = self._clock.now() + timedelta(seconds=seconds)
        shorter = or_(Lease.blocked_until.is_(None), Lease.blocked_until < until)  # an earlier, longer block stands
        with self._database.writing() as sql:
            leases.row(sql, self._company_id)
            sql.execute(update(Lease).where(Lease.company_id == self._company_id, shorter).values(blocked_until=until))

    def batches_left(self) -> int:
        """How many batches may leave in the present minute."""
        return self._memory.left(CallKind.BATCH)

    def tidy(self) -> None:
        """Drop what no window remembers."""
        with self._database.writing() as sql:
            sql.execute(delete(Call).where(Call.company_id == self._company_id, Call.at < self._clock.now() - _KEEP))
