"""What a new name is carried into: the full names below it, and the references that show it."""

from __future__ import annotations

import re
from typing import Any

from syncengine.emulator import checks, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.properties import POINTERS


def renamed(books: Books, entity: Entity, old: dict[str, Any], new: dict[str, Any]) -> None:
    """A new name goes into the full names below it and into the references that show it."""
    if not entity.shown_name:
        return
    if entity.hierarchy and old.get("FullyQualifiedName") != new.get("FullyQualifiedName"):
        rename_below(books, entity, new)
    if old.get(entity.shown_name) != new.get(entity.shown_name):
        _in_references(books, entity, new["Id"], old[entity.shown_name], new[entity.shown_name])


def rename_below(books: Books, entity: Entity, above: dict[str, Any]) -> None:
    """Put the full name of a member of a hierarchy into those of the ones below it."""
    for id_, _ in books.ids(entity.name, "parent", above["Id"]) if entity.hierarchy else ():
        _below(books, entity, id_, above["FullyQualifiedName"])


def _below(books: Books, entity: Entity, id_: str, above: str) -> None:
    old = books.known(entity.name, id_)
    if old is None or entity.name_property is None:
        return
    new = {**old, "FullyQualifiedName": f"{above}:{old[entity.name_property]}"}
    if new == old:
        return
    books.replace(entity.name, new, checks.keys(entity, new), "full_name")
    renamed(books, entity, old, new)


def _in_references(books: Books, entity: Entity, id_: str, before: str, after: str) -> None:
    """References show the present name without having changed themselves: their rows keep SyncToken and time."""
    pointers = POINTERS.get(entity.name)
    if not pointers:
        return
    needle = f'{{"value":{wire.dumps(id_)},"name":{wire.dumps(before)}'
    shown = f'{{"value":{wire.dumps(id_)},"name":{wire.dumps(after)}'
    pattern = re.compile(f'("(?:{"|".join(sorted(pointers))})":){re.escape(needle)}(?=[,}}])')
    rows = books.state.execute(
        "SELECT entity, id, body FROM object WHERE company = ? AND deleted = 0 AND instr(body, ?) > 0", (books.company.key, needle)
    ).fetchall()
    for name, other, body in rows:
        changed = pattern.sub(lambda match: match[1] + shown, body)
        if changed != body:
            books.state.execute(
                "UPDATE object SET body = ? WHERE company = ? AND entity = ? AND id = ?", (changed, books.company.key, name, other)
            )
            books.company.cache.pop((name, other), None)
