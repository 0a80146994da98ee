"""Opening an installation, and plain words for what can go wrong."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from syncengine.db.engine import Database
from syncengine.errors import ConfigurationError, ServiceDown
from syncengine.settings import Settings
from syncengine.worker import opening


def settings(tmp_path: Path, url: str = "") -> Settings:
    return Settings(url or f"sqlite:///{tmp_path / 'tieout.db'}", tmp_path)


def trouble(database: Database, *statements: str) -> DBAPIError:
    """The error of the last statement."""
    with database.writing() as connection:
        for statement in statements[:-1]:
            connection.execute(text(statement))
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text(statements[-1]))
    return caught.value


def test_the_data_folder_is_made_on_first_need(tmp_path):
    wanted = settings(tmp_path / "a" / "b")
    with opening.prepared(wanted):
        assert (tmp_path / "a" / "b" / "tieout.db").exists()


def test_who_only_looks_makes_nothing(tmp_path):
    with pytest.raises(ConfigurationError, match="There is no database"), opening.existing(settings(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["nonsense", "oracle://x/y", "mysql://x/y", "sqlite+unknown:///x"])
def test_an_address_that_is_none_names_its_setting(tmp_path, url):
    with pytest.raises(ConfigurationError, match="TIEOUT_DATABASE_URL"):
        opening.open_database(settings(tmp_path, url))


def test_a_full_disk_is_said_as_such(tmp_path):
    wanted = settings(tmp_path)
    with opening.opened(wanted) as database:
        with database.writing() as connection:
            connection.execute(text("CREATE TABLE note (words TEXT)"))
        full = trouble(database, "PRAGMA max_page_count = 3", "INSERT INTO note VALUES (zeroblob(100000))")
    assert opening.explained(full, wanted).startswith("The disk is full")


def test_a_database_that_was_never_prepared_names_the_command(tmp_path):
    wanted = settings(tmp_path)
    with opening.opened(wanted) as database:
        assert "syncengine migrate" in opening.explained(trouble(database, "SELECT * FROM company"), wanted)


def test_a_file_that_is_no_database_is_named(tmp_path):
    wanted = settings(tmp_path)
    (tmp_path / "tieout.db").write_text("words, words, words\n" * 100)
    with opening.opened(wanted) as database, pytest.raises(DBAPIError) as caught, database.reading():
        pass
    assert "tieout.db is no database" in opening.explained(caught.value, wanted)


def test_a_database_that_is_held_for_long_is_said_as_such(tmp_path):
    wanted = settings(tmp_path)
    with opening.opened(wanted) as one, opening.opened(wanted) as other, one.writing():
        with other.reading() as connection:
            connection.execute(text("PRAGMA busy_timeout = 0"))
        with pytest.raises(DBAPIError) as caught, other.writing():
            pass
    assert "Another program has held" in opening.explained(caught.value, wanted)


def test_a_postgresql_database_that_was_never_prepared_names_the_command(empty_database, tmp_path):
    found = trouble(empty_database, "SELECT * FROM company")
    assert "syncengine migrate" in opening.explained(found, settings(tmp_path, empty_database.url))


def test_a_server_that_is_out_of_reach_is_said_without_the_password(tmp_path, free_port):
    wanted = settings(tmp_path, f"postgresql://ada:s3cr3t-pw@127.0.0.1:{free_port()}/tieout")
    with opening.opened(wanted) as database, pytest.raises(DBAPIError) as caught, database.reading():
        pass
    words = opening.explained(caught.value, wanted)
    assert "cannot be reached" in words
    assert "s3cr3t-pw" not in words


def test_a_postgresql_database_that_does_not_exist_is_said_as_such(postgres_server, tmp_path):
    wanted = settings(tmp_path, postgres_server.url("nowhere"))
    with opening.opened(wanted) as database, pytest.raises(DBAPIError) as caught, database.reading():
        pass
    assert "is not there" in opening.explained(caught.value, wanted)


@pytest.mark.parametrize(("error", "words"), [
    (OSError(errno.ENOSPC, "No space left on device", "data/emulator.log"), "The disk is full"),
    (PermissionError(errno.EACCES, "Permission denied", "data/x"), "may not write or read data/x"),
    (FileNotFoundError(errno.ENOENT, "No such file or directory", "x.csv"), "There is no x.csv"),
    (NotADirectoryError(errno.ENOTDIR, "Not a directory", "x"), "Not a directory: x"),
    (ServiceDown("QuickBooks rests."), "QuickBooks rests."),
])
def test_other_trouble_has_its_sentence(tmp_path, error, words):
    assert words in opening.explained(error, settings(tmp_path))


def test_what_nobody_foresaw_has_none(tmp_path):
    assert opening.explained(KeyError("x"), settings(tmp_path)) == ""
    assert opening.explained(OSError("x"), settings(tmp_path)) == ""
