"""An inventory on each of the two databases, with two companies and the triggers up, and nothing else in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from syncengine.db.base import Base
from syncengine.db.engine import Database
from syncengine.inventory import tables
from syncengine.inventory.changes import install
from tests.support.postgres import PostgresServer

assert tables.KINDS  # importing it puts the tables into the metadata


def prepared(database: Database) -> Database:
    """The same database with all tables, triggers and two companies."""
    with database.writing() as connection:
        Base.metadata.create_all(connection)
        install(connection)
        connection.execute(text("INSERT INTO company (name) VALUES ('Harbour Supply'), ('Globex')"))
    return database


@contextmanager
def on_sqlite(path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{path}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def inventory_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("inventory") / "inventory.db"
    with on_sqlite(path) as database:
        prepared(database)
    return path


@pytest.fixture
def sqlite_inventory(inventory_template: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "inventory.db"
    shutil.copyfile(inventory_template, path)
    with on_sqlite(path) as database:
        yield database


@pytest.fixture
def postgres_inventory(postgres_server: PostgresServer) -> Iterator[Database]:
    with postgres_server.filled("inventory", prepared) as database:
        yield database


@pytest.fixture(params=["sqlite", "postgresql"])
def inventory_database(request: pytest.FixtureRequest) -> Database:
    """Each test that asks for it runs on both databases."""
    database: Database = request.getfixturevalue("sqlite_inventory" if request.param == "sqlite" else "postgres_inventory")
    return database
