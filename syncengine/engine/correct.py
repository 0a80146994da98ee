"""Correct: once the grace is over, or when a person wishes it, an error's correction is carried out, once.

Look-ups -> verdict stored (`offered`) -> begun (`acting`) -> done here and there (`applied`), the record goes again ->
`done` or `failed`. Each arrow is a transaction of its own, so that a crash anywhere is resumed from what is stored, and
a verdict is never decided twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.corrections import Act, Klass, LookUp, Verdict, fitting
from syncengine.engine import acts, cases, explain
from syncengine.engine.cases import Case
from syncengine.engine.facts import Gatherer
from syncengine.engine.refusals import GRACE_CYCLES
from syncengine.engine.run import Run
from syncengine.entities import POSTINGS
from syncengine.errors import RecordError
from syncengine.failpoints import failpoint
from syncengine.quickbooks import FaultError, Payload, select, wire
from syncengine.store import audit, corrections, errors, outbox, overrides
from syncengine.store.corrections import ACTING, APPLIED, DONE, FAILED, OFFERED, WANTED, WITHDRAWN
from syncengine.terms import OutboxState

#: Why a row may be failing and yet be corrected.
_BY = frozenset({None, "refused", "local"})
#: Objects that one look-up brings at most.
_MOST = 1000


class Correcting:
    """The corrections of one cycle."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._answers: dict[LookUp, Sequence[Payload] | None] = {}
        #: The errors whose offers were made or renewed in this cycle, from what QuickBooks says today.
        self._asked: set[int] = set()

    # --- before anything is sent -------------------------------------------------------------------------------

    def resume(self) -> None:
        """What a person wants is done first, and what a crash interrupted is brought to its end."""
        self.finish()
        for row in self._in_states(ACTING):
            self._act(row)
        for row in self._in_states(WANTED):
            self._wanted(row)

    def _wanted(self, row: RowMapping) -> None:
        """A person has seen what it will do: where it would do something else by now, it is offered anew instead."""
        found = self._cases(lambda error, _: error["id"] == row["error_id"])
        for case in found:
            self._ask(case)
        verdict = cases.choose(found[0], self._allowed)[1] if found else None
        if verdict is None or any(row["verdict"].get(name) != part for name, part in verdict.stored().items()):
            with self.run.unit() as connection:
                changes = {"state": WITHDRAWN, "done_at": self.run.site.clock.now()}
                corrections.become(connection, row["id"], outcome="It no longer applies as it was shown.", **changes)
            if found:
                self._offer(found[0])
            return
        self._act(row)

    # --- after a wave of sending -------------------------------------------------------------------------------

    def round(self) -> set[int]:
        """Look at what failed, store what can be done, do what is due. Returns the rows that may go again in this cycle."""
        self.finish()
        self._withdraw_stale()
        failpoint("correct.pre")
        for case in self._cases(self._open_question):
            self._ask(case)
            failpoint("correct.looked_up")
            self._offer(case)
        failpoint("correct.stored")
        return {row["outbox_id"] for row in self._due() if self._act(row)}

    def _open_question(self, error: RowMapping, offers: Sequence[RowMapping]) -> bool:
        """Whether it has to be asked what can be done: when the record first fails, and again once the grace is over."""
        due = error["tries"] >= GRACE_CYCLES
        if error["last_cycle_id"] != self.run.cycle_id:
            # Only where the cycle that should have asked or acted was interrupted, or where the owner allows it by now:
            # whoever cannot be helped is told so, and is NO.
            waits = any(row["state"] == OFFERED and self._allowed(row["name"], row["klass"]) for row in offers)
            return due and (waits or not offers) and error["klass"] in {Klass.SAFE, Klass.POLICY}
        if due or not offers:
            return bool(due or error["tries"] == 0)
        # It fails in another way than the one that something was offered for.
        return not any(row["name"] == error["correction"] and row["state"] != WITHDRAWN for row in offers)

    def _withdraw_stale(self) -> None:
        """An offer belongs to the failure that it was made for: where the record fails otherwise by now, it is none."""
        with self.run.site.database.reading() as connection:
            failing = {error["id"]: error for error in errors.open_of(connection, self.run.company_id)}
            offered = corrections.in_states(connection, self.run.company_id, (OFFERED,))
        stale = [row for row in offered if row["error_id"] in failing and not cases.made_for(row, failing[row["error_id"]])]
        if stale:
            with self.run.unit() as connection:
                for row in stale:
                    why = "The record fails for another reason by now."
                    corrections.withdraw(connection, self.run.site.clock.now(), row["error_id"], why)

    def _due(self) -> list[RowMapping]:
        """What may run by itself, of what was decided in this cycle: an older offer may be for a cause that has gone."""
        with self.run.site.database.reading() as connection:
            due = {error["id"] for error in errors.open_of(connection, self.run.company_id) if error["tries"] >= GRACE_CYCLES}
            rows = corrections.in_states(connection, self.run.company_id, (OFFERED,))
        due &= self._asked
        return [row for row in rows if row["error_id"] in due and self._allowed(row["name"], row["klass"])]

    def _allowed(self, name: str, klass: str) -> bool:
        """SAFE by itself, POLICY where the owner opted in (D8, D9)."""
        return klass == Klass.SAFE or (klass == Klass.POLICY and self.run.settings.get(f"allow_{name}") is True)

    # --- asking and deciding -----------------------------------------------------------------------------------

    def _cases(self, wanted: Callable[[RowMapping, Sequence[RowMapping]], bool]) -> list[Case]:
        with self.run.site.database.reading() as connection:
            every = [error for error in errors.open_of(connection, self.run.company_id) if error["outbox_id"] is not None]
            tried = corrections.of_errors(connection, [error["id"] for error in every])
            open_errors = cases.not_too_many([error for error in every if wanted(error, tried.get(error["id"], []))])
            rows = {row["id"]: row for row in outbox.rows(connection, self.run.company_id)} if open_errors else {}
            gatherer = Gatherer(connection, self.run.company_id, self.run.settings)
            found = []
            for error in open_errors:
                row = rows.get(error["outbox_id"])
                if row is None or row["unanswered"] or row["parked_by"] not in _BY or row["state"] == OutboxState.RUNNING:
                    continue
                case = cases.build(connection, gatherer, error, row, tried.get(error["id"], []))
                if case is not None:
                    found.append(case)
        return found

    def _ask(self, case: Case) -> None:
        """Ask QuickBooks what the corrections that fit have to know."""
        answers: dict[str, Sequence[Payload]] = {}
        for each in fitting(case.trouble):
            for look_up in each.look_ups(case.facts) if each.decide else ():
                told = self._look_up(look_up)
                if told is not None:
                    answers[look_up.name] = told
                    case.told += [(look_up.entity, payload) for payload in told]
        with self.run.site.database.reading() as connection:
            gatherer = Gatherer(connection, self.run.company_id, self.run.settings)
            entity = POSTINGS[case.error["entity"], case.error["kind"]]
            linked = gatherer.linked(entity, [payload for name, payload in case.told if name == entity.name])
        case.facts = replace(case.facts, answers=answers, linked=linked)

    def _look_up(self, look_up: LookUp) -> Sequence[Payload] | None:
        if look_up not in self._answers:
            self._answers[look_up] = self._looked_up(look_up)
        return self._answers[look_up]

    def _looked_up(self, look_up: LookUp) -> Sequence[Payload] | None:
        client = self.run.client
        try:
            if look_up.entity == "Preferences":
                return [client.preferences().payload]
            if look_up.qbo_id:
                return [client.read(look_up.entity, look_up.qbo_id).payload]
            return client.query(select(look_up.entity, where=look_up.where, max=_MOST)).objects
        except FaultError as error:
            # What was asked for by its Id and is not there is an answer; any other refusal is none.
            return [] if look_up.qbo_id and error.fault.code == "610" else None

    def _offer(self, case: Case) -> None:
        """Store what will be done, or that only a person can do something."""
        chosen, verdict = cases.choose(case, self._allowed)
        at = self.run.site.clock.now()
        with self.run.unit() as connection:
            told = explain.chosen(chosen, case.trouble, case.facts, case.error, helpless=verdict is None)
            errors.told(connection, case.error["id"], told)
            outbox.note(connection, case.row["id"], reason=f"{told.cause} {told.remedy}")
            if verdict is None:
                corrections.withdraw(connection, at, case.error["id"], "It no longer applies.")
            else:
                self._asked.add(case.error["id"])
                stored = {
                    **verdict.stored(),
                    "told": cases.kept(case, verdict),
                    "ours": self._ours(connection, case, verdict),
                    "failure": cases.failure(case.error),
                }
                corrections.offer(
                    connection, at, case.error, name=chosen.name, klass=chosen.klass.value, says=verdict.says, verdict=stored
                )

    def _ours(self, connection: Connection, case: Case, verdict: Verdict) -> dict[str, Any]:
        """Our own values that stand-ins are made for: where one has been edited by the time, the stand-in is not made."""
        paths = [act.args["path"] for act in verdict.acts if act.do == "override"]
        gatherer = Gatherer(connection, self.run.company_id, self.run.settings)
        return gatherer.values(POSTINGS[case.error["entity"], case.error["kind"]], case.error["record_id"], paths)

    # --- acting ------------------------------------------------------------------------------------------------

    def _act(self, row: RowMapping) -> bool:
        """Carry a stored verdict out; whether its record may go again now."""
        verdict = Verdict.read(row["says"], row["verdict"])
        if not self._begin(row):
            return False
        failpoint("correct.begun")
        try:
            changed = acts.remote(self.run, str(row["id"]), verdict.acts)
        except FaultError as error:
            return self._failed(row, verdict, acts.refused(error))
        failpoint("correct.acted")
        told = [*((name, wire.loads(text)) for name, text in row["verdict"].get("told", ())), *changed]
        try:
            with self.run.unit() as connection:
                self._apply(connection, row, verdict, told)
        except RecordError as error:
            return self._failed(row, verdict, f"{error.cause} {error.remedy}")
        failpoint("correct.applied")
        return True

    def _begin(self, row: RowMapping) -> bool:
        """Write down that it begins; from here on a crash is resumed."""
        with self.run.unit() as connection:
            waiting = outbox.load(connection, [row["outbox_id"]]).get(row["outbox_id"])  # first, as commands do
            now = corrections.load(connection, self.run.company_id, row["id"])
            if now is None or now["state"] not in {OFFERED, WANTED, ACTING} or waiting is None:
                return False
            if not self._still_open(connection, row) or waiting["unanswered"]:
                return False
            corrections.become(connection, row["id"], state=ACTING, cycle_id=self.run.cycle_id)
            self._audit(connection, row, "correction begun", {"correction": row["name"], "says": row["says"]})
        return True

    def _still_open(self, connection: Connection, row: RowMapping) -> bool:
        return bool(errors.by_ids(connection, self.run.company_id, [row["error_id"]]))

    def _apply(self, connection: Connection, row: RowMapping, verdict: Verdict, told: Sequence[tuple[str, Payload]]) -> None:
        outbox.lock(connection, self.run.company_id)
        acts.Here(self.run, connection, row, told).do(verdict.acts)
        waiting = outbox.load(connection, [row["outbox_id"]])[row["outbox_id"]]
        corrections.become(connection, row["id"], state=APPLIED)
        at, why = self.run.site.clock.now(), {"why": "corrected", "correction": row["name"], "says": row["says"]}
        if waiting["state"] in {OutboxState.RETRYABLE, OutboxState.PARKED}:
            move = outbox.Move(row["outbox_id"], OutboxState.AVAILABLE, changes={"parked_by": None}, why=why)
            outbox.move(connection, at, [move], cycle_id=self.run.cycle_id)

    def _failed(self, row: RowMapping, verdict: Verdict, why: str) -> bool:
        tail = self._undo_there(row, (*verdict.after, *verdict.otherwise))
        with self.run.unit() as connection:
            outcome = f"{why} {tail}".strip()
            corrections.become(connection, row["id"], state=FAILED, outcome=outcome, done_at=self.run.site.clock.now())
            self._audit(connection, row, "correction failed", {"correction": row["name"], "outcome": outcome})
        return False

    # --- what came of it ---------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Bring what was applied to its end, and take back what is offered for errors that are gone."""
        for row in self._in_states(APPLIED):
            self._settle(row)
        with self.run.site.database.reading() as connection:
            open_errors = {error["id"] for error in errors.open_of(connection, self.run.company_id)}
            gone = [
                row
                for row in corrections.in_states(connection, self.run.company_id, (OFFERED, WANTED, ACTING))
                if row["error_id"] not in open_errors
            ]
        for row in gone:
            verdict = Verdict.read(row["says"], row["verdict"])
            tail = self._undo_there(row, (*verdict.after, *verdict.otherwise)) if row["state"] == ACTING else ""
            outcome = f"The error went away before it was carried out. {tail}".strip()
            with self.run.unit() as connection:
                corrections.become(connection, row["id"], state=WITHDRAWN, outcome=outcome, done_at=self.run.site.clock.now())

    def _settle(self, row: RowMapping) -> None:
        with self.run.site.database.reading() as connection:
            now = outbox.state_of(connection, row["outbox_id"])
            said = errors.by_ids(connection, self.run.company_id, [row["error_id"]]).get(row["error_id"])
        if now is None or now["unanswered"] or now["state"] in {OutboxState.AVAILABLE, OutboxState.RUNNING}:
            return
        verdict = Verdict.read(row["says"], row["verdict"])
        arrived = now["state"] == OutboxState.COMPLETED
        gone = now["state"] == OutboxState.CANCELLED
        tail = self._undo_there(row, verdict.after)
        failpoint("correct.after")
        outcome = "QuickBooks took the record." if arrived else "The record was taken out of the queue." if gone else _still(said)
        with self.run.unit() as connection:
            state = DONE if arrived else WITHDRAWN if gone else FAILED
            undo = {"do": "own values"} if arrived and verdict.reversible else None
            ended = {"state": state, "outcome": f"{outcome} {tail}".strip(), "done_at": self.run.site.clock.now(), "undo": undo}
            corrections.become(connection, row["id"], **ended)
            if not arrived:
                self._end_stand_ins(connection, row)
            detail = {"correction": row["name"], "says": row["says"], "outcome": ended["outcome"]}
            self._audit(connection, row, f"correction {state}", detail)
        failpoint("correct.finished")

    def _end_stand_ins(self, connection: Connection, row: RowMapping) -> None:
        """What was to go instead of our own values did not help: they go as they are again."""
        mine = overrides.made_by(connection, row)
        overrides.end(connection, [each["id"] for each in mine], self.run.site.clock.now())

    def _undo_there(self, row: RowMapping, back: Sequence[Act]) -> str:
        """What was changed in QuickBooks only for the record's sake is put back; what cannot be is told."""
        told = []
        for number, act in enumerate(back):
            try:
                acts.remote(self.run, f"{row['id']}-{number}", [act])
            except FaultError as error:
                told.append(f"It could not be put back in QuickBooks: {error.fault}")
        return " ".join(told)

    # --- small things ------------------------------------------------------------------------------------------

    def _in_states(self, *states: str) -> list[RowMapping]:
        with self.run.site.database.reading() as connection:
            return corrections.in_states(connection, self.run.company_id, states)

    def _audit(self, connection: Connection, row: RowMapping, event: str, detail: dict[str, Any]) -> None:
        by = row["wanted_by"] or audit.ENGINE
        line = audit.Line(event, by, row["kind"], row["record_id"], row["outbox_id"], self.run.cycle_id, detail)
        audit.write(connection, self.run.company_id, self.run.site.clock.now(), [line])


def _still(error: RowMapping | None) -> str:
    said = f": {error['code']} {error['message']}" if error else ""
    return f"QuickBooks refused the record all the same{said}."
