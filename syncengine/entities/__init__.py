"""The entities: one file for each thing that posts or syncs. A new file is found, ordered and tested by itself.

What receives QuickBooks' objects (two-way records and view-only copies) is in `ENTITIES` by QuickBooks' name; what is sent
is in `POSTINGS` by QuickBooks' name and inventory kind. One inventory record may post to several targets, and one target,
such as a JournalEntry, may be posted by records of several kinds.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter

from syncengine.entities._entity import Entity, marker, total
from syncengine.entities._fields import Flat, Payload, Record, References, plain_note
from syncengine.terms import Direction


def _find() -> list[Entity]:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(__path__, f"{__name__}.")
        if not found.name.rpartition(".")[2].startswith("_") and not found.ispkg
    ]
    return [module.ENTITY for module in modules]


def ordered(found: Iterable[Entity]) -> list[Entity]:
    """Each entity after those that its references lead to.

    Raises ValueError where two of them claim the same QuickBooks name: as its first receiver, or for one kind.
    """
    by_key: dict[str, Entity] = {}
    for entity in sorted(found, key=lambda each: each.key):
        if by_key.setdefault(entity.key, entity) is not entity:
            raise ValueError(f"two files describe {entity.key}")
    graph = {key: sorted(entity.depends_on & by_key.keys()) for key, entity in by_key.items()}
    return [by_key[key] for key in TopologicalSorter(graph).static_order()]


#: Every entity, each after those that its references lead to.
EVERY: tuple[Entity, ...] = tuple(ordered(_find()))
#: By QuickBooks' name, the entity that its objects belong to first of all.
ENTITIES: Mapping[str, Entity] = {each.name: each for each in EVERY if each.primary}
#: What is sent: by QuickBooks' name and inventory kind, in sending order.
POSTINGS: Mapping[tuple[str, str], Entity] = {(each.name, each.kind): each for each in EVERY if each.pushes}
#: What receives objects of a QuickBooks name, in the order in which they take them.
RECEIVERS: Mapping[str, tuple[Entity, ...]] = {
    name: tuple(each for each in EVERY if each.name == name and each.direction is not Direction.PUSH) for name in ENTITIES
}
#: What records of a kind post to.
BY_KIND: Mapping[str, tuple[Entity, ...]] = {
    kind: tuple(each for each in POSTINGS.values() if each.kind == kind) for kind in {each.kind for each in POSTINGS.values()}
}

__all__ = [
    "BY_KIND",
    "ENTITIES",
    "EVERY",
    "POSTINGS",
    "RECEIVERS",
    "Entity",
    "Flat",
    "Payload",
    "Record",
    "References",
    "marker",
    "ordered",
    "plain_note",
    "total",
]
