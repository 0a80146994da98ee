"""Unsent: what becomes of planned rows without a request: completed, parked, freed, or a choice of theirs carried out."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.corrections import Facts
from syncengine.engine import explain, scope
from syncengine.engine.apply import Applier, drifting
from syncengine.engine.facts import local_trouble
from syncengine.engine.run import Run
from syncengine.engine.step import Step
from syncengine.errors import RecordError
from syncengine.store import conflicts, errors, outbox
from syncengine.store.conflicts import WHOLE
from syncengine.store.errors import Report
from syncengine.terms import OutboxState


def act(run: Run, connection: Connection, steps: Sequence[Step]) -> None:
    """Park, complete or free each row that is not sent now, and carry out what was chosen about it."""
    at, moves = run.site.clock.now(), []
    undecided = {(row["entity"], row["record_id"]) for row in conflicts.open_of(connection, run.company_id)}
    for step in steps:
        if not step.clashes and (step.entity.name, step.row["record_id"]) in undecided:
            _end_conflicts(run, connection, step)
        if step.together and step.binding is not None:
            applier = Applier(connection, run.company_id, run.settings, at, run.cycle_id)
            drifting.together(applier, step.entity, step.binding, step.intended, step.held)
        move = _settled(run, connection, step)
        if move is not None:
            moves.append(move)
    outbox.move(connection, at, moves, cycle_id=run.cycle_id)


def _settled(run: Run, connection: Connection, step: Step) -> outbox.Move | None:  # noqa: PLR0911 -- one return a case
    """The move of a row that is not sent now, or None; parks, completes, or carries a choice out."""
    row, at = step.row, run.site.clock.now()
    state = OutboxState(row["state"])
    if step.clashes:
        return _clash(run, connection, step)
    if step.error is None:
        step.error = _take_theirs(run, connection, step)
    if step.stays and step.error is None:
        return None
    if step.error is not None:
        trouble = local_trouble(row, step.error)
        report = explain.local(trouble, Facts(step.entity.name, step.entity.kind, row["label"]), step.error)
        # What nobody but a person can put right is parked at once; for what may be corrected, the grace runs (D2 to D4).
        errors.record(connection, row, at, run.cycle_id, report, counts=explain.hopeful(trouble))
        reason = f"{report.cause} {report.remedy}"
        if state is OutboxState.PARKED and row["reason"] == reason:
            return None
        return _park(connection, row, "local", reason)
    if step.operation is None:
        errors.close(connection, [row["id"]], at, "sent")
        return outbox.Move(
            row["id"],
            OutboxState.COMPLETED,
            row["version"],
            {"reason": None, "parked_by": None, "failed_seq": None},
            {"note": step.note},
        )
    if step.missing:
        waits = "Waits for " + ", ".join(step.waits_for) + "."
        if state is not OutboxState.AVAILABLE:
            return _free(connection, run, step, waits)
        return None
    if state is not OutboxState.AVAILABLE:
        return _free(connection, run, step, None)
    return None


def _end_conflicts(run: Run, connection: Connection, step: Step) -> None:
    """An edit has ended the conflict: nobody has to choose any more."""
    conflicts.record(
        connection, run.company_id, run.site.clock.now(), entity=step.entity.name, kind=step.entity.kind,
        record_id=step.row["record_id"], label=step.row["label"], clashes=())  # fmt: skip


def _take_theirs(run: Run, connection: Connection, step: Step) -> RecordError | None:
    """Write QuickBooks' values into the record, where a person or the policy chose them; what cannot be taken is an error."""
    if step.decision is None or step.binding is None or not step.decision.take or not scope.inward(run.settings):
        return None
    applier = Applier(connection, run.company_id, run.settings, run.site.clock.now(), run.cycle_id)
    try:
        with connection.begin_nested():
            step.intended = applier.choice(step.entity, step.held, step.binding, step.decision)
    except RecordError as error:
        return error
    return None


def _free(connection: Connection, run: Run, step: Step, reason: str | None) -> outbox.Move:
    probes = outbox.probe(step.row)  # it has the mark of the one that is tried for its kind: that says nothing of its own failure
    if step.row["parked_by"] is not None and probes is None:
        errors.close(connection, [step.row["id"]], run.site.clock.now(), "recovered")
    return outbox.Move(
        step.row["id"],
        OutboxState.AVAILABLE,
        step.row["version"],
        {"parked_by": probes, "reason": reason},
        {"why": "the next cycle tries again"},
    )


def _park(connection: Connection, row: RowMapping, by: str, reason: str) -> outbox.Move | None:
    sequence = row["failed_seq"] if row["failed_seq"] is not None else outbox.next_failure(connection, row["company_id"])
    changes = {"parked_by": by, "reason": reason, "failed_seq": sequence}
    outbox.note(connection, row["id"], failed_seq=sequence)
    if row["state"] == OutboxState.PARKED:
        outbox.note(connection, row["id"], **changes)
        return None
    return outbox.Move(row["id"], OutboxState.PARKED, row["version"], changes, {"why": by, "reason": reason})


def _clash(run: Run, connection: Connection, step: Step) -> outbox.Move | None:
    """Both sides changed the same thing: park the row, or carry out that the record goes here too."""
    row, at = step.row, run.site.clock.now()
    if step.clashes[0].field == WHOLE and step.binding is not None:
        chosen = conflicts.chosen(
            connection, run.company_id, step.entity.name, step.entity.kind, row["record_id"], step.binding["last_success_at"]
        )
        if WHOLE in chosen and chosen[WHOLE]["resolution"] == "theirs":
            applier = Applier(connection, run.company_id, run.settings, at, run.cycle_id)
            if step.row["operation"] == "delete":
                applier.restore(step.entity, step.held)
                return _done(connection, run, row, "kept here, as in QuickBooks")
            if applier.drop_record(step.entity, row["record_id"]):
                return _done(connection, run, row, "deleted here, as in QuickBooks")
    conflicts.record(
        connection,
        run.company_id,
        at,
        entity=step.entity.name,
        kind=step.entity.kind,
        record_id=row["record_id"],
        label=row["label"],
        clashes=step.clashes,
    )
    fields = ", ".join(clash.field for clash in step.clashes)
    what = f"Both sides changed {fields} since the last sync."
    if fields == WHOLE:
        ours_is_gone = row["operation"] == "delete"
        what = "It was edited in QuickBooks and deleted here." if ours_is_gone else "It was deleted in QuickBooks and edited here."
    report = Report("local", "", what, "Choose whose value stands: ours or QuickBooks'.")
    errors.record(connection, row, at, run.cycle_id, report, counts=False)
    return _park(connection, row, outbox.CONFLICT, f"{report.cause} {report.remedy}")


def _done(connection: Connection, run: Run, row: RowMapping, note: str) -> outbox.Move:
    errors.close(connection, [row["id"]], run.site.clock.now(), "removed")
    return outbox.Move(row["id"], OutboxState.COMPLETED, row["version"], {"parked_by": None, "failed_seq": None}, {"note": note})
