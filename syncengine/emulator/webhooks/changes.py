"""What the books say of a write, as the operations that webhooks tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from syncengine.emulator.books import Books
from syncengine.emulator.webhooks import matrix

#: A change as the books name it -> operation. What is not here (a new full name, new links) is an update.
_OPERATIONS = {"create": "created", "delete": "deleted", "void": "void", "merge": "merged", "emailed": "emailed"}


class Change(NamedTuple):
    """One change that is to be told."""

    entity: str
    id: str
    operation: str
    deleted_id: str = ""


def changes(books: Books) -> list[Change]:
    """What one write changed, each object and operation once, in the order of the write."""
    switches = books.switches
    gone = {(entity, rest[0]) for entity, _, change, *rest in map(_parts, books.written) if change == "merge" and rest}
    found: dict[Change, None] = {}
    for entity, id_, change, *rest in map(_parts, books.written):
        if change == "delete" and (entity, id_) in gone:
            continue  # the survivor's event says so
        operation = switches["webhook_deactivation"] if change == "deactivate" else _OPERATIONS.get(change, "updated")
        told = _told(entity, operation, deactivated=change == "deactivate")
        if told is not None:
            found[Change(entity, id_, told, rest[0] if rest and told == "merged" else "")] = None
    if switches["webhook_balances"]:
        found.update(dict.fromkeys(_touched(books, {(each.entity, each.id) for each in found})))
    return list(found)


def _parts(written: str) -> list[str]:
    return written.split("/")


def _told(entity: str, operation: str, *, deactivated: bool) -> str | None:
    told = matrix.told(entity, operation)
    return matrix.told(entity, "updated") if told is None and deactivated else told


def _touched(books: Books, known: set[tuple[str, str]]) -> Iterator[Change]:
    """Names and items whose balance moved: their LastUpdatedTime is new, their SyncToken is not."""
    for entity, id_ in books.touched:
        if (entity, id_) not in known and matrix.told(entity, "updated"):
            yield Change(entity, id_, "updated")
