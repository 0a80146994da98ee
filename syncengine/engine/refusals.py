"""Refusals: what a fault means for the row that was refused: sent anew at once, counted, set aside, or left out of the count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine import explain, probing, release
from syncengine.engine.facts import Gatherer, trouble_of
from syncengine.engine.run import Run
from syncengine.entities import POSTINGS, Entity
from syncengine.quickbooks import Fault, FaultClass, classify
from syncengine.store import errors, outbox
from syncengine.terms import Direction, Operation, OutboxState

#: The fault type of a look-up that found nothing: no such fault comes over the wire.
LOOKED_UP = "looked up"
#: After the failure that everybody sees, so many further cycles try the unchanged record (D2 to D4).
GRACE_CYCLES = 3


class Refusals:
    """Turns the refusals of one attempt into moves."""

    def __init__(self, run: Run, connection: Connection, at: datetime) -> None:
        self._run = run
        self._connection = connection
        self._at = at
        self._gatherer: Gatherer | None = None
        #: Rows that may be merged and sent anew at once.
        self.stale: list[int] = []

    def move(self, attempt: Mapping[str, Any], item: RowMapping, row: RowMapping, fault: Fault) -> outbox.Move:
        """Where a refused row goes, its error written down where the refusal is the record's own fault."""
        kind = classify(fault)
        why = {"attempt": attempt["id"], "code": fault.code, "message": str(fault)[:500], "tid": fault.tid}
        again = outbox.Move(row["id"], OutboxState.AVAILABLE, changes={"refusals": row["refusals"] + 1}, why=why)
        # A creation cannot be stale; only our own look-up says so of one, to have it planned anew.
        stale = kind is FaultClass.STALE and (item["operation"] != Operation.CREATE or fault.type == LOOKED_UP)
        if stale or (_gone(item, fault) and POSTINGS[row["entity"], row["kind"]].direction is Direction.BOTH):
            self.stale.append(row["id"])
            return again
        if kind in {FaultClass.TRANSIENT, FaultClass.THROTTLE, FaultClass.TOKEN}:
            # Not the record's fault (D5): it goes again in the next cycle and nothing is counted.
            return again
        return self._counted(item, row, POSTINGS[row["entity"], row["kind"]], fault, why)

    def _counted(self, item: RowMapping, row: RowMapping, entity: Entity, fault: Fault, why: Mapping[str, Any]) -> outbox.Move:
        trouble = trouble_of(item, fault)
        self._gatherer = self._gatherer or Gatherer(self._connection, self._run.company_id, self._run.settings)
        facts = self._gatherer.gather(entity, row, item)
        first = explain.first(trouble)
        world = release.world(self._connection, self._run, row, dict(facts.payload))
        report = explain.report(trouble, facts, fault, world)
        reason = errors.record(self._connection, row, self._at, self._run.cycle_id, report, counts=first.counts)
        by = outbox.FEATURE if first.name == "feature_missing" else "refused"
        if row["parked_by"] == outbox.FEATURE != by:
            probing.is_there(self._connection, self._run.company_id, row["entity"], self._at, self._run.cycle_id)
        parked = by == outbox.FEATURE or errors.tries(self._connection, row["id"]) >= GRACE_CYCLES
        sequence = row["failed_seq"]
        if sequence is None:
            # Taken at once, so that the next refusal of this very attempt gets the next number.
            sequence = outbox.next_failure(self._connection, row["company_id"])
            outbox.note(self._connection, row["id"], failed_seq=sequence)
        changes = {
            "refusals": row["refusals"] + 1,
            "message": f"{report.code} {report.message}".strip()[:2000],
            "reason": reason,
            "parked_by": by if parked else None,
            "failed_seq": sequence,
        }
        return outbox.Move(row["id"], OutboxState.PARKED if parked else OutboxState.RETRYABLE, changes=changes, why=why)


def _gone(item: RowMapping, fault: Fault) -> bool:
    """The twin was deleted in QuickBooks before our update came (610): for what goes both ways the next look at it tells."""
    return fault.code == "610" and item["operation"] != Operation.CREATE and "deleted" in str(fault)
