"""Bringing a database to the newest form: Alembic, driven from the program and safe to start several times at once.

Alembic and its templates load only when one of these functions is called, since most processes find their
database already in order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from syncengine.db.base import Base
from syncengine.db.engine import Database
from syncengine.errors import ConfigurationError

if TYPE_CHECKING:
    from alembic.config import Config

#: Holds `env.py`, the template for a new version and the versions themselves.
MIGRATIONS = Path(__file__).with_name("migrations")
#: What a version file says of itself and of the one before it.
_SAYS = re.compile(r"""^(revision|down_revision)\b[^=\n]*= ['"](\w+)['"]""", re.MULTILINE)


def upgrade(database: Database, *, then: Callable[[Connection], None] | None = None) -> None:
    """Bring `database` to `head()` in one transaction, or leave it as it was.

    Several processes may call this at once on one database: one migrates, the others wait for it. A database
    that is at `head()` already is only read. `then` runs inside the same transaction, after the last version: SQLite
    drops the triggers of a table that a version rebuilds, and nobody may write before they are back.

    Raises:
        ConfigurationError: the database was made by a newer program and cannot be understood by this one.
    """
    present = revision_of(database)
    if present == head():
        return
    from alembic import command

    _refuse_the_unknown(present)
    _drop_views(database)
    config = _config(database.url)
    config.attributes["then"] = (then,) if then else ()
    command.upgrade(config, "head")


def revision_of(database: Database) -> str | None:
    """The version that `database` is at; None while it holds no tables of ours."""
    with database.reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def head() -> str | None:
    """The newest version that this program brings; None while there is none."""
    return _newest(frozenset((MIGRATIONS / "versions").glob("*.py")))


@cache
def _newest(versions: frozenset[Path]) -> str | None:
    """The one of the version files that no other one builds on. Read as text: Alembic would load, and run each of them."""
    says = [dict(_SAYS.findall(path.read_text(encoding="utf-8"))) for path in versions]
    heads = {each["revision"] for each in says} - {each.get("down_revision") for each in says}
    if len(heads) > 1:
        raise RuntimeError(f"The versions of the database end in several: {', '.join(sorted(heads))}.")
    return heads.pop() if heads else None


def differences(database: Database) -> list[Any]:
    """What the tables in `database` lack or have too much against those imported so far, in Alembic's own form.

    CHECK constraints and triggers are not compared.
    """
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with database.reading() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))


def autogenerate(database: Database, message: str, modules: Sequence[str] = ()) -> Path | None:
    """Write a new version file that takes `database` from `head()` to the tables as the code has them.

    Args:
        database: an empty one; it is brought to `head()` first.
        message: what changes, in a few words; becomes part of the file's name.
        modules: the modules that define tables. This floor knows none of them, so the developer's tool names them.

    Returns:
        The new file, or None where nothing has changed.
    """
    from alembic import command

    upgrade(database)
    config = _config(database.url)
    config.attributes["modules"] = tuple(modules)
    script = command.revision(config, message, autogenerate=True)
    return Path(script.path) if script and not isinstance(script, list) else None


def _drop_views(database: Database) -> None:
    """PostgreSQL alters no column under a view: those of analysts go first, and say afterwards that they are to be renewed."""
    if database.dialect != "sqlite":
        from syncengine.db.sandbox import SCHEMA

        with database.writing() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def _config(url: str) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    # Not a main option: those are interpolated, and a password may hold a percent sign.
    config.attributes["url"] = url
    return config


def _refuse_the_unknown(revision: str | None) -> None:
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    if revision is None:
        return
    try:
        ScriptDirectory.from_config(_config("")).get_revision(revision)
    except CommandError:
        raise ConfigurationError(
            f"The database is at version {revision}, which this program does not know: a newer Tieout has upgraded it. "
            "Update the program, or restore the copy made before that upgrade."
        ) from None
