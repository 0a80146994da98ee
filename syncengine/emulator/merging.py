"""Two members of a list become one: whatever referred to the one that goes refers to the one that stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncengine.emulator import checks, linking, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.postings import ledger


def merge(books: Books, entity: Entity, loser: dict[str, Any], survivor: dict[str, Any]) -> dict[str, Any]:
    """Let `loser` become part of `survivor`; returns the survivor as it then is. The loser's id is gone."""
    books.settle()
    _repoint(books, entity, loser, survivor)
    ledger.merge(books, entity.name, loser["Id"], survivor["Id"])
    # While the loser is there, what it no longer holds goes out of the balances above it as well.
    books.settle()
    books.bury(entity.name, loser["Id"])
    merged = dict(books.known(entity.name, survivor["Id"]) or survivor)
    linking.bump(books, entity, merged, f"merge/{loser['Id']}")
    return merged


def _repoint(books: Books, entity: Entity, loser: Mapping[str, Any], survivor: Mapping[str, Any]) -> None:
    """Every reference to the loser becomes one to the survivor; the rows count as changed."""
    needle = f'{{"value":{wire.dumps(loser["Id"])}'
    rows = books.state.execute(
        "SELECT entity, id FROM object WHERE company = ? AND deleted = 0 AND instr(body, ?) > 0", (books.company.key, needle)
    ).fetchall()
    for name, id_ in rows:
        obj = books.known(name, id_)
        changed = _replaced(obj, entity, loser, survivor)
        if obj is not None and changed != obj:
            books.replace(name, changed, checks.keys(ENTITIES[name], changed))
            ledger.follow(books, name, obj, changed)


def _replaced(value: Any, entity: Entity, loser: Mapping[str, Any], survivor: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_replaced(item, entity, loser, survivor) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {"value": loser["Id"], "name": loser[entity.shown_name]}
    if shown.items() <= value.items():
        return {**value, "value": survivor["Id"], "name": survivor[entity.shown_name]}
    return {name: _replaced(item, entity, loser, survivor) for name, item in value.items()}


def namesake(books: Books, entity: Entity, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any] | None:
    """The account of the same type and below the same parent whose name an update gives to another one."""
    if entity.name != "Account" or books.switches["merge_by_rename"] != "accounts":
        return None
    name = checks.fold(str(new.get("Name") or ""))
    if name == checks.fold(str(old["Name"])):
        return None
    for id_, active in books.ids("Account", "name", name):
        found = books.known("Account", id_)
        alike = found is not None and all(found.get(each) == old.get(each) for each in ("AccountType", "ParentRef"))
        if active and id_ != old["Id"] and alike:
            return found
    return None
