"""What a function asks of the database, and how the database goes about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from syncengine.db.engine import Database


def plans(database: Database, ask: Callable[[], Any]) -> list[str]:
    """The plan of each statement that reads one of the engine's own tables while `ask` runs, in their order.

    PostgreSQL is told not to read whole tables where it has an index: one of three rows it would always read whole.
    """
    said: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        said.append((statement, parameters))

    with database.reading() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", remember)
    try:
        ask()
    finally:
        event.remove(engine, "before_cursor_execute", remember)
    postgresql = engine.dialect.name == "postgresql"
    asked = [each for each in said if each[0].startswith(("SELECT", "WITH")) and "sync_" in each[0]]
    with database.reading() as connection:
        if postgresql:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if postgresql else "EXPLAIN QUERY PLAN"
        return [str(connection.exec_driver_sql(f"{explain} {statement}", values).all()) for statement, values in asked]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of databases while the block runs."""
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
