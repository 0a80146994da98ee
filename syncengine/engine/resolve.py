"""Resolve: a person's choice in a conflict, or answer to a drift; the next cycle carries it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine import capture
from syncengine.engine.apply import Applier, deleting, drifting
from syncengine.entities import POSTINGS
from syncengine.errors import Refused
from syncengine.store import audit, bindings, brakes, conflicts, drifts, outbox, settings


@dataclass(frozen=True)
class Side:
    """Which side is to stand in one conflict: `ours` or `theirs`, and the checksum of what the person saw of it."""

    conflict_id: int
    side: str
    seen: str


def choose(connection: Connection, company_id: int, conflict_id: int, choice: str, by: str, at: datetime) -> None:
    """Let `ours` or `theirs` stand in one conflict. Refused where somebody has chosen already."""
    _sides(choice)
    outbox.lock(connection, company_id)
    row = conflicts.open_by_ids(connection, company_id, [conflict_id]).get(conflict_id)
    if row is None:
        raise Refused("This conflict is settled already.")
    _carry(connection, company_id, [(row, choice)], by, at)


def choose_sides(connection: Connection, company_id: int, choices: Sequence[Side], by: str, at: datetime) -> None:
    """Let a side stand in each of several conflicts, all of them or none.

    Refused where one is settled already, or where one of its values is no longer what the person saw.
    """
    for each in choices:
        _sides(each.side)
    outbox.lock(connection, company_id)
    held = conflicts.open_by_ids(connection, company_id, [each.conflict_id for each in choices])
    for each in choices:
        row = held.get(each.conflict_id)
        if row is None:
            raise Refused("One of these conflicts is settled already. Nothing was decided: look at them again.")
        if conflicts.seen(row) != each.seen:
            raise Refused(f"{row['label']} has changed since you saw it. Nothing was decided: look at it again.")
    _carry(connection, company_id, [(held[each.conflict_id], each.side) for each in choices], by, at)


def _sides(choice: str) -> None:
    if choice not in {"ours", "theirs"}:
        raise Refused(f"The choice is ours or theirs, not {choice!r}.")


def _carry(connection: Connection, company_id: int, chosen: Sequence[tuple[RowMapping, str]], by: str, at: datetime) -> None:
    """Close the conflicts, and queue each of their records once."""
    records: dict[str, dict[int, None]] = {}
    for row, choice in chosen:
        conflicts.resolve(connection, [row["id"]], at, resolution=choice, by=by)
        records.setdefault(row["kind"], {})[row["record_id"]] = None
    lines = [
        audit.Line("chosen", by, row["kind"], row["record_id"], detail={"field": row["field"], "choice": choice})
        for row, choice in chosen
    ]
    audit.write(connection, company_id, at, lines)
    for kind, ids in records.items():
        capture.enqueue(connection, company_id, kind, list(ids), at, by=by)


def answer_drift(connection: Connection, company_id: int, drift_id: int, answer: str, by: str, at: datetime) -> None:
    """`ours` sends our document again, anew where QuickBooks deleted it; `theirs` lets QuickBooks' stand (D19).

    Refused where somebody has answered already, where QuickBooks changed the document again since, or while it is being sent.
    """
    if answer not in {"ours", "theirs"}:
        raise Refused(f"The answer is ours or theirs, not {answer!r}.")
    outbox.lock(connection, company_id)
    row = drifts.load(connection, company_id, drift_id)
    if row is None or row["resolved_at"] is not None:
        raise Refused("This difference is settled already, or QuickBooks' document has changed again. Look at the list anew.")
    place = (row["entity"], row["kind"], row["record_id"])
    if place in outbox.in_flight(connection, company_id):
        raise Refused("The document is on its way to QuickBooks just now. Answer once that sync has ended.")
    if answer == "theirs":
        binding = bindings.of_records(connection, company_id, *place[:2], [row["record_id"]])[row["record_id"]]
        work = Applier(connection, company_id, settings.all_of(connection, company_id), at)
        drifting.accept(work, POSTINGS[place[:2]], binding)
        deleting.cancel_rows(work, POSTINGS[place[:2]], row["record_id"], "QuickBooks' document stands as it is.", by)
    drifts.close(connection, [drift_id], at, resolution=answer, by=by)
    if answer == "ours":
        capture.enqueue(connection, company_id, row["kind"], [row["record_id"]], at, by=by)


def answer_brake(connection: Connection, company_id: int, brake_id: int, answer: str, by: str, at: datetime) -> None:
    """`go` lets what a sync stopped at through once; with `keep` the next one looks again. Refused where that is answered."""
    if answer not in {"go", "keep"}:
        raise Refused(f"The answer is go or keep, not {answer!r}.")
    if not brakes.answer(connection, company_id, brake_id, at, answer, by=by):
        raise Refused("This question is answered already, or the figures have changed since. Look again.")
