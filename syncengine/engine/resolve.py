"""Resolve: a person's choice in a conflict; the next cycle carries it out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from syncengine.engine import capture
from syncengine.errors import Refused
from syncengine.store import audit, conflicts
from syncengine.store.tables import Conflict


def choose(connection: Connection, company_id: int, conflict_id: int, choice: str, by: str, at: datetime) -> None:
    """Let `ours` or `theirs` stand in one conflict. Refused where somebody has chosen already."""
    if choice not in {"ours", "theirs"}:
        raise Refused(f"The choice is ours or theirs, not {choice!r}.")
    row = (
        connection.execute(
            select(Conflict.__table__).where(
                Conflict.id == conflict_id, Conflict.company_id == company_id, Conflict.resolved_at.is_(None)
            )
        )
        .mappings()
        .first()
    )
    if row is None:
        raise Refused("This conflict is settled already.")
    conflicts.resolve(connection, [conflict_id], at, resolution=choice, by=by)
    audit.write(
        connection,
        company_id,
        at,
        [audit.Line("chosen", by, row["kind"], row["record_id"], detail={"field": row["field"], "choice": choice})],
    )
    capture.enqueue(connection, company_id, row["kind"], [row["record_id"]], at, by=by)
