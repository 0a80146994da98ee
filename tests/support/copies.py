"""What a database holds, taken out of one that was filled once and put into others that hold nothing yet."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url, text

from syncengine.db.engine import Database

#: Tables of ours that have rows, but for the one that a prepared database begins with.
_FILLED = """SELECT oid::regclass::text FROM pg_class
  WHERE relkind = 'r' AND oid >= 16384 AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0 ORDER BY 1"""
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version' AND name NOT LIKE 'sqlite%'"
#: The bytes of prepared SQLite files that nothing was in: whoever is the same needs not be opened, for which SQLite reads its schema.
_EMPTY: deque[bytes] = deque(maxlen=2)
_COUNTED = "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences WHERE last_value IS NOT NULL"


@dataclass(frozen=True)
class Content:
    """On SQLite the whole file; on PostgreSQL the rows of each table as COPY writes them, and the counters that have counted."""

    file: bytes
    tables: dict[str, bytes]
    counters: tuple[tuple[str, int], ...]


def untouched(database: Database) -> bool:
    """Whether nothing was ever put into a prepared database; on PostgreSQL not since it was emptied."""
    if database.dialect == "sqlite":
        return _untouched_file(database)
    with database.reading() as connection:
        return not connection.execute(text(_FILLED)).all() and not connection.execute(text(_COUNTED)).all()


def _untouched_file(database: Database) -> bool:
    file = Path(str(make_url(database.url).database))
    # With a log beside it, the file alone does not say what it holds.
    content = None if file.with_name(f"{file.name}-wal").exists() else file.read_bytes()
    if content in _EMPTY:
        return True
    with database.reading() as connection:
        # A table that a version of the database made anew is listed too, with nothing counted; others count nothing at all.
        filled = " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in connection.scalars(text(_TABLES)))
        empty = not connection.scalar(text(f"SELECT EXISTS (SELECT 1 FROM sqlite_sequence WHERE seq > 0) OR {filled}"))
    if empty and content is not None:
        _EMPTY.append(content)
    return empty


def taken(database: Database) -> Content | None:
    """What it holds; None where somebody else has the file open, so that it may not be all."""
    if database.dialect == "sqlite":
        file = _closed(database)
        return None if file is None else Content(file.read_bytes(), {}, ())
    with database.reading() as connection:
        counters = tuple((name, last) for name, last in connection.execute(text(_COUNTED)))
        tables = connection.scalars(text(_FILLED)).all()
        cursor = connection.connection.cursor()
        rows = {}
        for table in tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as copy:
                rows[table] = b"".join(bytes(part) for part in copy)
        return Content(b"", rows, counters)


def put(database: Database, content: Content) -> bool:
    """Let an untouched database hold what was taken; False, and nothing done, where somebody else has its file open."""
    if database.dialect == "sqlite":
        file = _closed(database)
        if file is not None:
            file.write_bytes(content.file)
        return file is not None
    with database.writing() as connection:
        # What the triggers noted is among the rows.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        cursor = connection.connection.cursor()
        for table, rows in content.tables.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)
        for counter, last in content.counters:
            connection.execute(text("SELECT setval(:counter, :last)"), {"counter": counter, "last": last})
    return True


def _closed(database: Database) -> Path | None:
    """The file of a SQLite database that nobody has open any more."""
    file = Path(str(make_url(database.url).database))
    database.close()
    return None if file.with_name(f"{file.name}-wal").exists() else file
