"""Opening the installation: its data folder, its database and its site, with plain words for what can go wrong."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from syncengine.chance import SystemChance
from syncengine.clock import SystemClock
from syncengine.db.engine import Database
from syncengine.engine import setup
from syncengine.engine.site import Site
from syncengine.errors import ConfigurationError, SyncEngineError
from syncengine.settings import Settings
from syncengine.worker import logs
from syncengine.worker.bundled import Bundled

#: What SQLite says, and what it means for a person. `{where}` becomes the file or the server.
_SQLITE = (
    ("unable to open database file",
     "The database {where} cannot be opened. Check that its folder exists and may be written to (TIEOUT_DATA)."),
    ("readonly database", "The database {where} may not be written to. Check who owns the file and its folder (TIEOUT_DATA)."),
    ("disk is full", "The disk is full: nothing more can be written to {where}. Free some space; nothing that was saved is lost."),
    ("disk i/o error", "The disk under {where} reports an error. Check the disk and the space left on it."),
    ("not a database", "{where} is no database, or it is damaged. Restore a copy, or name another folder (TIEOUT_DATA)."),
    ("malformed", "{where} is damaged. Restore a copy."),
    ("database is locked",
     "Another program has held the database {where} for long. Try again; if it stays so, end that program."),
)
#: The same for PostgreSQL.
_POSTGRESQL = (
    ("authentication failed", "The database server refuses the name or password in TIEOUT_DATABASE_URL ({where})."),
    ("does not exist", "The database {where} is not there. Create it, or correct TIEOUT_DATABASE_URL."),
    ("no space left", "The disk of the database server is full ({where}). Free some space; nothing that was saved is lost."),
    ("permission denied", "The database {where} refuses what this login needs. Give it the right to create and to write tables."),
)
#: Tables that are missing: the database was never prepared, or by an older program.
_UNPREPARED = ("no such table", "no such column", "undefinedtable", "undefinedcolumn")


def open_database(settings: Settings) -> Database:
    """The shared database, its folder made on first need; not yet prepared.

    Raises:
        ConfigurationError: the folder cannot be made, or the URL is none.
    """
    _make_folder(settings.data)
    try:
        return Database(settings.database_url)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise ConfigurationError(
            "TIEOUT_DATABASE_URL is no address of a database that can be used here. It looks like "
            "postgresql://name:password@host/database, or sqlite:////folder/file.db; unset, a file in the data folder is used."
        ) from error


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database as it stands, closed at the end of the block."""
    database = open_database(settings)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def existing(settings: Settings) -> Iterator[Database]:
    """The database for those who only look: nothing is made that was not there.

    Raises:
        ConfigurationError: there is no database file yet.
    """
    file = _sqlite_file(settings)
    if file is not None and not file.exists():
        raise ConfigurationError(
            f"There is no database {file} yet. Start Tieout (python -m syncengine dashboard), "
            "or name the right data folder with TIEOUT_DATA.")
    with opened(settings) as database:
        yield database


@contextmanager
def prepared(settings: Settings) -> Iterator[Database]:
    """The database, made on first need and brought up to date."""
    with opened(settings) as database:
        setup.prepare(database)
        yield database


@contextmanager
def site_of(settings: Settings) -> Iterator[tuple[Site, Bundled]]:
    """The installation, its database brought up to date, and its hold on the bundled emulator.

    Raises:
        ConfigurationError: as `open_database`, or the database belongs to a newer program.
        DBAPIError: the database cannot be reached or written; `explained` has the words for it.
    """
    with prepared(settings) as database:
        yield assembled(database, settings)


def assembled(database: Database, settings: Settings) -> tuple[Site, Bundled]:
    """The installation around a database that is open, with the machine's own clock and chance."""
    clock = SystemClock()
    bundled = Bundled(database, settings, clock)
    return Site(database, settings, clock, SystemChance(), bundled.address), bundled


def explained(error: BaseException, settings: Settings) -> str:
    """One or two plain sentences: what is wrong and what to do. "" for what nobody foresaw."""
    if isinstance(error, DBAPIError):
        return _database_words(error, settings)
    if isinstance(error, OSError):
        return _system_words(error)
    return str(error) if isinstance(error, SyncEngineError) else ""


def _sqlite_file(settings: Settings) -> Path | None:
    try:
        url = make_url(settings.database_url)
    except ArgumentError:
        return None
    named = url.database if url.get_backend_name() == "sqlite" else None
    return Path(named) if named and not named.startswith((":", "file:")) else None


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"The data folder {folder} cannot be made: {error.strerror}. Make it by hand, or name another with TIEOUT_DATA.",
        ) from error


def _database_words(error: DBAPIError, settings: Settings) -> str:
    url = make_url(settings.database_url)
    sqlite = url.get_backend_name() == "sqlite"
    where = str(url.database) if sqlite else url.render_as_string(hide_password=True)
    said = str(error.orig).strip()
    if any(word in f"{type(error.orig).__name__} {said}".lower() for word in _UNPREPARED):
        return f"The database {where} is not prepared, or was prepared by an older program. Run: python -m syncengine migrate"
    for words, sentence in _SQLITE if sqlite else _POSTGRESQL:
        if words in said.lower():
            return sentence.format(where=where)
    if not sqlite and (error.connection_invalidated or type(error.orig).__name__ == "OperationalError"):
        reason = logs.redacted(said.splitlines()[0] if said else "no reason given", logs.secrets_of(settings))
        return f"The database server cannot be reached at {where}: {reason}. Start it, or correct TIEOUT_DATABASE_URL."
    return ""


def _system_words(error: OSError) -> str:
    at = f" {error.filename}" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full: nothing more can be written{at and ' to'}{at}. Free some space; nothing that was saved is lost."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"This process may not write or read{at}. Check who owns it (TIEOUT_DATA names the data folder)."
    if error.errno == errno.ENOENT and error.filename:
        return f"There is no{at}."
    return f"{error.strerror}:{at}" if error.strerror and at else ""
