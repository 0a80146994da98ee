"""The entities: one file for each thing that syncs. A new file is found, ordered and tested by itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from graphlib import TopologicalSorter

from syncengine.entities._entity import Entity, marker, total
from syncengine.entities._fields import Flat, Payload, Record, References
from syncengine.terms import Direction


def _find() -> dict[str, Entity]:
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(__path__, f"{__name__}.")
        if not found.name.rpartition(".")[2].startswith("_") and not found.ispkg
    ]
    return {module.ENTITY.name: module.ENTITY for module in modules}


def _ordered(found: Mapping[str, Entity]) -> dict[str, Entity]:
    graph = {name: sorted(entity.depends_on & found.keys()) for name, entity in sorted(found.items())}
    return {name: found[name] for name in TopologicalSorter(graph).static_order()}


#: All entities by name, each after those that its references lead to.
ENTITIES: Mapping[str, Entity] = _ordered(_find())
#: Those that push, by inventory kind.
BY_KIND: Mapping[str, tuple[Entity, ...]] = {
    kind: tuple(entity for entity in ENTITIES.values() if entity.kind == kind and entity.direction is not Direction.PULL)
    for kind in {entity.kind for entity in ENTITIES.values() if entity.kind}
}

__all__ = ["BY_KIND", "ENTITIES", "Entity", "Flat", "Payload", "Record", "References", "marker", "total"]
