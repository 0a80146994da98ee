"""Other times for objects that exist: many in one second, or long ago, which no client could wait for."""

from __future__ import annotations

from syncengine.emulator import moments, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.registry import ENTITIES


def set_times(books: Books, entity: str, ids: list[str] | None, created: str | None, updated: str | None) -> int:
    """Set the times of some objects of an entity, or of all that live; returns how many there were.

    Raises:
        ValueError: there is no such entity, or a time is none.
    """
    if entity not in ENTITIES:
        raise ValueError(f"there is no entity {entity!r}")
    wanted = {"created": _epoch(books, created), "updated": _epoch(books, updated)}
    rows = books.state.execute(
        "SELECT id, created, updated, body FROM object WHERE company = ? AND entity = ? AND deleted = 0 ORDER BY rowid",
        (books.company.key, entity),
    ).fetchall()
    changed = 0
    for id_, old_created, old_updated, body in rows:
        if ids is not None and id_ not in ids:
            continue
        first = old_created if wanted["created"] is None else wanted["created"]
        last = old_updated if wanted["updated"] is None else wanted["updated"]
        obj = wire.loads(body)
        zone = books.company.zone
        obj["MetaData"] = {
            **obj.get("MetaData", {}),
            "CreateTime": moments.second(first, zone),
            "LastUpdatedTime": moments.second(last, zone),
        }
        books.state.execute(
            "UPDATE object SET created = ?, updated = ?, body = ? WHERE company = ? AND entity = ? AND id = ?",
            (first, last, wire.dumps(obj), books.company.key, entity, id_),
        )
        changed += 1
    books.forget()
    return changed


def _epoch(books: Books, text: str | None) -> int | None:
    if text is None:
        return None
    moment = moments.parse(str(text), books.company.zone)
    if moment is None:
        raise ValueError(f"{text!r} is no time")
    return int(moment)
