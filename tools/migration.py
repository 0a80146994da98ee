"""Write a new database version: what the tables in the code have and the versions so far lack."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path

from syncengine.db.engine import Database
from syncengine.db.migrate import autogenerate

#: The packages whose `tables` modules define what is in the database, in the order of their floors.
FAMILIES = ("syncengine.inventory", "syncengine.ledger", "syncengine.store")


def table_modules() -> list[str]:
    """The dotted names of every module called `tables`, or inside a package of that name."""
    names: list[str] = []
    for family in FAMILIES:
        package = importlib.import_module(family)
        found = (module.name for module in pkgutil.walk_packages(package.__path__, f"{family}."))
        names += [name for name in found if "tables" in name.split(".")]
    return names


def main(arguments: list[str]) -> int:
    """Write the version file and name it; 2 without a message."""
    message = " ".join(arguments).strip()
    if not message:
        sys.stderr.write('Say what changes: make migration m="add a shipping date"\n')
        return 2
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        try:
            written = autogenerate(database, message, table_modules())
        finally:
            database.close()
    sys.stdout.write(f"{written or 'Nothing has changed: no version was written.'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
