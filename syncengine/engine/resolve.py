"""Resolve: a person's choice in a conflict, or answer to a drift; the next cycle carries it out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from syncengine.engine import capture
from syncengine.engine.apply import Applier, deleting, drifting
from syncengine.entities import POSTINGS
from syncengine.errors import Refused
from syncengine.store import audit, bindings, brakes, conflicts, drifts, outbox, settings
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
