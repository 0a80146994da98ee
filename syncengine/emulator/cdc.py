"""Change data capture: what changed since a moment, cut without a word at 1,000 objects, deletions first."""

from __future__ import annotations

from syncengine.emulator import faults, moments, wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.registry import BY_PATH

_DAY = 86_400
#: Entities of which it is unknown whether they have CDC -> the switch.
_SWITCHED = {"TimeActivity": "cdc_time_activity", "Preferences": "cdc_preferences"}


def changes(books: Books, entities: str, changed_since: str, room: int | None = None) -> tuple[str, int]:
    """The JSON of the `CDCResponse`, and the number of objects in it.

    Args:
        books: the company's books.
        entities: names with commas, in any case.
        changed_since: a date or time; without an offset in the company's zone.
        room: objects that the answer may hold at most, where that is less than the cap.

    Raises:
        Refusal: a parameter is missing or malformed, an entity has no CDC, or the moment is too far back.
    """
    wanted = [_entity(books, name.strip()) for name in entities.split(",") if name.strip()]
    if not wanted:
        raise faults.required("entities")
    if not changed_since:
        raise faults.required("changedSince")
    since = moments.parse(changed_since, books.company.zone)
    if since is None:
        raise faults.date_format("changedSince", changed_since)
    days = books.switches["cdc_look_back_days"]
    if days and since < books.epoch - days * _DAY:
        raise faults.cdc_too_old(changed_since, books.switches["cdc_too_old_code"])
    return _response(books, wanted, since, room)


def _entity(books: Books, name: str) -> Entity | None:
    """The entity, or None for one that has no CDC where that is answered with nothing."""
    entity = BY_PATH.get(name.lower())
    if entity is None:
        raise faults.invalid_query(f"QueryValidationError: invalid context declaration: {name}")
    switch = _SWITCHED.get(entity.name)
    if books.switches[switch] == "supported" if switch else entity.cdc:
        return entity
    if books.switches["cdc_excluded"] == "empty":
        return None
    raise faults.operation_not_supported(f"cdc for entity {entity.name}")


def _response(books: Books, wanted: list[Entity | None], since: float, room: int | None) -> tuple[str, int]:
    cap, scope = books.switches["cdc_cap"], books.switches["cdc_cap_scope"]
    cap = cap if room is None else min(cap, room)
    left, total, parts = cap, 0, []
    for entity in wanted:
        bodies = _changed(books, entity, since, cap if scope == "entity" else left) if entity else []
        left -= len(bodies)
        total += len(bodies)
        if entity and bodies:
            parts.append(f'{{"{entity.envelope}":[{",".join(bodies)}],"startPosition":1,"maxResults":{len(bodies)}}}')
        else:
            parts.append("{}")
    return f'[{{"QueryResponse":[{",".join(parts)}]}}]', total


def _changed(books: Books, entity: Entity, since: float, limit: int) -> list[str]:
    """The living objects by LastUpdatedTime, then the stubs of the deleted ones."""
    lag = int(books.switches["visibility_lag_seconds"])
    stubs = books.switches["cdc_inactive_names"] == "stub" and entity.deactivatable
    rows = books.state.execute(
        "SELECT id, body, deleted, active FROM object WHERE company = ? AND entity = ? AND updated >= ?"
        " AND (? = 0 OR updated + shuffle % ? <= ?)"
        " ORDER BY CASE WHEN ? THEN max(deleted, 1 - active) ELSE deleted END, updated, rowid LIMIT ?",
        (books.company.key, entity.name, since, lag, lag + 1, books.epoch, stubs, max(0, limit)),
    )
    return [_stub(id_, body) if stubs and not active and not deleted else entity.text(body) for id_, body, deleted, active in rows]


def _stub(id_: str, body: str) -> str:
    updated = wire.loads(body)["MetaData"]["LastUpdatedTime"]
    return wire.dumps({"domain": "QBO", "status": "Deleted", "Id": id_, "MetaData": {"LastUpdatedTime": updated}})
