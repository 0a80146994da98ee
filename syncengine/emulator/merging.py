"""Two members of a list become one: whatever referred to the one that goes refers to the one that stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from syncengine.emulator import checks, linking, renaming, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.properties import POINTERS
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.postings import ledger
from syncengine.emulator.rules.draft import value_of


def merge(books: Books, entity: Entity, loser: dict[str, Any], survivor: dict[str, Any]) -> dict[str, Any]:
    """Let `loser` become part of `survivor`; returns the survivor as it then is. The loser's id is gone."""
    books.settle()
    _repoint(books, entity, loser, survivor)
    ledger.merge(books, entity.name, loser["Id"], survivor["Id"])
    # While the loser is there, what it no longer holds goes out of the balances above it as well.
    books.settle()
    books.bury(entity.name, loser["Id"])
    merged = dict(books.known(entity.name, survivor["Id"]) or survivor)
    renaming.rename_below(books, entity, merged)
    linking.bump(books, entity, merged, f"merge/{loser['Id']}")
    return merged


def alike(books: Books, entity: Entity, loser: dict[str, Any], survivor: dict[str, Any]) -> None:
    """See to it that the two can become one.

    Raises:
        ValueError: they are of different types or currencies, or what stays is below what goes.
    """
    if any(loser.get(name) != survivor.get(name) for name in ("AccountType", "CurrencyRef", "Type")):
        raise ValueError("merge takes two members of one type and currency")
    above, at = set(), value_of(survivor, "ParentRef")
    while at is not None and at not in above:
        above.add(at)
        at = value_of(books.known(entity.name, at) or {}, "ParentRef")
    if loser["Id"] in above:
        raise ValueError("what stays may not be below what goes")


def _repoint(books: Books, entity: Entity, loser: Mapping[str, Any], survivor: Mapping[str, Any]) -> None:
    """Every reference to the loser becomes one to the survivor; the rows count as changed."""
    needle = f'{{"value":{wire.dumps(loser["Id"])}'
    rows = books.state.execute(
        "SELECT entity, id FROM object WHERE company = ? AND deleted = 0 AND instr(body, ?) > 0", (books.company.key, needle)
    ).fetchall()
    for name, id_ in rows:
        obj = books.known(name, id_)
        if obj is None:
            continue
        changed = _replaced(obj, "", entity, loser, survivor)
        if name == entity.name and value_of(obj, "ParentRef") == loser["Id"]:
            # The reference to a parent may come without its name.
            changed = {**changed, "ParentRef": _shown(entity, survivor, obj["ParentRef"])}
        if changed != obj:
            books.replace(name, changed, checks.keys(ENTITIES[name], changed))
            ledger.follow(books, name, obj, changed)


def _shown(entity: Entity, survivor: Mapping[str, Any], reference: dict[str, Any]) -> dict[str, Any]:
    named = {"name": survivor[entity.shown_name]} if "name" in reference else {}
    return {**reference, "value": survivor["Id"], **named}


def _replaced(value: Any, key: str, entity: Entity, loser: Mapping[str, Any], survivor: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_replaced(item, key, entity, loser, survivor) for item in value]
    if not isinstance(value, dict):
        return value
    pointers = POINTERS.get(entity.name)
    shown = {"value": loser["Id"], "name": loser[entity.shown_name]}
    if shown.items() <= value.items() and (pointers is None or key in pointers):
        return _shown(entity, survivor, value)
    return {name: _replaced(item, name, entity, loser, survivor) for name, item in value.items()}


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
