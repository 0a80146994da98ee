"""Alembic's way to the database: one lock, one transaction, foreign keys off while tables are copied.

SQLite changes a table by copying it; with foreign keys on, dropping the old one would delete its children
where they cascade. So they are off during the upgrade and checked before it commits.
"""

from __future__ import annotations

import importlib
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from sqlalchemy import Connection, Engine, event, pool
from sqlalchemy.sql.elements import False_, True_
from sqlalchemy.types import TypeDecorator

from syncengine.db.base import Base
from syncengine.db.engine import Database
from syncengine.db.types import LooseBool, LooseDate, LooseDecimal
from syncengine.failpoints import failpoint

#: Any number will do, as long as nobody else in the same PostgreSQL database takes it for another lock.
ADVISORY_LOCK = 7210

#: How those of our column types that differ between the databases are written in a version file: in
#: SQLAlchemy's words only, so that a version stays what it was when our types change.
PLAIN_TYPES: dict[type[Any], str] = {
    LooseDecimal: "sa.Numeric().with_variant(sa.Text(), 'sqlite')",
    LooseDate: "sa.Date().with_variant(sa.Text(), 'sqlite')",
    LooseBool: "sa.Boolean().with_variant(sa.Integer(), 'sqlite')",
}


def plain(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """The text of one of our types or of a yes-or-no default for a version file; False leaves the rest to Alembic."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return PLAIN_TYPES.get(type(thing)) or f"sa.{thing.impl_instance!r}"
    if kind == "server_default" and isinstance(getattr(thing, "arg", None), True_ | False_):
        # Left to Alembic this becomes the 1 or 0 of the database it was written on, which PostgreSQL refuses.
        return f"sa.{thing.arg}()"
    return False


def unless_empty(_context: Any, _revision: Any, directives: list[Any]) -> None:
    """Write no version file where nothing has changed."""
    if directives and directives[0].upgrade_ops.is_empty():
        directives.clear()


def engine_for(url: str) -> Engine:
    """An engine of its own, not the program's: SQLite waits a minute for another migration, foreign keys off."""
    engine = sa.create_engine(Database(url).url, poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def prepare(raw: Any, _record: object) -> None:
            raw.isolation_level = None  # the driver's own BEGIN comes too late to be IMMEDIATE
            raw.execute("PRAGMA busy_timeout=60000")
            raw.execute("PRAGMA foreign_keys=OFF")
            # Renaming a rebuilt table must not make SQLite look into the triggers of other tables that name it.
            raw.execute("PRAGMA legacy_alter_table=ON")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def migrate(connection: Connection) -> None:
    """Run the wanted versions inside the transaction that `connection` is in."""
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # so that one version file serves both databases
        compare_type=True,
        render_item=plain,
        process_revision_directives=unless_empty,
        on_version_apply=lambda **_: failpoint("migrate.step"),
    )
    context.run_migrations()
    # Whatever has to be there together with the tables (triggers, above all) is put up before anyone else can write.
    for act in context.config.attributes.get("then", ()):
        act(connection)
    if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"rows without their parent after migrating: {broken[:5]}")


for name in context.config.attributes.get("modules", ()):
    importlib.import_module(name)

engine = engine_for(context.config.attributes["url"])
try:
    with engine.begin() as wire:
        migrate(wire)
finally:
    engine.dispose()
