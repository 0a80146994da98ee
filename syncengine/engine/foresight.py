"""Foresight: the waves of the waiting rows, kept with them, so that a page of a long queue is read and not reckoned.

Of all that the sending order follows from, only the wave is dear: it wants the references of every waiting record. So it
is kept; state, place and order of failing are the row's own and are read from two indexes. While nothing stirs (`stirs`),
what is kept is the order. Where something does, the order is reckoned anew, except while a sync is under way: then rows leave the
queue each second, and the page shows the order that was, and since when.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import InstrumentedAttribute

from syncengine.clock import Clock
from syncengine.db.engine import Database
from syncengine.engine import order, twinned, weighing
from syncengine.engine.refs import Resolver
from syncengine.engine.wanted import ATTENTION, EVERYTHING, SENDING, Wanted, broad
from syncengine.inventory.tables import SyncMark
from syncengine.store import cycles, outbox, settings
from syncengine.store.tables import Foresight, Outbox, Stir

_T = TypeVar("_T")
#: Of the worker's time, at most one part in so many goes into keeping orders.
_SHARE: Final = 5
# What every page of the queue asks for is put into SQL once.
_KEPT = select(Foresight.__table__).where(Foresight.company_id == bindparam("company"))
_STIRS = select(
    exists().where(Stir.company_id == bindparam("company")) | exists().where(SyncMark.company_id == bindparam("company"))
)


@dataclass(frozen=True)
class Page:
    """Rows in sending order.

    Attributes:
        ids: their ids.
        as_of: None where this is the order; else the moment whose order it is, since a sync is changing it just now.
    """

    ids: list[int]
    as_of: datetime | None = None


def page(
    connection: Connection,
    company_id: int,
    travels: Callable[[str], bool],
    offset: int,
    limit: int | None,
    wanted: Wanted = EVERYTHING,
) -> Page:
    """The open rows that are `wanted` from `offset` on, `limit` of them or all: failing ones first, then by wave and place."""
    kept = _kept(connection, company_id)
    exact = _exact(connection, company_id, kept, travels)
    if kept is not None and (exact or cycles.running(connection, company_id) is not None):
        return Page(_read(connection, company_id, offset, limit, wanted), None if exact else kept["made_at"])
    every = order.of_company(connection, company_id, travels).ids
    if wanted:
        matching = set(connection.scalars(select(Outbox.id).where(*wanted.within(company_id))))
        every = [row_id for row_id in every if row_id in matching]
    return Page(every[offset : None if limit is None else offset + limit])


def as_of(connection: Connection, company_id: int, *, running: bool | None = None) -> datetime | None:
    """The moment whose order pages show, where that is not the present one; see `Page`. Whether a sync runs may be known."""
    if running is None:
        running = cycles.running(connection, company_id) is not None
    kept = _kept(connection, company_id) if running else None
    return kept["made_at"] if kept is not None and _stirs(connection, company_id) else None


def moment(connection: Connection, company_id: int) -> tuple[int, int, datetime | None]:
    """Another one as soon as any row is queued or leaves, a twin is bound or ends, or the order is kept anew.

    How many stirs there are, the sum of their ids, and when the order was kept, in UTC (None: not yet). Rows that only go from one
    listed state to another leave it as it is, but for those that are sent.
    """
    # The sum, since one that was numbered before may be committed after another.
    stirs = select(func.count(), func.coalesce(func.sum(Stir.id), 0)).where(Stir.company_id == company_id)
    number, ids = connection.execute(stirs).one()
    kept = _kept(connection, company_id)
    return int(number), int(ids), kept["made_at"] if kept is not None else None


def _kept(connection: Connection, company_id: int) -> RowMapping | None:
    return connection.execute(_KEPT, {"company": company_id}).mappings().first()


def _exact(connection: Connection, company_id: int, kept: RowMapping | None, travels: Callable[[str], bool]) -> bool:
    if kept is None or kept["signature"] != order.signature(travels):
        return False
    return not _stirs(connection, company_id)


def _stirs(connection: Connection, company_id: int) -> bool:
    return bool(connection.scalar(_STIRS, {"company": company_id}))


def _read(connection: Connection, company_id: int, offset: int, limit: int | None, wanted: Wanted) -> list[int]:
    """The same from the indexes: skipping a row costs one step in an index, and reads no row unless a filter does."""
    found: list[int] = []
    for conditions, ordered in _sections(company_id, wanted, many=broad(connection, company_id, wanted)):
        asked = select(Outbox.id).where(*conditions).order_by(*ordered).offset(offset)
        left = None if limit is None else limit - len(found)
        if left == 0:
            break
        found += (got := list(connection.scalars(asked.limit(left))))
        if got or not offset:
            offset = 0
            continue
        offset -= min(offset, connection.scalar(select(func.count()).select_from(Outbox).where(*conditions)) or 0)
    return found


def _sections(company_id: int, wanted: Wanted, *, many: bool) -> Iterator[tuple[list[Any], tuple[Any, ...]]]:
    """The parts of the order, each with what its rows fulfil and how they stand; every part is read from an index."""
    if failing := wanted.only(ATTENTION):
        rows = failing.within(company_id, broad=many)
        # Apart from each other, because no index of SQLite's has empty values last.
        yield [*rows, Outbox.failed_seq.is_not(None)], (Outbox.failed_seq, Outbox.position, Outbox.id)
        yield [*rows, Outbox.failed_seq.is_(None)], (Outbox.position, Outbox.id)
    if sending := wanted.only(SENDING):
        yield list(sending.within(company_id, broad=many)), (Outbox.wave, Outbox.position, Outbox.id)


def renew(database: Database, company_id: int, now: datetime) -> None:
    """Reckon the waves of one company and keep them, and see whether what is twinned is. What changes meanwhile stirs anew."""
    with database.reading() as connection:
        seen = list(connection.scalars(select(Stir.id).where(Stir.company_id == company_id)))
        travels = Resolver(connection, company_id, settings.all_of(connection, company_id)).feature
        signature, waves = order.signature(travels), order.of_company(connection, company_id, travels).waves
        wrong, untrue = _wrong(connection, company_id, waves), twinned.wrong(connection, company_id)
    with database.writing() as connection:
        if all([_write(connection, Outbox.wave, wrong), _write(connection, Outbox.bound, untrue)]):
            for part in outbox.chunks(seen):
                connection.execute(delete(Stir).where(Stir.id.in_(part)))
        _keep(connection, company_id, signature, now)
        weighing.renew(connection, company_id)


def _wrong(connection: Connection, company_id: int, waves: dict[int, int]) -> dict[int, list[int]]:
    """The rows whose wave is another than the one that is kept, by the right one."""
    wrong: dict[int, list[int]] = {}
    for row_id, wave in connection.execute(select(Outbox.id, Outbox.wave).where(Outbox.company_id == company_id, _open())):
        if wave != (right := waves.get(row_id, 0)):
            wrong.setdefault(right, []).append(row_id)
    return wrong


def _open() -> ColumnElement[bool]:
    return Outbox.state.in_([state.value for state in outbox.OPEN])


def _write(connection: Connection, column: InstrumentedAttribute[_T], wrong: Mapping[_T, list[int]]) -> bool:
    """Write what is right; whether all of it. Rows that another transaction holds are left: nobody waits for an order."""
    whole = True
    for right, ids in wrong.items():
        for part in outbox.chunks(sorted(ids)):
            free = select(Outbox.id).where(Outbox.id.in_(part)).order_by(Outbox.id)
            got = list(connection.scalars(free.with_for_update(skip_locked=True, key_share=True)))
            connection.execute(update(Outbox).where(Outbox.id.in_(got)).values({column: right}))
            whole = whole and len(got) == len(part)
    return whole


def _keep(connection: Connection, company_id: int, signature: str, now: datetime) -> None:
    values = {"signature": signature, "made_at": now}
    if not connection.execute(update(Foresight).where(Foresight.company_id == company_id).values(**values)).rowcount:
        connection.execute(insert(Foresight).values(company_id=company_id, **values))


class Keeper:
    """Renews what stirs, of companies that rest, and takes no more than its share of the time for it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._not_before = 0.0

    def renew(self, busy: Container[int] = ()) -> int:
        """Renew every company but `busy` ones whose queue has stirred; how many."""
        begun = self._clock.monotonic()
        if begun < self._not_before:
            return 0
        with self._database.reading() as connection:
            stirred = connection.scalars(select(Stir.company_id).distinct())
            due = [each for each in stirred if each not in busy and cycles.running(connection, each) is None]
        for company_id in due:
            renew(self._database, company_id, self._clock.now())
        ended = self._clock.monotonic()
        self._not_before = ended + (_SHARE - 1) * (ended - begun)
        return len(due)
