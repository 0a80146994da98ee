"""Drifts: push-only documents that QuickBooks holds otherwise than they were sent; open until somebody answers (D18, D19)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store import audit
from syncengine.store.tables import Drift

#: What happened to the document in QuickBooks.
CHANGED, VOIDED, DELETED = "changed", "voided", "deleted"


def of_record(connection: Connection, company_id: int, entity: str, kind: str, record_id: int) -> RowMapping | None:
    """The latest drift of one record: open, or answered; None where there never was one."""
    wanted = select(Drift.__table__).where(
        Drift.company_id == company_id, Drift.entity == entity, Drift.kind == kind, Drift.record_id == record_id
    )
    return connection.execute(wanted.order_by(Drift.id.desc()).limit(1)).mappings().first()


def load(connection: Connection, company_id: int, drift_id: int) -> RowMapping | None:
    """One drift of a company, locked against other writers where the database can."""
    wanted = select(Drift.__table__).where(Drift.id == drift_id, Drift.company_id == company_id)
    return connection.execute(wanted.with_for_update()).mappings().first()


def open_of(connection: Connection, company_id: int) -> list[RowMapping]:
    """All open drifts of a company, oldest first."""
    wanted = select(Drift.__table__).where(Drift.company_id == company_id, Drift.resolved_at.is_(None))
    return list(connection.execute(wanted.order_by(Drift.id)).mappings())


def waits(drift: RowMapping | None, agreed_at: datetime) -> bool:
    """Whether a drift is still to be acted on: it is open, or `ours` was answered since both sides last agreed."""
    if drift is None:
        return False
    return drift["resolved_at"] is None or (drift["resolution"] == "ours" and drift["resolved_at"] >= agreed_at)


def unanswered(connection: Connection, binding: Mapping[Any, Any]) -> str | None:
    """What happened to a document that QuickBooks holds otherwise than it was sent; None where `ours` was answered."""
    place = {name: binding[name] for name in ("company_id", "entity", "kind", "record_id")}
    found = of_record(connection, **place)
    if found is None:
        return CHANGED
    answered = found["resolution"] == "ours" and waits(found, binding["last_success_at"])
    return None if answered else str(found["what"])


def record(
    connection: Connection,
    company_id: int,
    at: datetime,
    binding: Mapping[Any, Any],
    *,
    label: str,
    what: str,
    fields: Sequence[Mapping[str, Any]],
) -> None:
    """See to it that exactly this difference is told. One that is told already, or answered with `ours`, stays as it is.

    A drift that changes is closed and told anew, so that an answer is always an answer to what its person saw.
    """
    place = {name: binding[name] for name in ("entity", "kind", "record_id")}
    known = of_record(connection, company_id, **place)
    if known is not None and waits(known, binding["last_success_at"]):
        if known["what"] == what and list(known["fields"]) == list(fields):
            return
        close(connection, [known["id"]], at, resolution="gone", by=audit.ENGINE)
    values = {"qbo_id": binding["qbo_id"], "label": label[:500], "what": what, "fields": list(fields), "opened_at": at}
    connection.execute(insert(Drift).values(company_id=company_id, **place, **values))


def close(connection: Connection, drift_ids: Iterable[int], at: datetime, *, resolution: str, by: str) -> None:
    """Close open drifts: somebody answered, or the difference went away."""
    ids = list(drift_ids)
    if ids:
        connection.execute(
            update(Drift)
            .where(Drift.id.in_(ids), Drift.resolved_at.is_(None))
            .values(resolved_at=at, resolution=resolution, resolved_by=by)
        )


def gone(connection: Connection, company_id: int, at: datetime, place: Mapping[Any, Any]) -> None:
    """The difference of one record went away by itself; nothing happens where none is open."""
    key = {name: place[name] for name in ("entity", "kind", "record_id")}
    known = of_record(connection, company_id, **key)
    if known is not None and known["resolved_at"] is None:
        close(connection, [known["id"]], at, resolution="gone", by=audit.ENGINE)
