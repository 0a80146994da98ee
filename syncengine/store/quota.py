"""The quota log of one company: kept in memory while a worker holds the company, and in the database for the next one."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from syncengine.clock import Clock
from syncengine.db.engine import Database
from syncengine.quickbooks import LIMITS, CallKind, Limit, MemoryQuotaLog
from syncengine.store import leases
from syncengine.store.tables import Attempt, Call, Lease

#: The longest window, and a second for the difference between two clocks.
_WINDOW = timedelta(seconds=61)
#: Writes leave two at a time, a third of a second apart (with the log's margin), not ten at once: when a busy machine
#: holds a few of them up, they do not arrive as more than ten within a second.
PACE = Limit(2, 0.05, frozenset({CallKind.WRITE, CallKind.BATCH}))
#: Sends older than this count in no window (the longest is a minute) and are dropped.
_KEEP = timedelta(minutes=5)
# What every cycle asks, and what is noted of every read before it leaves, is put into SQL once.
_NOTE = insert(Call)
_MINE = Call.company_id == bindparam("company")
_READS = select(Call.kind, Call.at).where(_MINE, Call.at.between(bindparam("since"), bindparam("until")))
_WRITES = select(Attempt.shape, Attempt.answered_at).where(
    Attempt.company_id == bindparam("company"),
    # What lies far ahead was written before the clock was put back, and counts no more.
    or_(
        Attempt.answered_at.between(bindparam("since"), bindparam("until")),
        Attempt.answered_at.is_(None) & Attempt.made_at.between(bindparam("made_since"), bindparam("made_until")),
    ),
)
_BLOCKED = select(Lease.blocked_until).where(Lease.company_id == bindparam("company"))
_TIDY = delete(Call).where(_MINE, Call.at < bindparam("until"))


class DatabaseQuotaLog:
    """The client's `QuotaLog` for the one worker that holds the company's lease.

    What earlier owners sent, and a pause that QuickBooks asked them for, is read at the start. Writes leave their own
    trace, the attempt that is committed before them; reads are noted here.
    """

    def __init__(self, database: Database, company_id: int, clock: Clock) -> None:
        self._database = database
        self._company_id = company_id
        self._clock = clock
        self._memory = MemoryQuotaLog(clock, limits=(*LIMITS, PACE))
        self._counting = threading.Lock()
        #: How many calls have left through this log, in all and by kind.
        self.left_so_far: Counter[CallKind] = Counter()
        self._seed()

    def _seed(self) -> None:
        now, since = self._clock.now(), self._clock.monotonic()
        with self._database.reading() as sql:
            window = {"company": self._company_id, "since": now - _WINDOW, "until": now + _WINDOW}
            reads = [(row.at, CallKind(row.kind)) for row in sql.execute(_READS, window)]
            writes = self._writes(sql, now)
            blocked = sql.scalar(_BLOCKED, {"company": self._company_id})
        self._memory.seed(sorted((since - (now - at).total_seconds(), kind) for at, kind in reads + writes))
        if blocked is not None and blocked > now:
            self._memory.block((blocked - now).total_seconds())

    def _writes(self, sql: Connection, now: datetime) -> list[tuple[datetime, CallKind]]:
        """When attempts were sent, as late as they can have been: when they were answered, or just now."""
        asked = {
            "company": self._company_id, "since": now - _WINDOW, "until": now + _WINDOW,
            "made_since": now - _KEEP, "made_until": now + _KEEP,
        }  # fmt: skip
        kinds = {"batch": CallKind.BATCH, "single": CallKind.WRITE}
        return [(row.answered_at or now, kinds[row.shape]) for row in sql.execute(_WRITES, asked)]

    def acquire(self, kind: CallKind, deadline: float | None) -> None:
        """Wait until a call may leave; reads are then noted for whoever comes after us.

        Nothing may stand between a write's turn and its leaving: ten threads that wait for the database there would
        leave together afterwards, and QuickBooks would see more than ten calls in one second.
        """
        self._memory.acquire(kind, deadline)
        with self._counting:
            self.left_so_far[kind] += 1
        if kind.writes:
            return
        try:
            with self._database.writing() as sql:
                sql.execute(_NOTE, {"company_id": self._company_id, "kind": kind.value, "at": self._clock.now()})
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

    def calls_left(self) -> int:
        """How many calls of any kind may leave in the present minute."""
        return self._memory.left(CallKind.WRITE)

    def tidy(self) -> None:
        """Drop what no window remembers."""
        with self._database.writing() as sql:
            sql.execute(_TIDY, {"company": self._company_id, "until": self._clock.now() - _KEEP})
