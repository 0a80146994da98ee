"""Preview: what the next cycle will send, in sending order. It shows what push executes, because both ask the planner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from syncengine.db.engine import Database
from syncengine.engine import forecast, foresight
from syncengine.engine.effect import Effects
from syncengine.engine.outlook import Outlook
from syncengine.engine.plan import Planner
from syncengine.engine.step import Step
from syncengine.engine.wanted import EVERYTHING, Wanted
from syncengine.quickbooks import Payload, wire
from syncengine.store import outbox
from syncengine.terms import OutboxState


@dataclass(frozen=True)
class Planned:
    """One line of the preview; texts are for people, `payload` is JSON as it would be sent."""

    outbox_id: int
    version: int
    entity: str
    kind: str
    record_id: int
    label: str
    operation: str
    wave: int
    state: str
    payload: str
    #: What is created in the same sync once a document is deleted that QuickBooks cannot change: its payload. Else empty.
    then: str
    #: Why the next sync does not send it; empty where it does.
    rests: str
    #: What may make it go out otherwise than it is shown, as far as that is known beforehand.
    unsure: str
    changed: list[tuple[str, Any, Any]]
    waits_for: list[str]
    #: The records that it refers to and QuickBooks does not have yet: QuickBooks' name, kind and id of each.
    missing: list[tuple[str, str, int]]
    problem: str | None
    #: Why QuickBooks is expected to refuse it, with the remedy; empty where nothing is known against it.
    expected: str
    #: The accounts that it will post to, and what: above 0 a debit, below 0 a credit, in its currency. The whole posting as it
    #: will be; of a deletion its reversal; nothing where it moves nothing.
    effects: list[tuple[str, Decimal]]
    #: By how much each account's balance changes once it is sent: of a document that replaces another posting, the difference.
    moves: list[tuple[str, Decimal]]
    note: str
    unanswered: bool
    queued_at: Any
    queued_by: str
    attempts: int
    message: str | None

    @property
    def needs_attention(self) -> bool:
        """Whether it has failed or is parked; what is only expected to fail keeps its place among what will be sent."""
        return self.state in {OutboxState.RETRYABLE, OutboxState.PARKED}


def _shown(value: Any) -> Any:
    return [{k: v for k, v in line.items() if k not in {"line", "Id"}} for line in value] if isinstance(value, list) else value


def _text(payload: Payload) -> str:
    return wire.dumps(payload).decode() if payload else ""


def _planned(step: Step, expected: str, effect: Effects, outlook: Outlook) -> Planned:
    row, last = step.row, outlook.last.get(step.row["id"])
    held = step.entity.get(step.held) if step.held else {}
    paths = step.decision.send if step.decision else step.intended.keys() if step.operation else ()
    changed = [
        (path, _shown(held.get(path)), _shown(step.intended.get(path)))
        for path in sorted(paths)
        if step.decision or step.intended.get(path) is not None
    ]
    if step.clashes:
        problem: str | None = "Both sides changed it since the last sync. Choose whose value stands, on Conflicts and drift."
    else:
        problem = str(step.error) if step.error else step.unfit or None
    return Planned(
        outbox_id=row["id"],
        version=row["version"],
        entity=row["entity"],
        kind=row["kind"],
        record_id=row["record_id"],
        label=row["label"],
        operation=outlook.operation(step),
        wave=0 if last else step.wave,
        state=row["state"],
        payload=last["payload"] if last else _text(step.payload),
        then=_text(step.anew()) if step.anew else "",
        rests=outlook.rests(step),
        unsure=outlook.unsure(step),
        changed=changed,
        waits_for=step.waits_for,
        missing=sorted(step.missing),
        problem=problem,
        expected=expected,
        effects=effect.of(step),
        moves=effect.moves(step),
        note=step.note,
        unanswered=row["unanswered"],
        queued_at=row["queued_at"],
        queued_by=row["queued_by"],
        attempts=row["attempts"],
        message=row["message"] or row["reason"],
    )


def preview(
    database: Database,
    company_id: int,
    *,
    at: datetime,
    offset: int = 0,
    limit: int | None = None,
    wanted: Wanted = EVERYTHING,
) -> list[Planned]:
    """What a cycle that began `at` that time would send, in sending order; what needs attention stands above it (D15).

    Only the rows from `offset` on, `limit` of them, are planned, with those that they wait for.
    """
    with database.reading() as connection:
        planner = Planner(connection, company_id)
        shown = foresight.page(connection, company_id, planner.refs.feature, offset, limit, wanted).ids
        return _of_rows(connection, company_id, planner, shown, at)


def of_row(connection: Connection, company_id: int, outbox_id: int, at: datetime) -> Planned | None:
    """One line of the preview; None where the row has left the queue."""
    row = outbox.state_of(connection, outbox_id)
    if row is None or row["company_id"] != company_id or row["state"] not in outbox.OPEN:
        return None
    return _of_rows(connection, company_id, Planner(connection, company_id), [outbox_id], at)[0]


def _of_rows(connection: Connection, company_id: int, planner: Planner, shown: Sequence[int], at: datetime) -> list[Planned]:
    steps = planner.plan_with_ancestors(outbox.by_ids(connection, shown))
    expected, effect = forecast.expected(connection, company_id, steps), Effects(connection, company_id, steps)
    outlook = Outlook(connection, company_id, steps, settings=planner.settings, at=at, new=planner.refs.new)
    wanted = set(shown)
    planned = {
        step.row["id"]: _planned(step, expected.get(step.row["id"], ""), effect, outlook)
        for step in steps
        if step.row["id"] in wanted
    }
    return [planned[row_id] for row_id in shown]
