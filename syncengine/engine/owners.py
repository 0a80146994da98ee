"""Owners: which entity an object belongs to, where several have its QuickBooks name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from syncengine.entities import ENTITIES, POSTINGS, RECEIVERS, Entity, Payload
from syncengine.store import bindings
from syncengine.terms import Direction


def receives(name: str, kind: str) -> bool:
    """Whether records of a kind change when their objects change; what is only sent never does."""
    return (name, kind) in POSTINGS and POSTINGS[name, kind].direction is not Direction.PUSH


def parted(connection: Connection, company_id: int, name: str, payloads: Sequence[Payload]) -> list[tuple[Entity, list[Payload]]]:
    """Objects of one name by the entity that takes them, in the order in which those take theirs.

    An object is the business of that to which it is bound, else of the first that accepts it, else of the name's first.
    What is bound to something that is only sent is nobody's here: its copy is kept, and what differs is drift.
    """
    bound = bindings.of_objects(connection, company_id, name, [str(each["Id"]) for each in payloads])
    found: dict[str, list[Payload]] = {each.key: [] for each in RECEIVERS[name]}
    for payload in payloads:
        row = bound.get(str(payload["Id"]))
        if row is not None and row["ended_at"] is None:
            owner = POSTINGS.get((name, row["kind"]))
        else:
            owner = next((each for each in RECEIVERS[name] if each.accepts(payload)), ENTITIES[name])
        if owner is not None and owner.key in found:
            found[owner.key].append(payload)
    return [(each, found[each.key]) for each in RECEIVERS[name]]
