"""The database handle: two doors, no lost update, nothing half written."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from syncengine import failpoints
from syncengine.db import engine
from syncengine.db.base import Company
from syncengine.db.engine import Database
from tests.support import engines


def names(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.scalars(select(Company.name).order_by(Company.name)))


def add(database: Database, name: str) -> None:
    with database.writing() as connection:
        connection.execute(insert(Company).values(name=name))


def test_what_is_written_is_read_back(database):
    add(database, "Harbour")
    assert names(database) == ["Harbour"]


def test_an_error_inside_the_block_takes_everything_back(database):
    def write_and_fail():
        with database.writing() as connection:
            connection.execute(insert(Company).values(name="Half"))
            raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        write_and_fail()
    assert names(database) == []


def test_a_crash_before_the_commit_leaves_nothing_and_one_after_it_everything(database):
    failpoints.arm("db.commit.pre", failpoints.raise_crash)
    with pytest.raises(failpoints.Crash):
        add(database, "Before")
    failpoints.disarm()
    failpoints.arm("db.commit.post", failpoints.raise_crash)
    with pytest.raises(failpoints.Crash):
        add(database, "After")
    failpoints.disarm()
    assert names(database) == ["After"]


def test_two_companies_cannot_share_a_name(database):
    add(database, "Harbour")
    with pytest.raises(IntegrityError):
        add(database, "Harbour")


def test_a_broken_constraint_is_known_by_its_fixed_name_on_postgresql(postgres_database):
    add(postgres_database, "Harbour")
    with pytest.raises(IntegrityError, match="uq_company_name"):
        add(postgres_database, "Harbour")


def test_a_read_sees_one_state_while_another_thread_writes(sqlite_database):
    add(sqlite_database, "First")
    with sqlite_database.reading() as connection:
        before = connection.scalar(select(func.count()).select_from(Company))
        add(sqlite_database, "Second")
        after = connection.scalar(select(func.count()).select_from(Company))
    assert (before, after) == (1, 1)
    assert names(sqlite_database) == ["First", "Second"]


def test_no_read_modify_write_is_lost_between_threads(sqlite_database):
    with sqlite_database.writing() as connection:
        connection.execute(text("CREATE TABLE tally (n INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO tally VALUES (0)"))

    def count_up(times: int) -> None:
        for _ in range(times):
            with sqlite_database.writing() as connection:
                n = connection.scalar(text("SELECT n FROM tally"))
                connection.execute(text("UPDATE tally SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=count_up, args=(25,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with sqlite_database.reading() as connection:
        assert connection.scalar(text("SELECT n FROM tally")) == 75


def test_a_deferred_read_that_turns_into_a_write_on_old_data_is_refused(sqlite_database):
    add(sqlite_database, "First")

    def write_on_a_stale_read():
        with sqlite_database.reading() as connection:
            connection.scalar(select(func.count()).select_from(Company))
            add(sqlite_database, "Second")
            connection.execute(update(Company).values(timezone="Europe/Berlin"))

    with pytest.raises(OperationalError, match="locked"):
        write_on_a_stale_read()


def test_sqlite_keeps_foreign_keys_and_survives_a_power_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "PRAGMAS", engines.PRAGMAS)  # the other tests do not wait for the disk
    database = Database(f"sqlite:///{tmp_path / 'tieout.db'}")
    with database.reading() as connection:
        found = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "journal_mode", "synchronous")}
    assert found == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2}
    database.close()


def test_statements_that_tests_share_are_compiled_once_for_each_dialect(sqlite_database, tmp_path):
    statement, other = select(Company.name).where(Company.name == "Harbour"), Database(f"sqlite:///{tmp_path / 'other.db'}")
    with sqlite_database.reading() as connection:
        connection.execute(statement)
        ours = connection.get_execution_options()["compiled_cache"]
    with other.reading() as connection:
        assert connection.get_execution_options()["compiled_cache"] is ours
    before = len(ours)
    with sqlite_database.reading() as connection:
        connection.execute(select(Company.name).where(Company.name == "Quay"))
    assert len(ours) == before
    other.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_postgresql_url_means_the_driver_that_is_installed(scheme):
    database = Database(f"{scheme}://ann:secret@localhost/books")
    assert database.dialect == "postgresql"
    assert database.url.startswith("postgresql+psycopg://")
    database.close()


def test_a_password_is_kept_in_the_url_and_never_shown():
    database = Database("postgresql://ann:hush-hush@localhost/books")
    assert "hush-hush" in database.url
    assert "hush-hush" not in repr(database)
    database.close()
