"""Leases: one worker syncs a company at a time; the fence proves it in every later write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping

from syncengine.errors import LeaseLost, LockBusy
from syncengine.store.tables import Lease

#: Long enough to outlast a slow answer (QuickBooks cuts a request at 120 s) only together with its renewal, which
#: happens every third of it; short enough that a dead machine's companies are taken over within half a minute.
LEASE_SECONDS = 30.0
#: The client takes no wish of QuickBooks for a longer pause at its word.
LONGEST_BLOCK = timedelta(hours=1)
# Every write of a cycle begins with them, and so they are put into SQL once.
_ROW = select(Lease.__table__).where(Lease.company_id == bindparam("company"))
_HELD = _ROW.with_for_update()
_TAKEN = (
    update(Lease)
    .where(Lease.company_id == bindparam("company"))
    .values(owner=bindparam("new_owner"), lease_until=bindparam("new_until"), fence=bindparam("new_fence"))
)
_GIVEN = (
    update(Lease)
    .where(Lease.company_id == bindparam("company"), Lease.fence == bindparam("of_fence"))
    .values(owner=None, lease_until=None)
)


def row(connection: Connection, company_id: int, *, lock: bool = False) -> RowMapping:
    """The company's lease row, made on first need."""
    wanted, asked = _HELD if lock else _ROW, {"company": company_id}
    found = connection.execute(wanted, asked).mappings().first()
    if found is None:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        # Two workers may need it first at the same moment: the second one finds it made.
        connection.execute(insert(Lease).values(company_id=company_id, fence=0).on_conflict_do_nothing())
        found = connection.execute(wanted, asked).mappings().one()
    return found


def claim(
    connection: Connection,
    company_id: int,
    owner: str,
    now: datetime,
    *,
    dead: Callable[[str], bool] = lambda _: False,
) -> int:
    """Take the company, or raise LockBusy naming who holds it. Returns the new fence.

    `dead` says of an owner's name that its process is known to be gone, which frees its lease at once.
    """
    held = row(connection, company_id, lock=True)
    other = held["owner"]
    if other and other != owner and held["lease_until"] > now and not dead(other):
        raise LockBusy(f"{other} is syncing this company just now.")
    fence: int = held["fence"] + 1
    until = now + timedelta(seconds=LEASE_SECONDS)
    connection.execute(_TAKEN, {"company": company_id, "new_owner": owner, "new_until": until, "new_fence": fence})
    return fence


def check(connection: Connection, company_id: int, fence: int) -> None:
    """Stop at once where another owner has taken the company: every write of a cycle begins with this."""
    if row(connection, company_id, lock=True)["fence"] != fence:
        raise LeaseLost("Another worker has taken over this company.")


def renew(connection: Connection, company_id: int, fence: int, now: datetime) -> None:
    """Keep the lease while the work lasts; raises LeaseLost when it has gone to another owner."""
    kept = connection.execute(
        update(Lease)
        .where(Lease.company_id == company_id, Lease.fence == fence)
        .values(lease_until=now + timedelta(seconds=LEASE_SECONDS))
    )
    if kept.rowcount == 0:
        raise LeaseLost("Another worker has taken over this company.")


def shorten(connection: Connection, now: datetime) -> None:
    """Cut leases, and pauses that QuickBooks asked for, that end later than any may: the clock was put back since.

    An owner that lives renews its lease within seconds; a dead one's runs out as it should.
    """
    latest = now + timedelta(seconds=2 * LEASE_SECONDS)
    cut = now + timedelta(seconds=LEASE_SECONDS)
    connection.execute(update(Lease).where(Lease.lease_until > latest).values(lease_until=cut))
    connection.execute(update(Lease).where(Lease.blocked_until > now + LONGEST_BLOCK).values(blocked_until=None))


def release(connection: Connection, company_id: int, fence: int) -> None:
    """Give the company back; nothing happens when it has gone to another owner already."""
    connection.execute(_GIVEN, {"company": company_id, "of_fence": fence})
