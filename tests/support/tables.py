"""Making the tables of the whole product known, as the program itself does when it starts."""

from __future__ import annotations

import importlib

from syncengine.db.base import Base
from syncengine.db.engine import Database
from tools.migration import table_modules


def import_tables() -> None:
    """Import every module that defines tables, so that `Base.metadata` is whole."""
    for name in table_modules():
        importlib.import_module(name)


def prepare(database: Database) -> None:
    """Bring an empty `database` to the form in which the program works with it."""
    if importlib.util.find_spec("syncengine.engine.setup"):
        importlib.import_module("syncengine.engine.setup").prepare(database)
        return
    import_tables()
    with database.writing() as connection:
        Base.metadata.create_all(connection)
