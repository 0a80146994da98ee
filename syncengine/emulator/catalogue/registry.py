"""All entities that the emulator knows, by name and by path."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from syncengine.emulator import catalogue
from syncengine.emulator.catalogue.entity import Entity


def _found() -> Iterator[Entity]:
    """The entities of all files of this family: a new file is found by itself."""
    for each in pkgutil.iter_modules(catalogue.__path__, f"{catalogue.__name__}."):
        if each.name != __name__:
            yield from getattr(importlib.import_module(each.name), "ENTITIES", ())


#: Name as on the wire -> entity.
ENTITIES: dict[str, Entity] = {entity.name: entity for entity in _found()}
#: The segment of the URL, lower case -> entity.
BY_PATH: dict[str, Entity] = {entity.path: entity for entity in ENTITIES.values()}
#: What envelopes call them -> entity.
BY_ENVELOPE: dict[str, Entity] = {entity.envelope: entity for entity in ENTITIES.values()}


def _sequences() -> dict[str, tuple[str, ...]]:
    shared: dict[str, list[str]] = {}
    for entity in ENTITIES.values():
        shared.setdefault(entity.sequence, []).append(entity.name)
    return {sequence: tuple(members) for sequence, members in shared.items()}


#: Sequence of ids -> the entities that share it.
SEQUENCES: dict[str, tuple[str, ...]] = _sequences()

#: Name -> its properties in the order in which they are shown.
ORDERS: dict[str, tuple[str, ...]] = {entity.name: tuple(entity.record.properties) for entity in ENTITIES.values()}
