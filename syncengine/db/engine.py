"""The database handle: one pool, a door for reading and a door for writing."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from syncengine.failpoints import failpoint

#: FULL, because a power cut may lose nothing; 10 s, because a writer may have to wait for an import's chunk.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON")
#: For a scratch database, which nobody looks at after a power cut.
SCRATCH = ("journal_mode=WAL", "synchronous=OFF", "busy_timeout=10000", "foreign_keys=ON")


def _prepare_sqlite(engine: Engine, pragmas: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late to be IMMEDIATE
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN " + connection.get_execution_options().get("sqlite_begin", "DEFERRED"))


class Database:
    """The shared database at `url` (SQLite or PostgreSQL); safe to use from several threads.

    `reading()` and `writing()` each give one connection in one transaction. On SQLite a writing transaction
    takes the lock at its beginning (BEGIN IMMEDIATE), so that a read-modify-write can never lose an update.

    A `scratch` database on SQLite does not wait for the disk: it is quicker, and lost with the machine's power.
    """

    def __init__(self, url: str, *, scratch: bool = False) -> None:
        parsed = make_url(url)
        if parsed.drivername in {"postgres", "postgresql"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed.render_as_string(hide_password=False)
        engine = create_engine(parsed)
        self.dialect: str = engine.dialect.name
        if self.dialect == "sqlite":
            _prepare_sqlite(engine, SCRATCH if scratch else PRAGMAS)
            self._read = engine
        else:
            # One statement's view is PostgreSQL's default; a page and its count, a plan and its records need the same one.
            self._read = engine.execution_options(isolation_level="REPEATABLE READ")
        self._write = engine.execution_options(sqlite_begin="IMMEDIATE")
        self._checks: tuple[Callable[[Connection], None], ...] = ()

    def __repr__(self) -> str:
        return f"Database({make_url(self.url).render_as_string(hide_password=True)!r})"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One connection in one transaction that sees one state of the database and writes nothing."""
        with self._read.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One connection in one transaction that commits at the end of the block, or rolls back."""
        with self._write.connect() as connection, connection.begin() as transaction:
            for check in self._checks:
                check(connection)
            yield connection
            failpoint("db.commit.pre")
            transaction.commit()
            failpoint("db.commit.post")

    def checked(self, check: Callable[[Connection], None]) -> Self:
        """The same database, where `check` comes first in each writing transaction, and ends it by what it raises."""
        return self._with(*self._checks, check)

    def unchecked(self) -> Self:
        """The same database without such checks, to write down what was done before one of them failed."""
        return self._with()

    def _with(self, *checks: Callable[[Connection], None]) -> Self:
        twin = copy.copy(self)  # the pool stays one and the same
        twin._checks = checks  # noqa: SLF001 -- of the same class
        return twin

    def close(self) -> None:
        """Give all pooled connections back."""
        self._read.dispose()
