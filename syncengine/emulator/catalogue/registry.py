"""All entities that the emulator knows, by name and by path."""

from __future__ import annotations

from syncengine.emulator.catalogue import journal, lists, names, purchases, sales, settings
from syncengine.emulator.catalogue.entity import Entity

#: Name as on the wire -> entity.
ENTITIES: dict[str, Entity] = {
    entity.name: entity for family in (names, lists, sales, purchases, journal, settings) for entity in family.ENTITIES
}
#: The segment of the URL, lower case -> entity.
BY_PATH: dict[str, Entity] = {entity.path: entity for entity in ENTITIES.values()}


def _sequences() -> dict[str, tuple[str, ...]]:
    shared: dict[str, list[str]] = {}
    for entity in ENTITIES.values():
        shared.setdefault(entity.sequence, []).append(entity.name)
    return {sequence: tuple(members) for sequence, members in shared.items()}


#: Sequence of ids -> the entities that share it.
SEQUENCES: dict[str, tuple[str, ...]] = _sequences()
