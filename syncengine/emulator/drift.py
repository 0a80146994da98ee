"""The books move between two pages: rows are edited, or come in, just before a page is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncengine.emulator import verbs, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.checks import keys
from syncengine.emulator.operations.lists import statement
from syncengine.emulator.operations.operation import Asked
from syncengine.emulator.query import parse
from syncengine.emulator.select import entity_of


def drift(books: Books, asked: Asked, options: Mapping[str, Any]) -> None:
    """Before a page is read: edit the `edited` oldest rows of its entity (1), and add `inserted` new names (0)."""
    entity = entity_of(books, parse(statement(asked.request)).entity)
    _edit(books, entity, int(options.get("edited", 1)))
    if entity.name_property and entity.name in {"Customer", "Vendor", "Class", "Department", "Term", "PaymentMethod"}:
        for number in range(int(options.get("inserted", 0))):
            name = f"Inserted {books.epoch} {number} {len(books.written)}"[:31]
            verbs.create(books, entity, {entity.name_property: name})


def _edit(books: Books, entity: Entity, count: int) -> None:
    rows = books.state.execute(
        "SELECT body FROM object WHERE company = ? AND entity = ? AND active = 1 ORDER BY updated, rowid LIMIT ?",
        (books.company.key, entity.name, max(0, count)),
    ).fetchall()
    for (body,) in rows:
        obj = wire.loads(body)
        obj["SyncToken"] = str(int(obj["SyncToken"]) + 1)
        books.replace(entity.name, obj, keys(entity, obj))
