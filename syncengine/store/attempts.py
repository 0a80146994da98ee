"""Attempts: each write is committed before it leaves, and its answer after; a crash resumes from here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.engine import RowMapping

from syncengine.store.outbox import chunks
from syncengine.store.tables import Attempt, AttemptItem, Outbox
from syncengine.terms import Operation, Outcome

# What every write and its answer note is put into SQL once.
_NEW = insert(Attempt).returning(Attempt.id)
_NEW_ITEMS = insert(AttemptItem)
_ITEMS = select(AttemptItem.__table__).where(AttemptItem.attempt_id == bindparam("attempt")).order_by(AttemptItem.ordinal)
_UNANSWERED = (
    select(Attempt.__table__)
    .where(Attempt.company_id == bindparam("company"), Attempt.outcome.in_((Outcome.OPEN.value, Outcome.UNKNOWN.value)))
    .order_by(Attempt.id)
)
_ROWS = update(Outbox).where(Outbox.id.in_(bindparam("ids", expanding=True)))
_SENT = _ROWS.values(unanswered=True, attempts=Outbox.attempts + 1)
_ANSWERED = _ROWS.values(unanswered=False)
_ACCEPTED = (
    update(Attempt)
    .where(Attempt.id == bindparam("row_id"))
    .values(
        outcome=Outcome.ACCEPTED.value, answered_at=bindparam("new_at"), tid=bindparam("new_tid"), service_ms=bindparam("new_ms")
    )
)
_ITEM = (
    update(AttemptItem)
    .where(AttemptItem.id == bindparam("row_id"))
    .values(outcome=bindparam("new_outcome"), qbo_id=bindparam("new_id"), fault=bindparam("new_fault"))
)  # fmt: skip


@dataclass(frozen=True)
class Item:
    """What one attempt says of one outbox row. `intended` is what both sides agree on once it is accepted."""

    outbox_id: int
    entity: str
    operation: Operation
    payload: str
    intended: Mapping[str, Any]
    sync_token: str | None
    #: Of the outbox row, when the payload was built.
    revision: int
    refusals: int
    #: Of the binding: raised when the object was deleted in QuickBooks and is to be created again.
    generation: int

    @property
    def payload_hash(self) -> str:
        """SHA-256 of the payload's bytes."""
        return hashlib.sha256(self.payload.encode()).hexdigest()


def requestid(company_id: int, connection_generation: int, items: Sequence[Item]) -> str:
    """The name of this attempt: 32 hex digits that survive a crash between "sent" and "recorded".

    Derived from the connection, the outbox rows, their revision, refusals and generation, and the payload, so that
    new content gets a new name and unchanged content keeps its own. QuickBooks takes at most 50 characters, in a
    batch 36 (Intuit's documentation, basic field definitions).
    """
    parts = [f"{company_id}/{connection_generation}"]
    parts += [f"{each.outbox_id}.{each.revision}.{each.refusals}.{each.generation}.{each.payload_hash}" for each in items]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def bid(ordinal: int) -> str:
    """The bId of a batch item: short (QuickBooks takes at most 10 characters) and the same at each resend."""
    return f"i{ordinal}"


def add(
    connection: Connection,
    company_id: int,
    at: datetime,
    *,
    cycle_id: int,
    fence: int,
    name: str,
    shape: str,
    items: Sequence[Item],
) -> int:
    """Write an attempt and its items down, as open. Returns the attempt's id."""
    attempt_id: int = connection.execute(
        _NEW,
        {
            "company_id": company_id,
            "cycle_id": cycle_id,
            "requestid": name,
            "shape": shape,
            "fence": fence,
            "outcome": Outcome.OPEN.value,
            "sends": 1,
            "made_at": at,
        },
    ).scalar_one()
    connection.execute(
        _NEW_ITEMS,
        [
            {
                "company_id": company_id,
                "attempt_id": attempt_id,
                "outbox_id": each.outbox_id,
                "ordinal": ordinal,
                "operation": each.operation.value,
                "entity": each.entity,
                "payload": each.payload,
                "payload_hash": each.payload_hash,
                "revision": each.revision,
                "intended": dict(each.intended),
                "sync_token": each.sync_token,
                "outcome": Outcome.OPEN.value,
            }
            for ordinal, each in enumerate(items)
        ],
    )
    for part in chunks(each.outbox_id for each in items):
        connection.execute(_SENT, {"ids": part})
    return attempt_id


def unanswered(connection: Connection, company_id: int) -> list[RowMapping]:
    """Attempts whose answer is not recorded, oldest first."""
    return list(connection.execute(_UNANSWERED, {"company": company_id}).mappings())


def items_of(connection: Connection, attempt_id: int) -> list[RowMapping]:
    """The items of one attempt in the order in which they were (and will be) sent."""
    return list(connection.execute(_ITEMS, {"attempt": attempt_id}).mappings())


def last_of(connection: Connection, outbox_id: int) -> RowMapping | None:
    """What was last sent of a row, with its attempt's requestid and times; None where nothing ever was."""
    about = (Attempt.requestid, Attempt.made_at, Attempt.answered_at, Attempt.tid)
    wanted = select(AttemptItem.__table__, *about).join(Attempt, Attempt.id == AttemptItem.attempt_id)
    wanted = wanted.where(AttemptItem.outbox_id == outbox_id).order_by(AttemptItem.id.desc()).limit(1)
    return connection.execute(wanted).mappings().first()


def last_payloads(connection: Connection, outbox_ids: Iterable[int]) -> dict[int, str]:
    """By row, the JSON text of what was last sent of it."""
    found: dict[int, str] = {}
    for part in chunks(outbox_ids):
        last = select(func.max(AttemptItem.id)).where(AttemptItem.outbox_id.in_(part)).group_by(AttemptItem.outbox_id)
        wanted = select(AttemptItem.outbox_id, AttemptItem.payload).where(AttemptItem.id.in_(last))
        found.update(dict(connection.execute(wanted).all()))
    return found


def resent(connection: Connection, attempt_id: int, *, fence: int) -> None:
    """The same request is about to leave again, under the present owner's fence."""
    connection.execute(update(Attempt).where(Attempt.id == attempt_id).values(sends=Attempt.sends + 1, fence=fence))


def unknown(connection: Connection, attempt_id: int, note: str) -> None:
    """No usable answer came: the write may or may not stand."""
    connection.execute(update(Attempt).where(Attempt.id == attempt_id).values(outcome=Outcome.UNKNOWN.value, note=note[:500]))


def answered(
    connection: Connection,
    at: datetime,
    attempt_id: int,
    *,
    tid: str | None,
    service_ms: int | None,
    items: Iterable[Mapping[str, Any]],
) -> None:
    """Record an answer, item by item. Each gives id, outbox_id, outcome, qbo_id and fault."""
    every = list(items)
    connection.execute(_ACCEPTED, {"row_id": attempt_id, "new_at": at, "new_tid": tid and tid[:100], "new_ms": service_ms})
    for each in every:
        said = {"new_outcome": each["outcome"], "new_id": each.get("qbo_id"), "new_fault": each.get("fault")}
        connection.execute(_ITEM, {"row_id": each["id"], **said})
    for part in chunks(each["outbox_id"] for each in every):
        connection.execute(_ANSWERED, {"ids": part})
