"""Moving a company's rows from one database to another, whatever their kinds, with the numbers that they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Column, Connection, MetaData, Table, Text, delete, insert, select, text

from syncengine.db.base import Base
from syncengine.db.engine import Database
from syncengine.db.types import JsonText
from syncengine.inventory.changes import guarded

#: What stays with the installation when a company's day is put in place: who may do what, who holds the company, how it
#: reaches QuickBooks, and the day's own row.
KEPT: Final = frozenset({"company", "sync_connection", "sync_lease", "sync_member", "sync_grant", "sync_sample"})
#: What goes, and does not come with the day: what is only about the present moment.
_PASSING: Final = frozenset(
    {
        "sync_call", "sync_foresight", "sync_import_file", "sync_import_left_out", "sync_import_piece", "sync_import_problems",
        "sync_long_act", "sync_long_act_part", "sync_mark", "sync_request", "sync_stir",
    }
)  # fmt: skip
#: How many numbers of each table are set aside for one day: ten times what it takes.
_BLOCK: Final = 10_000

#: Table -> rows, each column by name.
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def tables() -> list[Table]:
    """The tables whose rows make up a company, each after those that it refers to."""
    return [each for each in Base.metadata.sorted_tables if "company_id" in each.c and each.name not in KEPT]


def reserve(database: Database) -> dict[str, int]:
    """Set numbers aside in every table, and answer after which number of each the block begins.

    Nobody else is given a number out of these, so that rows made elsewhere can be put in under them.
    """
    found: dict[str, int] = {}
    for table in tables():
        if "id" in table.c and table.name not in _PASSING:
            # One short transaction each: whoever holds several tables at once may wait for somebody who does so, too.
            with database.writing() as connection:
                found[table.name] = _set_aside(connection, table)
    return found


def _set_aside(connection: Connection, table: Table) -> int:
    name = {"name": table.name}
    if connection.dialect.name == "postgresql":
        # Whoever inserts takes a lock that this one excludes, before a number is drawn.
        connection.exec_driver_sql(f'LOCK TABLE "{table.name}" IN SHARE ROW EXCLUSIVE MODE')
        sequence = text("SELECT nextval(pg_get_serial_sequence(:quoted, 'id'))")
        last: int = connection.execute(sequence, {"quoted": f'"{table.name}"'}).scalar_one()
        beyond = text("SELECT setval(pg_get_serial_sequence(:quoted, 'id'), :beyond)")
        connection.execute(beyond, {"quoted": f'"{table.name}"', "beyond": last + _BLOCK})
        return last
    known: int = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), name) or 0
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), name)
    connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), {**name, "seq": known + _BLOCK})
    return known


def take(connection: Connection, company_id: int) -> dict[str, list[dict[str, Any]]]:
    """All rows of a company, as `put` takes them."""
    found = {}
    for table in tables():
        if table.name not in _PASSING:
            plain = _plain(table)
            rows = connection.execute(select(plain).where(plain.c.company_id == company_id).order_by(*_key(plain)))
            found[table.name] = [dict(row) for row in rows.mappings()]
    return found


def put(connection: Connection, company_id: int, rows: Rows) -> None:
    """Put a company's rows in the place of all that it has; in one transaction with whatever the caller does besides.

    It leaves no marks: neither what goes nor what comes is a change that somebody made.
    """
    with guarded(connection):
        for table in reversed(tables()):
            connection.execute(delete(table).where(table.c.company_id == company_id))
        for table in tables():
            if rows.get(table.name):
                connection.execute(insert(_plain(table)), [dict(row) for row in rows[table.name]])


def _plain(table: Table) -> Table:
    """The table with its JSON as the text that it is: numbers in it would not come back as they were."""
    columns = [
        Column(each.name, Text() if isinstance(each.type, JsonText) else each.type, primary_key=each.primary_key)
        for each in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def _key(table: Table) -> list[Column[Any]]:
    return list(table.primary_key.columns)
