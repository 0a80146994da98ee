"""What every part of applying works with: the company, its transaction and its references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine.engine import scope
from syncengine.engine.overrides import Overrides
from syncengine.engine.reconcile import Base
from syncengine.engine.refs import Resolver
from syncengine.entities import Entity, Flat, Payload
from syncengine.errors import RecordError
from syncengine.inventory import reader
from syncengine.inventory.tables import KINDS
from syncengine.quickbooks import wire
from syncengine.store import inbox


@dataclass
class Work:
    """Objects of one company being applied inside one transaction."""

    connection: Connection
    company_id: int
    settings: Mapping[str, Any]
    at: datetime
    cycle_id: int | None = None

    def __post_init__(self) -> None:
        self.refs = Resolver(self.connection, self.company_id, self.settings)
        self.overrides = Overrides(self.connection, self.company_id)
        #: Objects that changed something here; echoes are not among them.
        self.received = 0

    def guard_one(self, entity: Entity, payload: Payload, act: Any) -> bool:
        """Run `act`; what it cannot carry goes to the inbox with its reason, and stops nothing else."""
        qbo_id = str(payload["Id"])
        try:
            with self.connection.begin_nested():
                act()
        except RecordError as error:
            inbox.put(
                self.connection,
                self.company_id,
                self.at,
                entity.name,
                qbo_id,
                label=entity.label(payload),
                deleted=False,
                payload=wire.dumps(payload).decode(),
                cause=f"{error.field}: {error.cause}",
                remedy=error.remedy,
            )
            return False
        inbox.drop(self.connection, self.company_id, entity.name, qbo_id)
        return True

    def ours(self, entity: Entity, record: reader.Record) -> Flat:
        """Our words for a record that was just written from theirs; a value that we would refuse to send counts as theirs."""
        try:
            return self.overrides.put(entity, record, self.refs)
        except RecordError:
            return {}

    def too_old(self, entity: Entity, payload: Payload, row: RowMapping | None) -> bool:
        """Whether a document is dated before the days on which the company's documents sync, on both sides."""
        if not entity.document or self.settings["not_before"] is None:
            return False
        base = [] if row is None or unbound(row) else [Base.read(row["base"]).ours]
        return bool(scope.left_out(entity, self.settings, scope.days(entity, None, payload, *base), bound=bool(base)))


def locked(connection: Connection, entity: Entity, company_id: int, record_id: int) -> reader.Record | None:
    """One inventory record, held against other writers until the transaction ends, so that none of their edits is lost.

    SQLite has one writer at a time in any case.
    """
    kind = KINDS[entity.kind]
    connection.execute(select(kind.table.c.id).where(kind.table.c.id == record_id).with_for_update())
    if kind.lines is not None:
        connection.execute(select(kind.lines.c.id).where(kind.lines.c[kind.parent] == record_id).with_for_update())
    return reader.load(connection, entity.kind, company_id, [record_id]).get(record_id)


def unbound(row: RowMapping | None) -> bool:
    """Whether an object has no live pair."""
    return row is None or row["ended_at"] is not None


def check_lines(entity: Entity, payload: Payload) -> None:
    """Lines that have no place here and carry money make the object one that cannot be applied, never a wrong total."""
    misfits = entity.lines.misfits(payload) if entity.lines else []
    money = sorted({str(line.get("DetailType")) for line in misfits})
    if money:
        raise RecordError(
            "Line",
            ", ".join(money),
            "It has lines of a kind that the inventory side has no place for.",
            "Enter them in QuickBooks as ordinary item lines, then sync.",
        )
