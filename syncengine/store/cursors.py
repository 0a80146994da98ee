"""Cursors: how far each feed was read, in the server's own time; they may repeat, they never skip."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from syncengine.store.tables import Cursor


def get(connection: Connection, company_id: int, feed: str) -> tuple[datetime, Any] | None:
    """The feed's cursor and its detail, or None where it was never read."""
    row = connection.execute(select(Cursor.at, Cursor.detail).where(Cursor.company_id == company_id, Cursor.feed == feed)).first()
    return (row.at, row.detail) if row else None


def advance(connection: Connection, company_id: int, feed: str, at: datetime, detail: Any = None) -> None:
    """Move the cursor forward; an earlier moment leaves it where it is (it is monotone). `detail` is always the newest."""
    known = get(connection, company_id, feed)
    if known is None:
        connection.execute(insert(Cursor).values(company_id=company_id, feed=feed, at=at, detail=detail))
    else:
        connection.execute(
            update(Cursor).where(Cursor.company_id == company_id, Cursor.feed == feed).values(at=max(at, known[0]), detail=detail)
        )


def forget(connection: Connection, company_id: int, feed: str) -> None:
    """Drop a cursor, so that the feed is read whole again."""
    connection.execute(delete(Cursor).where(Cursor.company_id == company_id, Cursor.feed == feed))
