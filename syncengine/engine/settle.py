"""Settle: writes down what came of an attempt: bindings, bases, copies, errors and the rows' moves, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine import scope
from syncengine.engine.apply import Applier, locked
from syncengine.engine.facts import stored
from syncengine.engine.reconcile import Base, still_news
from syncengine.engine.refusals import Refusals
from syncengine.engine.run import Run
from syncengine.engine.send import Outcome
from syncengine.engine.stirs import guarded
from syncengine.entities import POSTINGS, Entity, Payload
from syncengine.errors import RecordError
from syncengine.failpoints import failpoint
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger
from syncengine.quickbooks import Answer, Fault, wire
from syncengine.store import attempts, bindings, errors, outbox
from syncengine.terms import WAITING, Direction, Operation, OutboxState
from syncengine.terms import Outcome as Was

#: The status of an answer that a look-up found; no HTTP status.
FOUND = 0


def settle(run: Run, attempt: Mapping[str, Any], items: Sequence[RowMapping], outcome: Outcome) -> list[int]:
    """Record an outcome. Returns the outbox rows that may be planned and sent anew at once.

    These are rows that were refused as stale, to be merged, and those whose deletion made room for another object.
    """
    failpoint("record.pre")
    with run.unit() as connection:
        settler = _Settler(run, connection, items)
        if outcome.unknown:
            settler.unknown(attempt, outcome)
        elif outcome.whole is not None:
            settler.refused_whole(attempt, outcome)
        else:
            settler.answered(attempt, outcome)
    failpoint("record.committed")
    run.counts.sent += settler.sent
    return settler.stale


class _Settler:
    def __init__(self, run: Run, connection: Connection, items: Sequence[RowMapping]) -> None:
        self.run = run
        self.connection = connection
        self.items = items
        self.at = run.site.clock.now()
        outbox.lock(connection, run.company_id)  # first: a person who holds it may be waiting for one of these rows
        self.rows = outbox.load(connection, [item["outbox_id"] for item in items])
        self.refusals = Refusals(run, connection, self.at)
        self.stale: list[int] = []
        #: Rows whose deletion only took back what they had posted before: see `_again`.
        self.made_room: list[int] = []
        self.moves: list[outbox.Move] = []
        self.sent = 0

    def _finish(self) -> None:
        back = [move.outbox_id for move in self.moves if move.to in WAITING]
        overtaken = outbox.overtaken(self.connection, [self.rows[row_id] for row_id in back])
        moves = [
            outbox.Move(
                move.outbox_id, OutboxState.CANCELLED, why={**move.why, "why": "a newer edit of the record waits behind it"}
            )
            if move.outbox_id in overtaken
            else move
            for move in self.moves
        ]
        errors.close(self.connection, overtaken, self.at, "edited")
        self.stale = [row_id for row_id in [*self.refusals.stale, *self.made_room] if row_id not in overtaken]
        outbox.move(self.connection, self.at, moves, cycle_id=self.run.cycle_id)

    def unknown(self, attempt: Mapping[str, Any], outcome: Outcome) -> None:
        """The rows stay tied to this very attempt: the next cycle asks for it again, under the same requestid."""
        attempts.unknown(self.connection, attempt["id"], outcome.unknown)
        for item in self.items:
            if self.rows[item["outbox_id"]]["state"] == OutboxState.RUNNING:
                self.moves.append(
                    outbox.Move(
                        item["outbox_id"],
                        OutboxState.RETRYABLE,
                        changes={"reason": "Its answer is still awaited; it will be asked for again."},
                        why={"attempt": attempt["id"], "unknown": outcome.unknown[:200]},
                    )
                )
        # Not `_finish`: an unanswered row is not overtaken by the edit behind it, that edit waits for its answer.
        outbox.move(self.connection, self.at, self.moves, cycle_id=self.run.cycle_id)

    def refused_whole(self, attempt: Mapping[str, Any], outcome: Outcome) -> None:
        """QuickBooks refused the batch as a whole: nothing was written; the rows are sent again in smaller company."""
        self._record_items(attempt, outcome, {item["ordinal"]: (Was.REFUSED, None, outcome.whole) for item in self.items})
        for item in self.items:
            row = self.rows[item["outbox_id"]]
            self.moves.append(
                outbox.Move(
                    row["id"],
                    OutboxState.AVAILABLE,
                    changes={"refusals": row["refusals"] + 1},
                    why={"attempt": attempt["id"], "refused": "the batch as a whole"},
                )
            )
        self._finish()

    def answered(self, attempt: Mapping[str, Any], outcome: Outcome) -> None:
        """Item by item: accepted, or refused with its fault."""
        told: dict[int, tuple[Was, str | None, Fault | None]] = {}
        accepted: list[tuple[RowMapping, Answer]] = []
        for item in self.items:
            answer = outcome.answers[item["ordinal"]]
            if isinstance(answer, Fault):
                told[item["ordinal"]] = (Was.REFUSED, None, answer)
                self._refused(attempt, item, answer)
            else:
                told[item["ordinal"]] = (Was.ACCEPTED, str(answer.payload.get("Id")), None)
                accepted.append((item, answer))
        self._accepted(attempt, accepted)
        self._record_items(attempt, outcome, told)
        self._finish()

    def _record_items(
        self, attempt: Mapping[str, Any], outcome: Outcome, told: Mapping[int, tuple[Was, str | None, Fault | None]]
    ) -> None:
        attempts.answered(
            self.connection,
            self.at,
            attempt["id"],
            tid=outcome.tid,
            service_ms=outcome.service_ms,
            items=[
                {
                    "id": item["id"],
                    "outbox_id": item["outbox_id"],
                    "outcome": told[item["ordinal"]][0].value,
                    "qbo_id": told[item["ordinal"]][1],
                    "fault": stored(told[item["ordinal"]][2]),
                }
                for item in self.items
            ],
        )

    # --- refused -----------------------------------------------------------------------------------------------

    def _refused(self, attempt: Mapping[str, Any], item: RowMapping, fault: Fault) -> None:
        self.moves.append(self.refusals.move(attempt, item, self.rows[item["outbox_id"]], fault))

    # --- accepted ----------------------------------------------------------------------------------------------

    def _accepted(self, attempt: Mapping[str, Any], accepted: Sequence[tuple[RowMapping, Answer]]) -> None:
        by_entity: dict[tuple[str, str], list[tuple[RowMapping, Answer]]] = {}
        for item, answer in accepted:
            by_entity.setdefault((item["entity"], self.rows[item["outbox_id"]]["kind"]), []).append((item, answer))
        for key, members in by_entity.items():
            self._bind(POSTINGS[key], members)
        for item, answer in accepted:
            again = self._again(item)
            self.made_room += [item["outbox_id"]] if again else []
            self.moves.append(
                outbox.Move(
                    item["outbox_id"],
                    OutboxState.AVAILABLE if again else OutboxState.COMPLETED,
                    changes={"reason": None, "message": None, "failed_seq": None, "parked_by": None},
                    why={
                        "attempt": attempt["id"],
                        "operation": item["operation"],
                        "qbo_id": str(answer.payload.get("Id")),
                        "sync_token": str(answer.payload.get("SyncToken", "")),
                        "tid": answer.tid,
                    },
                )
            )
        errors.close(self.connection, [item["outbox_id"] for item, _ in accepted], self.at, "sent")
        self.sent += len(accepted)

    def _again(self, item: RowMapping) -> bool:
        """Whether a deletion only took back what an earlier state of the record had posted: the row is planned anew at once.

        The record is there still, and may want another object in the place of the old one, or wait until it posts again.
        """
        row = self.rows[item["outbox_id"]]
        pushed = POSTINGS[item["entity"], row["kind"]].direction is Direction.PUSH
        return item["operation"] == Operation.DELETE and row["operation"] != "delete" and pushed

    def _bind(self, entity: Entity, members: Sequence[tuple[RowMapping, Answer]]) -> None:
        records = {item["outbox_id"]: self.rows[item["outbox_id"]]["record_id"] for item, _ in members}
        known = bindings.of_records(self.connection, self.run.company_id, entity.name, entity.kind, records.values())
        fresh, agreed, ended = [], [], []
        for item, answer in members:
            binding = known.get(records[item["outbox_id"]])
            if item["operation"] == Operation.DELETE:
                ended.append((item, answer, binding))
                continue
            self._fill_in(entity, records[item["outbox_id"]], item, answer.payload)
            row = self._agreement(entity, item, answer, binding)
            if binding is None:
                fresh.append({**row, "entity": entity.name, "kind": entity.kind, "record_id": records[item["outbox_id"]]})
            else:
                agreed.append({**row, "id": binding["id"]})
        bindings.add(self.connection, self.run.company_id, self.at, fresh)
        bindings.agree(self.connection, self.at, agreed)
        ledger.keep(
            self.connection,
            self.run.company_id,
            entity.name,
            [answer.payload for item, answer in members if answer.payload.get("status") != "Deleted"],
            self.at,
        )
        found = [answer.payload for _, answer in members if answer.status == FOUND]
        Applier(self.connection, self.run.company_id, self.run.settings, self.at, self.run.cycle_id).objects(entity.name, found)
        bindings.end(self.connection, self.at, [binding["id"] for _, _, binding in ended if binding], by="inventory")
        ledger.mark_deleted(
            self.connection,
            self.run.company_id,
            entity.name,
            [str(answer.payload["Id"]) for _, answer, _ in ended if answer.payload.get("status") == "Deleted"],
            self.at,
        )

    def _agreement(self, entity: Entity, item: RowMapping, answer: Answer, binding: RowMapping | None) -> dict[str, Any]:
        if answer.status == FOUND:
            # Found by a look-up: what QuickBooks holds now may have been edited since; the base is what we sent.
            base = Base(dict(item["intended"]), entity.get(wire.loads(item["payload"])))
            return {"qbo_id": str(answer.payload["Id"]), "sync_token": "-1", "base": base.stored()}
        base = Base(dict(item["intended"]), entity.get(answer.payload))
        if binding is not None and binding["ended_at"] is None and not scope.inward(self.run.settings):
            base = still_news(entity, Base.read(binding["base"]), base)
        return {"qbo_id": str(answer.payload["Id"]), "sync_token": str(answer.payload.get("SyncToken", "0")), "base": base.stored()}

    def _fill_in(self, entity: Entity, record_id: int, item: RowMapping, payload: Payload) -> None:
        """Where our record said nothing and still says nothing, write back what QuickBooks filled in: a number, a due date.

        What a person has typed meanwhile stays and follows as an edit of its own; a number that another record bears here
        already is not taken over. Neither may keep the answer from being recorded.
        """
        intended, theirs = item["intended"], entity.get(payload)
        fields = [
            each for each in entity.fields if each.fills and intended.get(each.path) is None and theirs.get(each.path) is not None
        ]
        record = locked(self.connection, entity, self.run.company_id, record_id) if fields else None
        if record is None:
            return
        refs = self.run.resolver(self.connection)
        columns = {each.column: each.inward(theirs[each.path], refs) for each in fields if record.get(each.column) in {None, ""}}
        try:
            with self.connection.begin_nested(), guarded(self.connection, self.run.company_id):
                writer.save(self.connection, entity.kind, self.run.company_id, columns, record_id=record_id)
        except RecordError:
            return
        intended.update({each.path: theirs[each.path] for each in fields})
