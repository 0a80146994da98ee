"""Which operation a request asks for: the patterns that the modules of this package declare, tried in their order."""

from __future__ import annotations

from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import BY_PATH
from syncengine.emulator.http import Request
from syncengine.emulator.operations import batch, files, forms, lists, rates, reports, single, taxservice
from syncengine.emulator.operations.operation import Asked, Operation, Pattern

#: Fixed paths come before those that begin with an entity. A new operation is a module with PATTERNS, and its place in here.
_PATTERNS: tuple[Pattern, ...] = (
    *lists.PATTERNS, *batch.PATTERNS, *files.PATTERNS, *forms.PATTERNS, *reports.PATTERNS, *rates.PATTERNS,
    *taxservice.PATTERNS, *single.PATTERNS,
)  # fmt: skip
#: (HTTP method, number of segments) -> patterns, split into segments.
_BY_SHAPE: dict[tuple[str, int], list[tuple[tuple[str, ...], Operation]]] = {}
for _method, _path, _operation in _PATTERNS:
    _segments = tuple(_path.split("/"))
    _BY_SHAPE.setdefault((_method, len(_segments)), []).append((_segments, _operation))


def resolve(request: Request, tail: str, time: str) -> Asked | None:
    """What is asked by the part of the path behind the realm; None where there is no such thing."""
    segments = tuple(tail.strip("/").split("/"))
    for pattern, operation in _BY_SHAPE.get((request.method, len(segments)), ()):
        found = _matched(pattern, segments)
        if found is not None:
            return Asked(_chosen(operation, request), request, found[0], found[1], time)
    entity = BY_PATH.get(segments[0])
    if request.method == "GET" and entity is not None and entity.singleton and len(segments) == 1:
        return Asked(single.READ, request, entity, "1", time)
    return None


def knows(tail: str) -> bool:
    """Whether there is such a path at all, whatever the method; then it is the method that is wrong."""
    segments = tuple(tail.strip("/").split("/"))
    return any(
        length == len(segments) and any(_matched(pattern, segments) is not None for pattern, _ in patterns)
        for (_, length), patterns in _BY_SHAPE.items()
    )


def _matched(pattern: tuple[str, ...], segments: tuple[str, ...]) -> tuple[Entity | None, str] | None:
    entity, id_ = None, ""
    for wanted, segment in zip(pattern, segments, strict=True):
        if wanted == "{entity}":
            entity = BY_PATH.get(segment)
            if entity is None:
                return None
        elif wanted == "{id}":
            if not segment:
                return None
            id_ = segment
        elif wanted != segment:
            return None
    return entity, id_


def _chosen(operation: Operation, request: Request) -> Operation:
    """A POST to an entity is told apart by its parameters: `operation=`, or void by `include=void`."""
    if operation is not single.WRITES["write"]:
        return operation
    asked = request.query.get("operation", "").lower()
    if asked == "void" or "void" in request.query.get("include", "").lower().split(","):
        return single.WRITES["void"]
    return single.writing(asked or "write")
