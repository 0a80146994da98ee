"""Making the tables of the whole product known, as the program itself does when it starts."""

from __future__ import annotations

import importlib

from tools.migration import table_modules


def import_tables() -> None:
    """Import every module that defines tables, so that `Base.metadata` is whole."""
    for name in table_modules():
        importlib.import_module(name)
