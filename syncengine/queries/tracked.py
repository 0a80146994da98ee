"""Classes and departments: our own lists of them (S42), offered only while QuickBooks tracks them (S6, S41)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from syncengine.engine import tracking as engine
from syncengine.errors import Refused
from syncengine.inventory import reader
from syncengine.queries.inventory import NEEDS_PERSON, RETRYING, SENDING_NOW, WAITING, states_of, summary
from syncengine.queries.session import Session
from syncengine.store import rights

if TYPE_CHECKING:
    import pandas as pd

_NAMES = {
    "id": "int64",
    "name": "str",
    "full_name": "str",
    "parent": "str",
    "parent_id": "Int64",
    "level": "int64",
    "active": "bool",
    "qbo_id": "str",
    "waiting": "bool",
    "sync": "str",
    "last_success_at": "datetime64[us, UTC]",
    "sync_message": "str",
}
#: States in which a change stands in the queue.
_WAITING = frozenset({NEEDS_PERSON, RETRYING, SENDING_NOW, WAITING})


@dataclass(frozen=True)
class Tracking:
    """Which of the two lists are offered, and how much room the plan leaves.

    Attributes:
        classes, departments: whether QuickBooks tracks them; false while that is not known.
        why_no_classes, why_no_departments: why a list is not offered, with the remedy; empty where it is.
        plan: QuickBooks' name of the plan; empty where it is not known.
        used: active classes and departments together, as they will be after the next sync.
        limit: how many the plan allows; None where it has no limit or is not known.
    """

    classes: bool
    departments: bool
    why_no_classes: str
    why_no_departments: str
    plan: str
    used: int
    limit: int | None


@rights.needs(rights.Permission.MANAGE)
def tracking(session: Session) -> Tracking:
    """Which of the two lists are offered, read from QuickBooks' Preferences and CompanyInfo as they last came."""
    with session.database.reading() as connection:
        why = {kind: engine.why_off(connection, session.company_id, kind) for kind in engine.ENTITY}
        room = engine.room(connection, session.company_id)
    return Tracking(
        not why["class"], not why["department"], why["class"], why["department"], room.plan, room.used, room.limit
    )


@rights.needs(rights.Permission.MANAGE)
def classes(session: Session, *, search: str = "", page: int = 1, size: int = 50) -> pd.DataFrame:
    """One page of the classes by full name, with parent, sync columns, and whether a change waits in the queue.

    Raises Refused, with the remedy, while QuickBooks does not track classes.
    """
    return _names(session, "class", search, page, size)


@rights.needs(rights.Permission.MANAGE)
def departments(session: Session, *, search: str = "", page: int = 1, size: int = 50) -> pd.DataFrame:
    """The same for departments, which QuickBooks calls locations."""
    return _names(session, "department", search, page, size)


@rights.needs(rights.Permission.MANAGE)
def classes_count(session: Session, *, search: str = "") -> int:
    """How many classes `classes` pages through."""
    return len(_found(session, "class", search))


@rights.needs(rights.Permission.MANAGE)
def departments_count(session: Session, *, search: str = "") -> int:
    """How many departments `departments` pages through."""
    return len(_found(session, "department", search))


def _names(session: Session, kind: str, search: str, page: int, size: int) -> pd.DataFrame:
    from syncengine.queries._frames import frame

    start = (int(page) - 1) * int(size)
    shown = _found(session, kind, search)[start : start + int(size)]
    with session.database.reading() as connection:
        states = states_of(connection, session.company_id, kind, [row["id"] for row in shown])
    rows = []
    for row in shown:
        targets = states.get(row["id"], [])
        waiting = any(target["state"] in _WAITING for target in targets)
        rows.append({**row, **summary(targets), "waiting": waiting})
    return frame(rows, _NAMES)


def _found(session: Session, kind: str, search: str) -> list[dict[str, Any]]:
    """All names of the list that hold the text in their full name, by full name. A list has hundreds of names, not more."""
    with session.database.reading() as connection:
        if why := engine.why_off(connection, session.company_id, kind):
            raise Refused(why)
        records = reader.load(connection, kind, session.company_id)
    rows = [_row(record, records, kind) for record in records.values()]
    sought = reader.folded(search)
    return sorted(
        (row for row in rows if sought in reader.folded(row["full_name"])), key=lambda row: (row["full_name"].casefold(), row["id"])
    )


def _row(record: Mapping[str, Any], records: Mapping[int, Mapping[str, Any]], kind: str) -> dict[str, Any]:
    path = _path(record, records)
    names = [str(reader.label(dict(each), kind)) for each in path]
    return {
        "id": record["id"],
        "name": names[-1],
        "full_name": ":".join(names),
        "parent": ":".join(names[:-1]),
        "parent_id": path[-2]["id"] if len(path) > 1 else None,
        "level": len(path),
        "active": record["active"] is not False,
    }


def _path(record: Mapping[str, Any], records: Mapping[int, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The name with those above it, the highest first; a circle that another program made ends where it closes."""
    found = [record]
    while (above := records.get(found[0]["parent_id"])) is not None and above not in found:
        found.insert(0, above)
    return found
