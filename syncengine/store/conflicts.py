"""Conflicts: both sides changed the same field since the base; open until somebody chooses."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store.outbox import chunks
from syncengine.store.tables import Conflict

#: The field of a conflict in which one side deleted what the other edited.
WHOLE = "*"
#: Asked at every cycle, and so put into SQL once.
_OPEN = (
    select(Conflict.__table__)
    .where(Conflict.company_id == bindparam("company"), Conflict.resolved_at.is_(None))
    .order_by(Conflict.id)
)


@dataclass(frozen=True)
class Clash:
    """One field with its three values."""

    field: str
    base: Any
    ours: Any
    theirs: Any


def record(
    connection: Connection,
    company_id: int,
    at: datetime,
    *,
    entity: str,
    kind: str,
    record_id: int,
    label: str,
    clashes: Sequence[Clash],
) -> None:
    """Make the record's open conflicts exactly `clashes`: renew those still there, close those that went away.

    One for which somebody chooses a side at this moment is told anew: they chose between the values that they saw.
    """
    held = _open_of_record(company_id, entity, kind, record_id).with_for_update()
    known = {row["field"]: row for row in connection.execute(held).mappings()}
    for clash in clashes:
        values = {"base": clash.base, "ours": clash.ours, "theirs": clash.theirs, "label": label[:500]}
        row = known.pop(clash.field, None)
        if row is not None:
            connection.execute(update(Conflict).where(Conflict.id == row["id"]).values(**values))
        else:
            connection.execute(
                insert(Conflict).values(
                    company_id=company_id, entity=entity, kind=kind, record_id=record_id, field=clash.field, opened_at=at, **values
                )
            )
    resolve(connection, [row["id"] for row in known.values()], at, resolution="gone", by="engine")


def open_of_record(connection: Connection, company_id: int, entity: str, kind: str, record_id: int) -> list[RowMapping]:
    """The open conflicts of one record."""
    return list(connection.execute(_open_of_record(company_id, entity, kind, record_id)).mappings())


def _open_of_record(company_id: int, entity: str, kind: str, record_id: int) -> Select[Any]:
    wanted = select(Conflict.__table__).where(
        Conflict.company_id == company_id,
        Conflict.entity == entity,
        Conflict.kind == kind,
        Conflict.record_id == record_id,
        Conflict.resolved_at.is_(None),
    )
    return wanted.order_by(Conflict.id)


def chosen(
    connection: Connection, company_id: int, entity: str, kind: str, record_id: int, since: datetime | None
) -> dict[str, RowMapping]:
    """What people chose for one record's fields and no cycle has acted on yet: field -> the resolved row.

    Where a field clashes anew since, nothing is chosen for it.
    """
    wanted = select(Conflict.__table__).where(
        Conflict.company_id == company_id,
        Conflict.entity == entity,
        Conflict.kind == kind,
        Conflict.record_id == record_id,
        or_(Conflict.resolution.in_(("ours", "theirs")), Conflict.resolved_at.is_(None)),
    )
    if since is not None:
        wanted = wanted.where(or_(Conflict.resolved_at >= since, Conflict.resolved_at.is_(None)))
    latest = {row["field"]: row for row in connection.execute(wanted.order_by(Conflict.id)).mappings()}
    return {field: row for field, row in latest.items() if row["resolved_at"] is not None}


def open_by_ids(connection: Connection, company_id: int, conflict_ids: Iterable[int]) -> dict[int, RowMapping]:
    """Those of the conflicts that are open, locked against other writers where the database can."""
    found: dict[int, RowMapping] = {}
    for part in chunks(conflict_ids):
        ours = (Conflict.company_id == company_id, Conflict.id.in_(part), Conflict.resolved_at.is_(None))
        rows = connection.execute(select(Conflict.__table__).where(*ours).order_by(Conflict.id).with_for_update()).mappings()
        found.update({row["id"]: row for row in rows})
    return found


def seen(row: Mapping[Any, Any]) -> str:
    """A checksum of what a person sees of a conflict: a cycle may renew the values of one that is open."""
    values = json.dumps([row[side] for side in ("base", "ours", "theirs")], sort_keys=True, default=str)
    return f"{zlib.crc32(values.encode()):08x}"


def open_of(connection: Connection, company_id: int) -> list[RowMapping]:
    """All open conflicts of a company, oldest first."""
    return list(connection.execute(_OPEN, {"company": company_id}).mappings())


def resolve(connection: Connection, conflict_ids: Iterable[int], at: datetime, *, resolution: str, by: str) -> None:
    """Close conflicts: somebody chose, or the difference went away."""
    ids = list(conflict_ids)
    if ids:
        connection.execute(
            update(Conflict)
            .where(Conflict.id.in_(ids), Conflict.resolved_at.is_(None))
            .values(resolved_at=at, resolution=resolution, resolved_by=by)
        )
