"""Companies in a prepared database of either kind, and rows that wait in their queues."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.engine import RowMapping

from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.store import cycles, outbox
from syncengine.store.tables import Audit, Outbox
from syncengine.terms import Trigger


@pytest.fixture
def company(database: Database, clock: ManualClock) -> int:
    """The first of two companies, 1 and 2."""
    with database.writing() as connection:
        for name in ("Harbour", "Globex"):
            connection.execute(insert(Company).values(name=name, timezone="UTC", created_at=clock.now()))
    return 1


@pytest.fixture
def now(clock: ManualClock) -> datetime:
    """The moment at which the clock stands."""
    return clock.now()


@pytest.fixture
def cycle(database: Database, company: int, now: datetime) -> Callable[[], int]:
    """Opens one cycle after the other and answers its id."""

    def start() -> int:
        with database.writing() as connection:
            return cycles.start(connection, company, now, trigger=Trigger.MANUAL, by="Ada", fence=1)

    return start


@pytest.fixture
def queue(database: Database, company: int, now: datetime) -> Callable[..., RowMapping]:
    """Puts a customer's row into the first company's queue, with any columns changed, and answers it."""

    def add(record_id: int = 5, **columns: Any) -> RowMapping:
        new = {"entity": "Customer", "kind": "customer", "record_id": record_id, "label": f"C-{record_id}", "operation": "save"}
        with database.writing() as connection:
            outbox.add(connection, company, now, [new], actor="Ada")
            row_id = connection.scalar(select(Outbox.id).order_by(Outbox.id.desc()).limit(1))
            if columns:
                outbox.note(connection, row_id, **columns)
            return outbox.load(connection, [row_id])[row_id]

    return add


@pytest.fixture
def row_now(database: Database) -> Callable[[int], RowMapping]:
    """A row as it lies in the database."""

    def read(row_id: int) -> RowMapping:
        with database.reading() as connection:
            return outbox.load(connection, [row_id])[row_id]

    return read


@pytest.fixture
def audit_of(database: Database) -> Callable[[int], list[RowMapping]]:
    """The audit lines of one row, oldest first."""

    def read(row_id: int) -> list[RowMapping]:
        with database.reading() as connection:
            wanted = select(Audit.__table__).where(Audit.outbox_id == row_id).order_by(Audit.id)
            return list(connection.execute(wanted).mappings())

    return read
