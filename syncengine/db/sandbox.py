"""Read-only SQL of analysts: one question, over views that are handed in, under bounds of time, rows and memory.

On SQLite, a connection of its own that can only read, whose views bear names that nobody can know: an authorizer lets
through what reads the tables by way of them, and a list of harmless functions. On PostgreSQL, a login of its own that has
been granted the views and nothing else (`syncengine.queries.analysts` makes both).
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import psycopg
from sqlalchemy.engine import make_url

from syncengine.clock import Clock

#: What one question may take: seconds, rows, and bytes of memory for its answer, of which a frame takes as much again twice.
SECONDS, ROWS, BYTES = 10.0, 10_000, 30_000_000
#: No single value is larger than this, and on PostgreSQL no row.
_LARGEST = 4_000_000
#: Bytes of all values that SQLite may hold at once while it makes a row: values that are many have to be smaller.
_AT_ONCE = 24_000_000
#: So many steps of SQLite's machine between two looks at the clock: about a millisecond.
_STEPS = 20_000


def words(text: str) -> frozenset[str]:
    """The words of a text.

    >>> sorted(words("b a"))
    ['a', 'b']
    """
    return frozenset(text.split())


@dataclass(frozen=True)
class Answer:
    """What came: the columns' names, the rows, and what it was cut at (`rows` or `bytes`; empty where it is whole)."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    cut: str = ""


class Trouble(Exception):  # noqa: N818 -- a question that cannot be answered is no failure
    """The database refused: its words, and the position in the text where it said one (from 0)."""

    def __init__(self, words: str, position: int | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.position = position


class TooLong(Trouble):
    """It took longer than the bound, and was stopped."""


@dataclass(frozen=True)
class Door:
    """What SQLite lets through.

    Attributes:
        shown: the views that a question may name, with the SELECT behind each; `{inner}` stands for the unknowable name.
        inner: the SELECT over tables behind each of them.
        reads: the tables and columns that the inner view of each name reads.
        token: makes the inner names unknowable.
    """

    inner: Mapping[str, str]
    reads: Mapping[str, frozenset[tuple[str, str]]]
    token: str

    def name(self, view: str) -> str:
        """The unknowable name of the view that reads tables."""
        return f"v_{self.token}_{view}"


def ask_sqlite(url: str, door: Door, text: str, clock: Clock, seconds: float = SECONDS) -> Answer:
    """The answer of a SQLite file. Raises Trouble, or TooLong."""
    path = make_url(url).database
    if not path or path == ":memory:":
        raise Trouble("A database in memory cannot be asked by a second connection.")
    with closing(sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, isolation_level=None)) as connection:
        _prepare(connection, door)
        until = clock.monotonic() + seconds
        connection.set_progress_handler(lambda: int(clock.monotonic() > until), _STEPS)
        try:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(_LARGEST, _AT_ONCE // _held_at_once(connection, text)))
            cursor = connection.execute(text)
            names = [column[0] for column in cursor.description or ()]
            return _gathered(names, cursor)
        except (sqlite3.Error, sqlite3.Warning) as error:
            if "interrupted" in str(error):
                raise TooLong(str(error)) from None
            raise Trouble(str(error)) from None


def _prepare(connection: sqlite3.Connection, door: Door) -> None:
    for limit, value in _LIMITS.items():
        connection.setlimit(limit, value)
    for name, (number, function) in _INSTEAD.items():
        connection.create_function(name.partition("/")[0], number, function, deterministic=True)
    connection.execute("PRAGMA cache_size=-8000")
    # One state of the database, and a name that no question can have in it.
    for view, select in door.inner.items():
        connection.execute(f'CREATE TEMP VIEW "{door.name(view)}" AS {select}')
        connection.execute(f'CREATE TEMP VIEW "{view}" AS SELECT * FROM "{door.name(view)}"')  # noqa: S608 -- names of our own
    named = "SELECT name FROM sqlite_master UNION SELECT name FROM pragma_module_list"
    real = {str(name).lower() for (name,) in connection.execute(named)}
    # Declared here, once a connection: it is a change of the schema to SQLite, for which no question has leave.
    for name in _TABLE_FUNCTIONS:
        connection.execute(f"SELECT 1 FROM {name}('[]')").fetchall()  # noqa: S608 -- names of our own
    connection.execute("PRAGMA query_only=ON")
    connection.set_authorizer(_authorizer(door, frozenset(real)))


def _held_at_once(connection: sqlite3.Connection, text: str) -> int:
    """How many values that may be large stand side by side while the question runs, 1 at least.

    SQLite bounds each value and not the row: 500 columns of 4 MB would be 2 GB before the first row is out. Its plan says
    into which registers something is written that can be large.
    """
    written: set[int] = set()
    for _address, code, *numbers in connection.execute(f"EXPLAIN {text}"):
        if place := _WRITES.get(code):
            first = numbers[place - 1]
            written.update(range(first, first + 1 + (numbers[2] if code == "Copy" else 0)))
    return max(1, len(written))


#: Which of its three numbers names the register that a step of SQLite's machine writes what may be large to.
_WRITES: Mapping[str, int] = {
    "Column": 3, "VColumn": 3, "Function": 3, "PureFunc": 3, "Concat": 3, "Copy": 2, "Move": 2, "Cast": 1, "MakeRecord": 3,
    "RowData": 2, "SorterData": 2, "AggStep": 3, "AggInverse": 3, "AggValue": 3, "AggFinal": 1,
}  # fmt: skip

_LIMITS: Mapping[int, int] = {
    sqlite3.SQLITE_LIMIT_LENGTH: _LARGEST,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 50,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
}


def _bounded(text: str) -> str:
    if len(text) > _LARGEST:
        raise ValueError("too long")
    return text


#: SQLite's own take time with the product of both lengths, in which nobody can stop it; these with the sum.
_INSTEAD: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "instr": (2, lambda text, part: None if text is None or part is None else str(text).find(str(part)) + 1),
    "replace": (
        3,
        lambda text, old, new: None
        if text is None or old is None or new is None
        else str(text) if old == "" else _replaced(str(text), str(old), str(new)),
    ),
    "trim/2": (2, lambda text, of: None if text is None or of is None else str(text).strip(str(of)[:50])),
    "ltrim/2": (2, lambda text, of: None if text is None or of is None else str(text).lstrip(str(of)[:50])),
    "rtrim/2": (2, lambda text, of: None if text is None or of is None else str(text).rstrip(str(of)[:50])),
}


def _replaced(text: str, old: str, new: str) -> str:
    if len(text) + text.count(old) * max(0, len(new) - len(old)) > _LARGEST:
        raise ValueError("too long")
    return text.replace(old, new)


#: What a question on SQLite may call. None reads or writes anything but its arguments, and none makes much out of little.
SQLITE_FUNCTIONS = words(
    "abs avg ceil ceiling char coalesce concat concat_ws count cume_dist current_date current_time current_timestamp date datetime "
    "dense_rank exp first_value floor format glob group_concat hex ifnull iif instr json json_array json_array_length json_each "
    "json_extract json_group_array json_group_object json_object json_quote json_tree json_type json_valid julianday lag "
    "last_value lead length like ln log log10 log2 lower ltrim max min mod nth_value ntile nullif percent_rank pow power printf "
    "rank replace round row_number rtrim sign sqrt strftime string_agg substr substring sum time total trim trunc typeof unicode "
    "unixepoch upper -> ->>"
)
_TABLE_FUNCTIONS = frozenset({"json_each", "json_tree"})


def _authorizer(door: Door, real: frozenset[str]) -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    """What decides on each access; `real` are the names of everything that is more than a part of the question."""
    inner = {door.name(view): door.reads[view] for view in door.inner}
    open_ones = {*door.inner, *inner, *_TABLE_FUNCTIONS}

    def allowed(action: int, first: str | None, second: str | None, _database: str | None, source: str | None) -> bool:
        if action in {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE}:
            return True
        if action == sqlite3.SQLITE_FUNCTION:
            return str(second).lower() in SQLITE_FUNCTIONS
        if action != sqlite3.SQLITE_READ:
            return False
        if not second:  # rows that are only counted, of a view or of a part of the question
            name = str(first).lower()
            return first in open_ones or (name not in real and not name.startswith(("sqlite_", "pragma_")))
        # The name of the innermost view can be borrowed by a WITH, so only a name that nobody can know counts.
        return first in open_ones or (str(first), str(second)) in inner.get(str(source), frozenset())

    def decide(action: int, first: str | None, second: str | None, database: str | None, source: str | None) -> int:
        return sqlite3.SQLITE_OK if allowed(action, first, second, database, source) else sqlite3.SQLITE_DENY

    return decide


def _gathered(names: list[str], found: Iterable[tuple[Any, ...]]) -> Answer:
    """Rows until there are enough, or enough of them; one at a time, since a few hundred can be gigabytes."""
    rows: list[tuple[Any, ...]] = []
    weight = 0
    for row in found:
        weight += sum(map(_weight, row))
        if len(rows) == ROWS or weight > BYTES:
            return Answer(names, rows, "rows" if len(rows) == ROWS else "bytes")
        rows.append(tuple(map(_plain, row)))
    return Answer(names, rows)


def _weight(value: Any) -> int:
    """The bytes of memory that a value in a row takes, with its place in the row."""
    if isinstance(value, dict):
        return 8 + sys.getsizeof(value) + sum(_weight(key) + _weight(each) for key, each in value.items())
    if isinstance(value, list):
        return 8 + sys.getsizeof(value) + sum(map(_weight, value))
    return 8 if value is None or isinstance(value, bool) else 8 + sys.getsizeof(value)


def _plain(value: Any) -> Any:
    """SQLite's binary numbers as the decimal that they stand for; bytes as their digits."""
    if isinstance(value, float):
        return Decimal(repr(round(value, 9))) if abs(value) < 1e15 else Decimal(repr(value))
    return value.hex() if isinstance(value, bytes) else value


#: Lets rows through, and ends in an error that says "too long" at one that is; not before, since it looks at the row.
_SMALL = f"CASE WHEN octet_length(answer::text) > {_LARGEST} THEN (left(answer::text, 0) || 'too long')::int > 0 ELSE true END"


def ask_postgres(url: str, seated: Callable[[int], Any], text: str, clock: Clock, seconds: float = SECONDS) -> Answer:
    """The answer of a PostgreSQL database. `seated` gives a context in which the backend of this number shows a company's rows.

    Raises Trouble, or TooLong.
    """
    prefix = "DECLARE answer NO SCROLL CURSOR FOR "
    select = f"SELECT * FROM (\n{text}\n) AS answer WHERE {_SMALL}"  # noqa: S608 -- the question is SQL, and bounded by its login
    try:
        with _login(url, seconds) as connection, seated(connection.info.backend_pid), connection.cursor() as cursor:
            until = clock.monotonic() + seconds
            # Asked for in binary, it goes by the extended protocol, in which the server takes one statement and no second.
            cursor.execute((prefix + select).encode(), binary=True)
            return _fetched(cursor, select, until, clock)
    except psycopg.errors.QueryCanceled as error:
        raise TooLong(str(error)) from None
    except psycopg.Error as error:
        place = error.diag.statement_position
        position = int(place) - 1 - len(prefix) - select.index(text) if place else None
        words = error.diag.message_primary or str(error)
        raise Trouble(words, position if position is not None and 0 <= position <= len(text) else None) from None


def _fetched(cursor: psycopg.Cursor[Any], select: str, until: float, clock: Clock) -> Answer:
    """The rows as they come over the line, of which no more than one stands in memory beside those that are kept.

    The cursor `answer` has let the SELECT through and says its columns, also where there is no row. Asked for rows, it
    would put all that were asked for into a file before the first is sent.
    """
    cursor.execute(b"FETCH 0 FROM answer")
    names = [column.name for column in cursor.description or ()]
    left = max(1, int((until - clock.monotonic()) * 1000))
    cursor.execute(f"SET LOCAL statement_timeout = {left}".encode())

    def streamed() -> Generator[tuple[Any, ...]]:
        yield from cursor.stream(f"{select} LIMIT {ROWS + 1}".encode())

    with closing(streamed()) as found:
        return _gathered(names, found)


@contextmanager
def _login(url: str, seconds: float) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the analysts' login in one transaction that can only read, and is rolled back."""
    parsed = make_url(url)
    settings = {
        "default_transaction_read_only": "on", "statement_timeout": str(int(seconds * 1000)), "lock_timeout": "2000",
        "idle_in_transaction_session_timeout": "60000", "timezone": "UTC", "work_mem": "16MB",
        "max_parallel_workers_per_gather": "0", "search_path": f"{SCHEMA},pg_temp", "client_encoding": "UTF8",
        "standard_conforming_strings": "on",
    }  # fmt: skip
    host = parsed.query.get("host") or parsed.host
    with psycopg.connect(
        host=host if isinstance(host, str) or host is None else ",".join(host),
        port=parsed.port,
        user=parsed.username,
        password=parsed.password,
        dbname=parsed.database,
        connect_timeout=5,
        options=" ".join(f"-c {name}={value}" for name, value in settings.items()),
    ) as connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        try:
            yield connection
        finally:
            connection.rollback()


#: Where the views stand on PostgreSQL.
SCHEMA = "tieout_analyst"
