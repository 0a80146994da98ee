"""Overrides: values that go to QuickBooks instead of our own, because a correction says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store.outbox import chunks
from syncengine.store.tables import Override

#: Put into SQL once.
_LIVE = (
    select(Override.__table__)
    .where(Override.company_id == bindparam("company"), Override.ended_at.is_(None))
    .order_by(Override.id)
)


def live(connection: Connection, company_id: int) -> list[RowMapping]:
    """All that have not ended, in the order in which they were made."""
    return list(connection.execute(_LIVE, {"company": company_id}).mappings())


def made_by(connection: Connection, correction: RowMapping) -> list[RowMapping]:
    """Those that count because a correction was applied; those that a later one has replaced are not among them."""
    paths = {args["path"] for do, args in correction["verdict"]["acts"] if do == "override"}
    same = [getattr(Override, name) == correction[name] for name in ("company_id", "entity", "kind", "record_id")]
    wanted = select(Override.__table__).where(*same, Override.correction == correction["name"], Override.ended_at.is_(None))
    return [each for each in connection.execute(wanted.order_by(Override.id)).mappings() if each["path"] in paths]


def add(connection: Connection, company_id: int, at: datetime, row: dict[str, Any]) -> int:
    """Make one; an earlier one of the same value ends.

    `row` has entity, kind, record_id, path, ours, value, correction and made_by.
    """
    same = [getattr(Override, name) == row[name] for name in ("entity", "kind", "record_id", "path")]
    earlier = update(Override).where(Override.company_id == company_id, *same, Override.ended_at.is_(None))
    connection.execute(earlier.values(ended_at=at))
    made = insert(Override).values(company_id=company_id, made_at=at, **row).returning(Override.id)
    return int(connection.execute(made).scalar_one())


def end(connection: Connection, ids: Iterable[int], at: datetime) -> None:
    """Our own values go again."""
    for part in chunks(ids):
        connection.execute(update(Override).where(Override.id.in_(part), Override.ended_at.is_(None)).values(ended_at=at))
