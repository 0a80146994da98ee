"""What comes into the queue: new rows, edits of records that wait, and who decides which row of a record is its waiting one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store import audit
from syncengine.store.outbox.reading import next_position
from syncengine.store.outbox.states import FEATURE
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState

#: The first half of the advisory lock on a company's queue; migrations hold 7210, triggers 7211.
_LOCK = 7212


def lock(connection: Connection, company_id: int) -> None:
    """Be the only one, until the transaction ends, who decides which row of a record is its waiting one.

    On SQLite a writing transaction is alone in any case. Take it before any row of the queue is locked: who holds it may wait
    for a row, so that who holds a row must not wait for it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK, company_id)))


def add(connection: Connection, company_id: int, at: datetime, new: Sequence[Mapping[str, Any]], *, actor: str) -> None:
    """Queue new rows at the end, in the given order. Each gives entity, kind, record_id, label and operation."""
    if not new:
        return
    position = next_position(connection, company_id)
    common = {
        "company_id": company_id,
        "state": OutboxState.AVAILABLE.value,
        "unanswered": False,
        "queued_at": at,
        "changed_at": at,
        "queued_by": actor,
        "revision": 1,
        "refusals": 0,
        "version": 1,
        "attempts": 0,
    }
    connection.execute(insert(Outbox), [{**common, "position": position + i, **row} for i, row in enumerate(new)])
    audit.write(
        connection,
        company_id,
        at,
        [
            audit.Line(
                "queued", actor, row["kind"], row["record_id"], None, None, {"entity": row["entity"], "operation": row["operation"]}
            )
            for row in new
        ],
    )


def refresh(
    connection: Connection,
    company_id: int,
    at: datetime,
    edited: Sequence[tuple[RowMapping, Mapping[str, Any]]],
    *,
    actor: str,
) -> None:
    """A waiting row's record was edited again: new revision, same place (P6), counting starts anew (D6)."""
    if not edited:
        return
    statement = (
        update(Outbox)
        .where(Outbox.id == bindparam("row_id"))
        .values(
            revision=Outbox.revision + 1,
            version=Outbox.version + 1,
            state=OutboxState.AVAILABLE.value,
            changed_at=at,
            reason=None,
            message=None,
            parked_by=case((Outbox.parked_by == FEATURE, FEATURE), else_=None),
            failed_seq=None,
            label=bindparam("new_label"),
            operation=bindparam("new_operation"),
        )
    )
    connection.execute(
        statement, [{"row_id": row["id"], "new_label": new["label"], "new_operation": new["operation"]} for row, new in edited]
    )
    audit.write(
        connection,
        company_id,
        at,
        [
            audit.Line(
                f"{row['state']} -> available", actor, row["kind"], row["record_id"], row["id"], None, {"why": "edited again"}
            )
            for row, _ in edited
        ],
    )


def overtaken(connection: Connection, rows: Iterable[RowMapping]) -> set[int]:
    """Those of `rows` (in flight until now) behind which a newer edit of the same record waits already."""
    found, every = set(), list(rows)
    for company_id in {row["company_id"] for row in every}:
        lock(connection, company_id)  # an edit that is being captured just now counts as well
    for row in every:
        newer = select(Outbox.id).where(
            Outbox.company_id == row["company_id"],
            Outbox.entity == row["entity"],
            Outbox.kind == row["kind"],
            Outbox.record_id == row["record_id"],
            Outbox.id != row["id"],
            Outbox.unanswered.is_(False),
            Outbox.state.in_([OutboxState.AVAILABLE.value, OutboxState.RETRYABLE.value, OutboxState.PARKED.value]),
        )
        if connection.scalar(newer.limit(1)) is not None:
            found.add(row["id"])
    return found
