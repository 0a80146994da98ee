"""The state file: one SQLite database that holds every company, grant, remembered request and journal line."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Raised by one whenever the tables change; a file of another version is refused rather than misread.
VERSION = 1

_TABLES = """
CREATE TABLE company (key INTEGER PRIMARY KEY, realm TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL,
    zone TEXT NOT NULL, closing_password TEXT NOT NULL DEFAULT '');
-- One row per object, living or deleted. `body` is the JSON text as it travels, the other columns are what queries look for.
CREATE TABLE object (company INTEGER NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, token INTEGER NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, active INTEGER NOT NULL, deleted INTEGER NOT NULL, shuffle INTEGER NOT NULL,
    name TEXT, full_name TEXT, parent TEXT, doc TEXT COLLATE NOCASE, date TEXT, party TEXT, body TEXT NOT NULL);
CREATE UNIQUE INDEX object_id ON object (company, entity, id);
CREATE INDEX object_updated ON object (company, entity, updated, shuffle);
CREATE INDEX object_created ON object (company, entity, created, shuffle);
CREATE INDEX object_shuffle ON object (company, entity, active, shuffle);
CREATE INDEX object_name ON object (company, entity, name) WHERE name IS NOT NULL;
CREATE INDEX object_full_name ON object (company, entity, full_name) WHERE full_name IS NOT NULL;
CREATE INDEX object_parent ON object (company, entity, parent) WHERE parent IS NOT NULL;
CREATE INDEX object_doc ON object (company, entity, doc) WHERE doc IS NOT NULL;
CREATE INDEX object_date ON object (company, entity, date) WHERE date IS NOT NULL;
CREATE INDEX object_party ON object (company, entity, party) WHERE party IS NOT NULL;
-- Answers that are given again for the same requestid (in a batch: requestid and bId).
CREATE TABLE replay (company INTEGER NOT NULL, requestid TEXT NOT NULL, bid TEXT NOT NULL, at REAL NOT NULL, digest TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX replay_key ON replay (company, requestid, bid);
CREATE TABLE app (client_id TEXT PRIMARY KEY, secret TEXT NOT NULL);
CREATE TABLE consent (code TEXT PRIMARY KEY, client_id TEXT NOT NULL, realm TEXT NOT NULL, redirect_uri TEXT NOT NULL,
    scope TEXT NOT NULL, expires REAL NOT NULL, grant_key INTEGER);
CREATE TABLE "grant" (key INTEGER PRIMARY KEY, client_id TEXT NOT NULL, realm TEXT NOT NULL, scope TEXT NOT NULL,
    began REAL NOT NULL, refresh TEXT NOT NULL, rotated REAL NOT NULL, expires REAL NOT NULL,
    superseded TEXT NOT NULL DEFAULT '', revoked INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX grant_refresh ON "grant" (refresh);
CREATE TABLE access (token TEXT PRIMARY KEY, grant_key INTEGER NOT NULL, expires REAL NOT NULL);
CREATE TABLE journal (n INTEGER PRIMARY KEY, realm TEXT NOT NULL, line TEXT NOT NULL);
CREATE TABLE meter (client_id TEXT NOT NULL, realm TEXT NOT NULL, month TEXT NOT NULL,
    core INTEGER NOT NULL, coreplus INTEGER NOT NULL, PRIMARY KEY (client_id, realm, month));
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""

#: Rows that one value of each column of an index leaves, as ANALYZE would find in a busy company. Without it SQLite takes the index
#: that gives the order, and reads a whole list to find one document number.
_SELECTIVITY = {
    "object_id": "300000 30000 10000 1",
    "object_updated": "300000 30000 10000 10 1",
    "object_created": "300000 30000 10000 10 1",
    "object_shuffle": "300000 30000 10000 9000 1",
    "object_name": "100000 10000 3000 1",
    "object_full_name": "100000 10000 3000 1",
    "object_parent": "30000 3000 1000 10",
    "object_doc": "200000 20000 10000 1",
    "object_date": "200000 20000 10000 50",
    "object_party": "200000 20000 10000 20",
}


class StateFileInUse(Exception):  # noqa: N818 -- it says what is so
    """Another emulator has the state file open, or it is not one of ours."""


class State:
    """The one connection to the state file; whoever uses it holds `lock`."""

    def __init__(self, path: str | Path = ":memory:") -> None:
        self.path = str(path)
        self.lock = threading.RLock()
        self._connection = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, cached_statements=512, timeout=0
        )
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._connection.close()
            raise StateFileInUse(_reason(self.path, error)) from error

    def _open(self) -> None:
        # The exclusive lock is SQLite's own: it works on every system and dies with the process that holds it.
        self.execute("PRAGMA locking_mode = EXCLUSIVE")
        self.execute("PRAGMA journal_mode = WAL")
        # OFF survives kill -9 (the writes are with the operating system by then); a power cut is no concern of a stand-in.
        self.execute("PRAGMA synchronous = OFF")
        self.execute("PRAGMA cache_size = -65536")
        with self.transaction():
            version = self.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in _TABLES.split(";\n"):
                    self.execute(statement)
                self.execute("ANALYZE")
                rows = [("object", index, rates) for index, rates in _SELECTIVITY.items()]
                self.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)
                self.execute("ANALYZE sqlite_schema")
                self.execute(f"PRAGMA user_version = {VERSION}")
            elif version != VERSION:
                raise sqlite3.DatabaseError(f"its version is {version}, this emulator writes version {VERSION}")

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(statement, values)

    def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each row."""
        self._connection.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens, or nothing; inside another transaction it is a part of that one."""
        with self.lock:
            if self._connection.in_transaction:
                yield
                return
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.execute("ROLLBACK")
                raise
            self.execute("COMMIT")

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Everything inside is taken back when it raises; the transaction around it goes on."""
        self.execute("SAVEPOINT item")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK TO item")
            raise
        finally:
            self.execute("RELEASE item")

    def close(self) -> None:
        """Let go of the file; closing twice is harmless."""
        with self.lock:
            self._connection.close()


def _reason(path: str, error: sqlite3.DatabaseError) -> str:
    if "locked" in str(error):
        return f"{path} is in use by another emulator. Stop that one, or name another file."
    return f"{path} cannot be opened as an emulator's state file: {error}."
