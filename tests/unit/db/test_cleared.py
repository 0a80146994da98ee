"""A PostgreSQL database that one test leaves to the next is as new, or is not given on."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from syncengine.db.engine import Database
from syncengine.engine.setup import prepare
from tests.support.postgres import PostgresServer
from tests.unit.queries import seed


def whole(database: Database) -> dict[str, list[str]]:
    """Every row of every table and the place of every counter."""
    with database.reading() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).all()
        found = {table: sorted(map(str, connection.execute(text(f"SELECT * FROM {table}")))) for table in tables}
        return {**found, "": sorted(map(str, connection.execute(text("SELECT sequencename, last_value FROM pg_sequences"))))}


def test_rows_are_gone_and_numbers_begin_anew(postgres_server: PostgresServer) -> None:
    with postgres_server.filled("cleared", prepare) as database:
        new, first = whole(database), database.url
        ids = seed.busy(database).customers
        assert whole(database) != new
    with postgres_server.filled("cleared", prepare) as database:
        assert database.url == first
        assert whole(database) == new
        assert seed.busy(database).customers == ids


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (n INTEGER)",
        "ALTER TABLE customer ADD COLUMN more INTEGER",
        "ALTER TABLE customer DISABLE TRIGGER ALL",
        "DROP INDEX ix_category_parent_id",
        "UPDATE alembic_version SET version_num = 'other'",
    ],
)
def test_what_a_test_has_rebuilt_is_not_given_on(postgres_server: PostgresServer, change: str) -> None:
    with postgres_server.filled("cleared", prepare) as database:
        first = database.url
        with database.writing() as connection:
            connection.execute(text(change))
    with postgres_server.filled("cleared", prepare) as database:
        assert database.url != first


def test_what_somebody_else_still_uses_is_not_given_on(postgres_server: PostgresServer) -> None:
    with postgres_server.filled("cleared", prepare) as database:
        first, other = database.url, Database(database.url)
        left = other._write.connect()
    with postgres_server.filled("cleared", prepare) as database:
        assert database.url != first
    left.invalidate()
    other.close()
