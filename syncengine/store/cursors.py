"""Cursors: how far each feed was read, in the server's own time; they may repeat, they never skip."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from syncengine.store.tables import Cursor

# Asked at every step of a cycle, and so put into SQL once: to build a statement anew takes longer than the database needs for it.
_THIS = (Cursor.company_id == bindparam("company"), Cursor.feed == bindparam("of_feed"))
_ONE = select(Cursor.at, Cursor.detail).where(*_THIS)
_NEW = insert(Cursor)
_DROP = delete(Cursor).where(*_THIS)
_MOVED = update(Cursor).where(*_THIS).values(at=bindparam("new_at"), detail=bindparam("new_detail"))


def get(connection: Connection, company_id: int, feed: str) -> tuple[datetime, Any] | None:
    """The feed's cursor and its detail, or None where it was never read."""
    row = connection.execute(_ONE, {"company": company_id, "of_feed": feed}).first()
    return (row.at, row.detail) if row else None


def advance(connection: Connection, company_id: int, feed: str, at: datetime, detail: Any = None) -> None:
    """Move the cursor forward; an earlier moment leaves it where it is (it is monotone). `detail` is always the newest."""
    known = get(connection, company_id, feed)
    if known is None:
        connection.execute(_NEW, {"company_id": company_id, "feed": feed, "at": at, "detail": detail})
    else:
        moved = {"company": company_id, "of_feed": feed, "new_at": max(at, known[0]), "new_detail": detail}
        connection.execute(_MOVED, moved)


def forget(connection: Connection, company_id: int, feed: str) -> None:
    """Drop a cursor, so that the feed is read whole again."""
    connection.execute(_DROP, {"company": company_id, "of_feed": feed})
