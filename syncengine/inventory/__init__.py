"""The inventory side: its tables, what changed in them, and ways to read and write them from Python.

>>> from syncengine import inventory
>>> from syncengine.db.engine import Database
>>> database = Database("sqlite:///data/tieout.db")                                      # doctest: +SKIP
>>> inventory.save(database, "customer", {"code": "C-17", "name": "Harbour Supply"})     # doctest: +SKIP
17
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from syncengine.db.engine import Database
from syncengine.errors import RecordError
from syncengine.inventory import reader, writer

__all__ = ["delete", "load", "save"]


def save(
    database: Database, kind: str, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]] | None = None, company: int = 1
) -> int:
    """Write one record in a transaction of its own and answer its id; with `id` among `values` it changes that one.

    `kind` is a key of `tables.KINDS`; `lines` are all lines of a document (see `writer.Draft`). Raises RecordError.
    """
    _known(kind)
    rest = {name: value for name, value in values.items() if name != "id"}
    with database.writing() as connection:
        return writer.save(connection, kind, company, rest, record_id=values.get("id"), lines=lines)


def delete(database: Database, kind: str, record_id: int, company: int = 1) -> bool:
    """Delete one record in a transaction of its own; False where there is none. Raises RecordError where it is used."""
    _known(kind)
    with database.writing() as connection:
        return writer.delete(connection, kind, company, int(record_id))


def load(database: Database, kind: str, record_id: int, company: int = 1) -> reader.Record | None:
    """One record with its lines, or None."""
    _known(kind)
    with database.reading() as connection:
        return reader.load(connection, kind, company, [int(record_id)]).get(int(record_id))


def _known(kind: str) -> None:
    from syncengine.inventory.tables import KINDS  # here, so that the doors above stay all that this module shows

    if kind not in KINDS:
        raise RecordError("kind", kind, "there is no such kind of record.", f"Use one of: {', '.join(KINDS)}.")
