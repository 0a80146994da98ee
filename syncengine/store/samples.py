"""The days of sample companies: wishes for them, and how far their making is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store.tables import Connection as Link
from syncengine.store.tables import Sample

WANTED, MAKING, THERE, FAILED = "wanted", "making", "there", "failed"
#: Which of the emulator's companies a sample's day is played in.
KIND = "demo"
#: The number of the invoice that is missing in QuickBooks, which the lesson is about.
MISSING = "10279"
#: After so many beginnings that nobody brought to an end, a person has to ask again.
TRIES = 3


def get(connection: Connection, company_id: int) -> RowMapping | None:
    """The company's row; None where it has never had a day."""
    return connection.execute(select(Sample.__table__).where(Sample.company_id == company_id)).mappings().first()


def is_sample(connection: Connection, company_id: int) -> bool:
    """Whether the company may have a day: only one that talks to the emulator's distributor, never a real one."""
    wanted = select(Link.company_id).where(Link.company_id == company_id, Link.environment == "emulator", Link.sample == KIND)
    return connection.scalar(wanted) is not None


def want(connection: Connection, company_id: int, at: datetime, *, by: str) -> None:
    """Ask for the day to be made, or made anew."""
    wish: dict[str, Any] = {
        "state": WANTED, "wanted_by": by, "wanted_at": at, "tries": 0, "done": 0, "total": 0, "message": None,
    }  # fmt: skip
    if get(connection, company_id) is None:
        connection.execute(insert(Sample).values(company_id=company_id, **wish))
    else:
        put(connection, company_id, **wish)


def put(connection: Connection, company_id: int, **values: Any) -> None:
    """Set columns of the company's row."""
    connection.execute(update(Sample).where(Sample.company_id == company_id).values(values))


def waiting(connection: Connection) -> list[RowMapping]:
    """The days that have to be made, the oldest wish first; also those that somebody was making who may be gone."""
    wanted = select(Sample.__table__).where(Sample.state.in_([WANTED, MAKING]))
    return list(connection.execute(wanted.order_by(Sample.wanted_at, Sample.company_id)).mappings())
