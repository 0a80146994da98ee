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
class Listed:
    """One line of the preview as a list shows it; texts are for people."""

    outbox_id: int
    version: int
    entity: str
    kind: str
    record_id: int
    label: str
    operation: str
    wave: int
    state: str
    #: Why the next sync does not send it; empty where it does.
    rests: str
    #: The paths of the values that are sent: of what is changed those that differ.
    paths: list[str]
    waits_for: list[str]
    #: The records that it refers to and QuickBooks does not have yet: QuickBooks' name, kind and id of each.
    missing: list[tuple[str, str, int]]
    problem: str | None
    #: Why QuickBooks is expected to refuse it, with the remedy; empty where nothing is known against it.
    expected: str
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


@dataclass(frozen=True)
class Planned(Listed):
    """The same with what is sent exactly, `payload` as JSON."""

    payload: str
    #: What is created in the same sync once a document is deleted that QuickBooks cannot change: its payload. Else empty.
    then: str
    #: What may make it go out otherwise than it is shown, as far as that is known beforehand.
    unsure: str
    #: Path, QuickBooks' value, ours.
    changed: list[tuple[str, Any, Any]]
    #: The accounts that it will post to, and what: above 0 a debit, below 0 a credit, in its currency. The whole posting as it
    #: will be; of a deletion its reversal; nothing where it moves nothing.
    effects: list[tuple[str, Decimal]]
    #: By how much each account's balance changes once it is sent: of a document that replaces another posting, the difference.
    moves: list[tuple[str, Decimal]]


#: What is told of a row as it lies in the queue.
_TOLD = ("version", "entity", "kind", "record_id", "label", "state", "unanswered", "queued_at", "queued_by", "attempts")


def _shown(value: Any) -> Any:
    return [{k: v for k, v in line.items() if k not in {"line", "Id"}} for line in value] if isinstance(value, list) else value


def _text(payload: Payload) -> str:
    return wire.dumps(payload).decode() if payload else ""


def _paths(step: Step) -> list[str]:
    """What is sent, by its paths."""
    paths = step.decision.send if step.decision else step.intended.keys() if step.operation else ()
    return [path for path in sorted(paths) if step.decision or step.intended.get(path) is not None]


def _listed(step: Step, expected: str, outlook: Outlook) -> dict[str, Any]:
    row = step.row
    if step.clashes:
        problem: str | None = "Both sides changed it since the last sync. Choose whose value stands, on Conflicts and drift."
    else:
        problem = str(step.error) if step.error else step.unfit or None
    told = {name: row[name] for name in _TOLD}
    return {
        **told,
        "outbox_id": row["id"],
        "operation": outlook.operation(step),
        "wave": 0 if row["id"] in outlook.last else step.wave,
        "rests": outlook.rests(step),
        "paths": _paths(step),
        "waits_for": step.waits_for,
        "missing": sorted(step.missing),
        "problem": problem,
        "expected": expected,
        "note": step.note,
        "message": row["message"] or row["reason"],
    }


def _exact(step: Step, effect: Effects, outlook: Outlook) -> dict[str, Any]:
    last = outlook.last.get(step.row["id"])
    held = step.entity.get(step.held) if step.held else {}
    return {
        "payload": last["payload"] if last else _text(step.payload),
        "then": _text(step.anew()) if step.anew else "",
        "unsure": outlook.unsure(step),
        "changed": [(path, _shown(held.get(path)), _shown(step.intended.get(path))) for path in _paths(step)],
        "effects": effect.of(step),
        "moves": effect.moves(step),
    }


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
        return planned(connection, company_id, at=at, offset=offset, limit=limit, wanted=wanted)


def planned(
    connection: Connection, company_id: int, *, at: datetime, offset: int = 0, limit: int | None = None, wanted: Wanted = EVERYTHING
) -> list[Planned]:
    """The same on a connection that is open already."""
    planner = Planner(connection, company_id)
    shown = foresight.page(connection, company_id, planner.refs.feature, offset, limit, wanted).ids
    return _of_rows(connection, company_id, planner, shown, at)


def listed(
    connection: Connection, company_id: int, *, at: datetime, offset: int, limit: int, wanted: Wanted = EVERYTHING
) -> list[Listed]:
    """The same as `planned` without what is sent exactly: a list of fifty rows needs it of none."""
    return listed_with(connection, company_id, None, at=at, offset=offset, limit=limit, wanted=wanted)[0]


def listed_with(
    connection: Connection,
    company_id: int,
    outbox_id: int | None,
    *,
    at: datetime,
    offset: int,
    limit: int,
    wanted: Wanted = EVERYTHING,
) -> tuple[list[Listed], Planned | None]:
    """What `listed` tells, and what `of_row` tells of one open row, on that page or not, both out of one plan."""
    planner = Planner(connection, company_id)
    shown = foresight.page(connection, company_id, planner.refs.feature, offset, limit, wanted).ids
    rows = outbox.by_ids(connection, {*shown, *([] if outbox_id is None else [outbox_id])})
    steps = planner.plan_with_ancestors(rows)
    outlook, expected = _looked_at(connection, company_id, planner, steps, at)
    by_id = {step.row["id"]: step for step in steps}
    every = [Listed(**_listed(by_id[row_id], expected.get(row_id, ""), outlook)) for row_id in shown]
    if outbox_id is None:
        return every, None
    step, effect = by_id[outbox_id], Effects(connection, company_id, steps)
    return every, Planned(**_listed(step, expected.get(outbox_id, ""), outlook), **_exact(step, effect, outlook))


def of_row(connection: Connection, company_id: int, outbox_id: int, at: datetime) -> Planned | None:
    """One line of the preview; None where the row has left the queue."""
    row = outbox.state_of(connection, outbox_id)
    if row is None or row["company_id"] != company_id or row["state"] not in outbox.OPEN:
        return None
    return _of_rows(connection, company_id, Planner(connection, company_id), [outbox_id], at)[0]


def _of_rows(connection: Connection, company_id: int, planner: Planner, shown: Sequence[int], at: datetime) -> list[Planned]:
    steps = planner.plan_with_ancestors(outbox.by_ids(connection, shown))
    outlook, expected = _looked_at(connection, company_id, planner, steps, at)
    effect, by_id = Effects(connection, company_id, steps), {step.row["id"]: step for step in steps}
    every = [(by_id[row_id], expected.get(row_id, "")) for row_id in shown]
    return [Planned(**_listed(step, told, outlook), **_exact(step, effect, outlook)) for step, told in every]


def _looked_at(
    connection: Connection, company_id: int, planner: Planner, steps: Sequence[Step], at: datetime
) -> tuple[Outlook, dict[int, str]]:
    """What the next sync does with the steps, and why QuickBooks is expected to refuse some."""
    outlook = Outlook(connection, company_id, steps, settings=planner.settings, at=at, new=planner.refs.new)
    return outlook, forecast.expected(connection, company_id, steps, planner.refs.preferences)
