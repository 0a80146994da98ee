"""The state file: one SQLite database that holds every company, grant, remembered request and journal line."""

from __future__ import annotations

import sqlite3
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import NoneType
from typing import Any

#: Raised by one whenever an older emulator could misread the file. A file of a later version is refused; one of an earlier
#: version gets the tables that it lacks (`schema/*.sql` only ever adds), and `upgraded_from` says that there is more to do.
VERSION = 2
_SCHEMA = files("syncengine.emulator").joinpath("schema")

#: Raised where a row with the same key is there already.
Taken = sqlite3.IntegrityError
#: Raised for whatever a row does to the file that it must not.
Unfit = sqlite3.DatabaseError

#: Rows that one value of each column of an index leaves, as ANALYZE would find in a busy company. Without it SQLite takes the index
#: that gives the order, and reads a whole list to find one document number.
_SELECTIVITY = {
    "object_id": "300000 30000 10000 1",
    "object_updated": "300000 30000 10000 10 1",
    "object_made": "300000 30000 10000 10",
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
        #: The version that the file had before it was opened; None where it was up to date, or new.
        self.upgraded_from: int | None = None
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
            if version > VERSION:
                raise sqlite3.DatabaseError(f"its version is {version}, this emulator writes version {VERSION}")
            for statement in _statements():
                self.execute(statement)
            if version == 0:
                self.execute("ANALYZE")
                self._teach(_SELECTIVITY)
            if version != VERSION:
                self.upgraded_from = version or None
                self.execute(f"PRAGMA user_version = {VERSION}")

    def _teach(self, indexes: Iterable[str]) -> None:
        """Tell the planner what the indexes of objects are worth."""
        rows = [("object", index, _SELECTIVITY[index]) for index in indexes]
        self.executemany("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)
        self.execute("ANALYZE sqlite_schema")

    def of_a_company(self) -> list[str]:
        """The tables whose rows belong to one company: `company` is its key in each of them."""
        rows = self.execute(
            "SELECT s.name FROM sqlite_schema s JOIN pragma_table_info(s.name) c ON c.name = 'company' WHERE s.type = 'table'"
            " ORDER BY s.name"
        )
        return [name for (name,) in rows.fetchall()]

    @contextmanager
    def without_indexes(self, table: str) -> Iterator[None]:
        """Let many rows be written before a table's indexes are made anew (those that keep rows unique stay); in a transaction."""
        found = self.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql LIKE 'CREATE INDEX%'", (table,)
        ).fetchall()
        for name, _ in found:
            self.execute(f"DROP INDEX {name}")
        yield
        for _, sql in found:
            self.execute(sql)
        self._teach(name for name, _ in found if name in _SELECTIVITY)

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row."""
        self._connection.executemany(statement, rows)

    def insert(self, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]], *, in_order: bool) -> None:
        """Write many rows of two values or more; `in_order`: their rowids rise as they come.

        What is None is left to the column's default, NULL: to bind a None costs Python's sqlite3 more than several values, since it
        looks for an adapter each time. So rows that are alike in what they lack are written by one statement.
        """
        for shape, alike in groupby(rows, _shape) if in_order else _gathered(rows):
            statement, values = _insertion(table, columns, shape)
            self.executemany(statement, map(values, alike))

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


#: The types of a row's values.
Shape = tuple[type, ...]


def _shape(row: tuple[Any, ...]) -> Shape:
    return tuple(map(type, row))


def _gathered(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Shape, list[tuple[Any, ...]]]]:
    found: defaultdict[Shape, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        found[_shape(row)].append(row)
    return found.items()


@lru_cache(maxsize=512)
def _insertion(table: str, columns: tuple[str, ...], shape: Shape) -> tuple[str, Callable[[tuple[Any, ...]], tuple[Any, ...]]]:
    """The statement for rows of such a shape, and what takes its values from one."""
    places = [place for place, kind in enumerate(shape) if kind is not NoneType]
    names = ", ".join(columns[place] for place in places)
    marks = ",".join("?" * len(places))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})", itemgetter(*places)  # noqa: S608 -- names of ours


def _statements() -> Iterator[str]:
    """The statements of all schema files, by the files' names."""
    for file in sorted(_SCHEMA.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".sql"):
            yield from (text for text in file.read_text(encoding="utf-8").split(";\n") if text.strip())


def _reason(path: str, error: sqlite3.DatabaseError) -> str:
    if "locked" in str(error):
        return f"{path} is in use by another emulator. Stop that one, or name another file."
    return f"{path} cannot be opened as an emulator's state file: {error}."
