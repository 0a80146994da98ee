"""A company that tests begin with is filled once; from then on it is copied, and the copy is the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from syncengine.db.base import Base
from syncengine.db.engine import Database
from syncengine.engine.setup import prepare
from tests.support import copies
from tests.unit.queries import seed


@pytest.fixture
def another(request: pytest.FixtureRequest, database: Database, sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A second prepared database of the same kind."""
    if database.dialect == "postgresql":
        with request.getfixturevalue("postgres_server").filled("prepared", prepare) as made:
            yield made
        return
    shutil.copyfile(sqlite_template, tmp_path / "another.db")
    made = Database(f"sqlite:///{tmp_path / 'another.db'}")
    yield made
    made.close()


def rows(database: Database) -> dict[str, list[str]]:
    """Every row of every table of ours."""
    with database.reading() as connection:
        return {name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")))) for name in Base.metadata.tables}


def test_a_prepared_database_is_untouched_until_something_is_put_into_it(database):
    assert copies.untouched(database)
    seed.company(database)
    assert not copies.untouched(database)


def test_the_second_company_of_one_moment_is_a_copy_of_the_first(database, another, monkeypatch):
    moment = seed.NOON + timedelta(days=1)
    first = seed.busy(database, now=moment)
    monkeypatch.setattr(seed, "_filled", lambda *given: pytest.fail("it was filled anew"))
    second = seed.busy(another, now=moment)
    assert rows(another) == rows(database)
    assert (second.database, second.customers, second.cycle) == (another, first.customers, first.cycle)


def test_a_file_that_is_as_an_empty_one_was_is_not_opened_and_any_other_is(sqlite_database, sqlite_template, tmp_path, monkeypatch):
    assert copies.untouched(sqlite_database)
    another = Database(f"sqlite:///{tmp_path / 'another.db'}")
    shutil.copyfile(sqlite_template, tmp_path / "another.db")
    with monkeypatch.context() as closed:
        closed.setattr(Database, "reading", lambda _: pytest.fail("it was opened"))
        assert copies.untouched(another)
    # The log is gone with the last who had it open, and what was put in is in the file.
    seed.company(another)
    another.close()
    assert not copies.untouched(another)
