"""What changed here: marks that triggers leave, whoever writes, in the transaction that changes the record.

The triggers have to be put back after every migration, since SQLite loses them when a table is rebuilt:
`install` compares what is there with what should be and touches only what differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select, text
from sqlalchemy.exc import DBAPIError

from syncengine.db.base import Base
from syncengine.inventory.tables import SyncGuard, SyncMark
from syncengine.inventory.triggers import PREFIX, Function, Trigger, postgres_functions, sqlite_triggers

_MARKS: Final = Base.metadata.tables[SyncMark.__tablename__]
_GUARD: Final = Base.metadata.tables[SyncGuard.__tablename__]
#: So many ids go into one statement; SQLite takes 32,766 parameters, PostgreSQL 65,535.
_CHUNK: Final = 5000
#: The advisory lock under which one process at a time puts triggers up; migrations hold 7210.
_INSTALL_LOCK: Final = 7211


@dataclass(frozen=True)
class Mark:
    """One record that changed.

    Attributes:
        id: the mark's own, higher for a later change of the same record; never used again.
        company_id: the company whose record it is; a record that moves leaves a mark in both.
        kind: a key of `KINDS`.
        record_id: the record's id.
        operation: 'save' or 'delete', as the trigger saw it, or 'follow', where the record did not change, but another one on
            which its own posting depends. The first two are a hint: what the record's row says at the time of
            capture decides, and no row means deleted (a REPLACE on SQLite sweeps rows away behind a 'save').
        marked_at: when, in UTC, to the second at best.
    """

    id: int
    company_id: int
    kind: str
    record_id: int
    operation: str
    marked_at: datetime


@dataclass(frozen=True)
class Also:
    """Triggers that are put up and looked after together with the inventory's, on tables that it does not know."""

    sqlite: tuple[Trigger, ...] = ()
    postgres: tuple[Function, ...] = ()


def marks(connection: Connection, *, limit: int = 10_000) -> list[Mark]:
    """At most `limit` marks of all companies, oldest first."""
    rows = connection.execute(select(_MARKS).order_by(_MARKS.c.id).limit(limit))
    return [Mark(row.id, row.company_id, row.kind, row.record_id, row.operation, row.marked_at) for row in rows]


def consume(connection: Connection, ids: Iterable[int]) -> None:
    """Delete exactly the marks with these ids; a change made since has a mark of its own and stays."""
    wanted = list(ids)
    for start in range(0, len(wanted), _CHUNK):
        connection.execute(delete(_MARKS).where(_MARKS.c.id.in_(wanted[start : start + _CHUNK])))


@contextmanager
def guarded(connection: Connection) -> Iterator[None]:
    """While the block runs, what this connection changes leaves no marks: it comes from QuickBooks, and must not go back.

    The guard lives inside the transaction, so a crash takes it away with everything else. Blocks may nest.
    """
    enter = _guard_sqlite if connection.dialect.name == "sqlite" else _guard_postgres
    with enter(connection):
        yield


@contextmanager
def _guard_sqlite(connection: Connection) -> Iterator[None]:
    added = connection.execute(_GUARD.insert()).inserted_primary_key
    try:
        yield
    finally:
        connection.execute(delete(_GUARD).where(_GUARD.c.id == (added[0] if added else None)))


@contextmanager
def _guard_postgres(connection: Connection) -> Iterator[None]:
    before = connection.scalar(text("SELECT current_setting('tieout.guard', true)")) or ""
    setting = text("SELECT set_config('tieout.guard', :value, true)")
    connection.execute(setting, {"value": "on"})
    try:
        yield
    except BaseException:
        # A transaction that failed takes no more statements; rolling it back resets the setting by itself.
        with suppress(DBAPIError):
            connection.execute(setting, {"value": before})
        raise
    connection.execute(setting, {"value": before})


def installed(connection: Connection, also: Also = Also()) -> bool:
    """Whether the triggers that are there are exactly those that should be, each of them enabled."""
    if connection.dialect.name == "sqlite":
        missing, stale = _compare_sqlite(connection, also)
        return not missing and not stale
    wrong, leftover = _compare_postgres(connection, also)
    return not wrong and not leftover


def install(connection: Connection, also: Also = Also()) -> None:
    """Put up what is missing or differs and take down what is stale; nothing to do takes no lock on any table.

    `connection` is in a writing transaction; the caller commits. `also` are triggers beside the inventory's own.
    """
    if connection.dialect.name == "sqlite":
        missing, stale = _compare_sqlite(connection, also)
        _run(connection, [f'DROP TRIGGER "{name}"' for name in stale])
        _run(connection, missing)
    elif not installed(connection, also):
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _INSTALL_LOCK})
        wrong, leftover = _compare_postgres(connection, also)  # again: another process may just have done it
        _run(connection, [f'DROP TRIGGER "{trigger}" ON "{table}"' for trigger, table in leftover])
        for function in wrong:
            drop = f'DROP TRIGGER IF EXISTS "{function.name}" ON "{function.table}"'
            _run(connection, [function.sql, drop, function.trigger_sql])


def _run(connection: Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _compare_sqlite(connection: Connection, also: Also) -> tuple[list[str], list[str]]:
    """The statements of triggers to make, and the names of those to drop first. SQLite keeps each statement verbatim."""
    there = select(text("name"), text("sql")).select_from(text("sqlite_master")).where(text("type = 'trigger'"))
    have = {name: sql for name, sql in connection.execute(there) if name.startswith(PREFIX)}
    want = {trigger.name: trigger.sql for trigger in (*sqlite_triggers(), *also.sqlite)}
    missing = [sql for name, sql in want.items() if have.get(name) != sql]
    return missing, [name for name, sql in have.items() if want.get(name) != sql]


def _compare_postgres(connection: Connection, also: Also) -> tuple[list[Function], list[tuple[str, str]]]:
    """The functions to make again with their triggers, and the (trigger, table) pairs that no function asks for."""
    query = text(r"""
        SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, t.tginitdeferred, p.proname, p.prosrc, p.prosecdef
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND t.tgname LIKE 'tieout\_%' AND c.relnamespace = current_schema()::regnamespace""")
    have = {(row.tgname, row.relname): tuple(row[2:]) for row in connection.execute(query)}
    functions = (*postgres_functions(), *also.postgres)
    want = {(f.name, f.table): (f.moment, "O", f.deferred, f.name, f.body, True) for f in functions}
    wrong = [f for f in functions if have.get((f.name, f.table)) != want[f.name, f.table]]
    return wrong, [pair for pair in have if pair not in want]
