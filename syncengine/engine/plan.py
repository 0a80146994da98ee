"""Plan: what the next cycle will do with each waiting row, in sending order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine import drift, scope
from syncengine.engine.gate import Gate, alive, document_days
from syncengine.engine.overrides import Overrides
from syncengine.engine.reconcile import Base, Decision, decide, line_ids
from syncengine.engine.refs import Resolver
from syncengine.engine.step import Step
from syncengine.engine.waves import Waves
from syncengine.entities import BY_KIND, POSTINGS, Entity, Flat, Payload, marker
from syncengine.entities._applied import AppliedTo
from syncengine.entities._posted import Entries
from syncengine.errors import RecordError
from syncengine.inventory import reader
from syncengine.inventory.tables import KINDS, Kind
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import wire
from syncengine.store import bindings, conflicts, drifts, outbox, settings
from syncengine.store.conflicts import WHOLE, Clash
from syncengine.terms import Direction, Operation


class Planner:
    """Plans rows of one company from one state of the database."""

    def __init__(self, connection: Connection, company_id: int) -> None:
        self._connection = connection
        self._company_id = company_id
        self.settings = settings.all_of(connection, company_id)
        self.refs = Resolver(connection, company_id, self.settings)
        self.overrides = Overrides(connection, company_id)
        self._in_flight = outbox.in_flight(connection, company_id)
        self._gate = Gate(connection, company_id, self.settings, self.refs)

    def plan(self, rows: Sequence[RowMapping]) -> list[Step]:
        """The steps of `rows` in sending order: by wave, then by place in the queue."""
        return self._ordered(self._steps(rows))

    def plan_with_ancestors(self, rows: Sequence[RowMapping]) -> list[Step]:
        """The same, with the rows that they wait for, directly or through others."""
        steps, fresh = list[Step](), self._steps(rows)
        seen: set[tuple[str, str, int]] = set()
        while fresh:
            steps += fresh
            known = {step.row["id"] for step in steps}
            missing = frozenset[tuple[str, str, int]]().union(*(step.missing for step in fresh)) - seen
            seen |= missing
            parents = outbox.open_of_records(self._connection, self._company_id, missing)
            fresh = self._steps([row for row in parents if row["id"] not in known])
        return self._ordered(steps)

    def _ordered(self, steps: list[Step]) -> list[Step]:
        Waves(self._connection, self._company_id, self._in_flight).give(steps)
        return sorted(steps, key=lambda step: (step.wave, step.row["position"], step.row["id"]))

    def _steps(self, rows: Sequence[RowMapping]) -> list[Step]:
        groups: dict[tuple[str, str], list[RowMapping]] = {}
        for row in rows:
            groups.setdefault((row["entity"], row["kind"]), []).append(row)
        steps: list[Step] = []
        for key, members in groups.items():
            steps += self._plan_entity(POSTINGS[key], members)
        return steps

    def _plan_entity(self, entity: Entity, rows: Sequence[RowMapping]) -> list[Step]:
        ids = [row["record_id"] for row in rows]
        records = reader.load(self._connection, entity.kind, self._company_id, ids)
        bound = bindings.of_records(self._connection, self._company_id, entity.name, entity.kind, ids)
        self.refs.know_accounts(entity, ids, bound)
        copies = ledger.load(self._connection, self._company_id, entity.name, [row["qbo_id"] for row in bound.values()])
        self._prefetch(entity, records.values())
        steps = []
        for row in rows:
            step = Step(row, entity, binding=bound.get(row["record_id"]))
            if step.binding is not None and step.binding["qbo_id"] in copies:
                step.held = wire.loads(copies[step.binding["qbo_id"]]["payload"])
            self._fill(step, records.get(row["record_id"]))
            self._stand_behind(step)
            steps.append(step)
        return steps

    def _prefetch(self, entity: Entity, records: Iterable[reader.Record]) -> None:
        wanted: dict[tuple[str, str], set[int]] = {}
        records = list(records)
        own, of_lines = _referring(entity.fields), _referring(entity.lines.fields) if entity.lines else []
        if isinstance(entity.lines, Entries):
            own += of_lines  # an entry may name what the whole record names
        for record in records:
            _collect(own, record, wanted)
            for line in record.get("lines") or () if of_lines else ():
                _collect(of_lines, line, wanted)
        for (name, kind), ids in wanted.items():
            self.refs.prefetch(name, ids, kind)
        self.refs.prefetch_posted(entity.kind, [record["id"] for record in records])
        self.refs.prefetch_paid(entity.kind, records)
        if entity.numbered:
            self.refs.prefetch_numbers(entity.name, entity.kind, [record["id"] for record in records])
        if isinstance(entity.lines, Entries | AppliedTo) or self.refs.feature("multicurrency"):
            self._prefetch_looks(KINDS[entity.kind], records)

    def _prefetch_looks(self, kind: Kind, records: Sequence[reader.Record]) -> None:
        """What a posting is computed from: the records that headers and lines refer to."""
        every = [(kind.references, records), (kind.line_references, [line for each in records for line in each.get("lines") or ()])]
        for references, rows in every:
            for column, other in references.items():
                self.refs.prefetch_looks(other, {row[column] for row in rows if isinstance(row.get(column), int)})

    def _fill(self, step: Step, record: reader.Record | None) -> None:
        entity = step.entity
        self.refs.missing.clear()
        self.refs.used.clear()
        days = document_days(entity, record, step.binding, step.held)
        try:
            if scope.off(entity, self.settings):
                step.note = "It waits: the company's settings keep these records out of the sync."
                step.stays = True
            elif why := scope.left_out(entity, self.settings, days, bound=alive(step.binding)):
                step.note = why
            elif record is None:
                self._delete(step)
            elif not entity.wanted(record, self.refs):
                self._unwanted(step, "The record itself says that it does not sync.", instead=self._instead(entity, record))
            elif held := entity.holds(record, self.refs):
                self._held(step, held)
            else:
                self._save(step, record)
        except RecordError as error:
            step.error, step.operation = error, None
        if step.operation is not None or step.error is not None:
            self._hold(step, days)
        step.missing = frozenset(self.refs.missing) if step.operation else frozenset()

    def _hold(self, step: Step, days: Sequence[date]) -> None:
        leads = step.row["parked_by"] == outbox.FEATURE  # it is the row that the others of its kind wait for
        hold = self._gate.hold(step.entity, days, self.refs.used, step.error, leads=leads)
        if hold is not None:
            step.note, step.unfit, step.stays = hold.note, hold.problem, True
            step.rests = hold.rests and not self.refs.missing
            step.operation, step.error, step.build = None, None, None

    def _stand_behind(self, step: Step) -> None:
        """While an earlier write of the record is unanswered, nothing is known of its twin: this row only waits for it."""
        earlier = self._in_flight.get((step.entity.name, step.entity.kind, step.row["record_id"]))
        if earlier is None or earlier["id"] == step.row["id"]:
            return
        step.operation = step.operation or (Operation.DELETE if step.row["operation"] == "delete" else Operation.UPDATE)
        step.error, step.decision, step.clashes, step.build, step.intended = None, None, (), None, {}
        step.note = "An earlier state of the record is on its way; this one follows once QuickBooks has answered."
        step.missing = frozenset({(step.entity.name, step.entity.kind, step.row["record_id"])})

    def _asks(self, step: Step) -> bool:
        """Whether somebody has to answer a drift before anything is sent; the step then waits and says so."""
        what = drifts.unanswered(self._connection, step.binding) if step.binding else None
        if what is not None:
            step.note, step.stays = drift.why_waits(what), True
        return what is not None

    def _resend(self, step: Step, ours: Flat, theirs: Flat, base: Base) -> Decision | None:
        """What is sent of a document that only we write; None where nothing is, and the step says why."""
        changed = step.entity.differences(theirs, base.theirs, computed=True)
        if changed:
            ours_too = changed == step.entity.differences(theirs, base.theirs) and not step.entity.differences(ours, theirs)
            if ours_too:
                step.together, step.note = True, "QuickBooks has come to say the same."
                return None
            if self._asks(step):
                return None
        return drift.send(step.entity, base, ours, theirs)

    def _instead(self, entity: Entity, record: reader.Record) -> bool:
        """Whether a document that is not wanted as `entity` is posted as something else: both would book it twice."""
        others = (other for other in BY_KIND[entity.kind] if other is not entity)
        return entity.document and any(other.wanted(record, self.refs) for other in others)

    def _unwanted(self, step: Step, note: str, *, instead: bool = False) -> None:
        """It posts nothing (any more): what an earlier state of it posted goes too.

        It goes where only we ever write it, and where the record posts something else `instead`.
        """
        if alive(step.binding) and (instead or step.entity.direction is Direction.PUSH):
            self._delete(step)
        else:
            step.note = note

    def _held(self, step: Step, why: str) -> None:
        """It waits in the queue and posts nothing meanwhile: what an earlier state of it posted goes first."""
        self._unwanted(step, why)
        step.stays = step.operation is None and not step.clashes

    def _delete(self, step: Step) -> None:
        binding = step.binding
        if binding is None or binding["ended_at"] is not None:
            step.note = "It never reached QuickBooks." if binding is None else "QuickBooks has deleted it already."
            return
        theirs = step.entity.get(step.held) if step.held else {}
        changed = step.entity.differences(theirs, Base.read(binding["base"]).theirs, computed=True)
        if changed and step.entity.direction is Direction.PUSH:
            if self._asks(step):
                return
        elif changed and theirs.get("Active") is not False and self._chosen(step).get(WHOLE) != "ours":
            # They edited what we deleted: neither side's word goes over the other's without a person (I9). A name that they
            # made inactive is out on both sides: deleting a name is just that (D20).
            step.clashes = (Clash(WHOLE, None, None, step.row["label"]),)
            return
        step.operation = Operation.DELETE
        identity = {"qbo_id": binding["qbo_id"], "sync_token": binding["sync_token"]}
        if step.entity.document:
            step.build = partial(dict, Id=binding["qbo_id"], SyncToken=binding["sync_token"])
        else:
            step.build = partial(step.entity.deactivate, held=step.held, **identity)

    def _save(self, step: Step, record: reader.Record) -> None:
        entity, binding = step.entity, step.binding
        if entity.feature is not None and not self.refs.feature(entity.feature):
            raise RecordError(
                entity.name,
                step.row["label"],
                f"QuickBooks does not track {entity.feature} in this company.",
                "Switch the tracking on in QuickBooks (Settings, Advanced, Categories), then sync.",
            )
        ours = step.intended = self.overrides.put(entity, record, self.refs)
        if entity.worthless(ours):
            self._unwanted(step, "It is worth nothing, so there is nothing to post.")
            return
        if binding is None or binding["ended_at"] is not None:
            self._create(step, record, ours)
            return
        if not step.held:
            # Without it every field would look as if QuickBooks had emptied it.
            raise RecordError(entity.name, step.row["label"], "QuickBooks' copy of it has not arrived here.", "Sync once more.")
        theirs = entity.get(step.held)
        step.decision = self._decide(step, binding, ours, theirs)
        step.clashes = step.decision.clashes if step.decision else ()
        if not step.decision or not step.decision.send:
            step.note = step.note or "QuickBooks has it already."
            return
        if entity.replaces(step.decision.send):
            # The row goes on waiting once this is done, and makes the new one.
            step.operation, step.note = Operation.DELETE, "QuickBooks cannot change this in place: it is deleted and made anew."
            step.build = partial(dict, Id=binding["qbo_id"], SyncToken=binding["sync_token"])
            step.anew = partial(entity.create, ours, marker(self._company_id, entity.key, step.row["record_id"]))
            return
        entity.keep_fixed(step.decision.send, ours, step.held)
        step.operation = Operation.UPDATE
        _keep_line_ids(ours, Base.read(binding["base"]), theirs)
        merged = {**ours, **{path: theirs[path] for path in step.decision.take}}
        step.build = partial(
            entity.update,
            merged,
            step.decision.send,
            qbo_id=binding["qbo_id"],
            sync_token=binding["sync_token"],
            held=step.held,
            mark=self._mark(step),
        )

    def _create(self, step: Step, record: reader.Record, ours: Flat) -> None:
        entity, binding = step.entity, step.binding
        if binding is not None and binding["ended_by"] == bindings.MERGED:
            step.note = "QuickBooks has merged it into another, whose record goes on."
            return
        theirs = binding is not None and binding["ended_by"] == "quickbooks"
        if theirs and entity.direction is Direction.PUSH:
            if self._asks(step):
                return
        elif theirs:
            choice = self._chosen(step).get(WHOLE)
            if choice != "ours":
                step.clashes = (Clash(WHOLE, None, step.row["label"], None),)
                return
        if not entity.document and record.get("active") is False:
            step.note = "It is inactive, and QuickBooks has never had it."
            return
        step.operation = Operation.CREATE
        step.build = partial(self._created, step, ours)

    def _created(self, step: Step, ours: Flat) -> Payload:
        """The payload of a new object, with our marker in a document."""
        return step.entity.create(ours, self._mark(step))

    def _mark(self, step: Step) -> str:
        return marker(self._company_id, step.entity.key, step.row["record_id"]) if step.entity.document else ""

    def _chosen(self, step: Step) -> dict[str, str]:
        binding = step.binding
        since = binding["last_success_at"] if binding else None
        rows = conflicts.chosen(
            self._connection, self._company_id, step.entity.name, step.entity.kind, step.row["record_id"], since
        )
        return {path: row["resolution"] for path, row in rows.items()}

    def _decide(self, step: Step, binding: RowMapping, ours: Flat, theirs: Flat) -> Decision | None:
        if step.entity.direction is Direction.PUSH:
            return self._resend(step, ours, theirs, Base.read(binding["base"]))
        base, policy = Base.read(binding["base"]), self.settings["conflict_policy"]
        decision = decide(step.entity, base, ours, theirs, policy=policy)
        if decision.clashes and (chosen := self._chosen(step)):
            return decide(step.entity, base, ours, theirs, policy=policy, chosen=chosen)
        return decision


def _referring(fields: Iterable[Any]) -> list[tuple[str, tuple[str, str]]]:
    """Of the fields that refer to other records: the column, and the entity and kind that it leads to."""
    return [(each.column, (each.refers_to, each.kind)) for each in fields if getattr(each, "refers_to", "")]


def _collect(
    references: Sequence[tuple[str, tuple[str, str]]], record: Mapping[str, Any], wanted: dict[tuple[str, str], set[int]]
) -> None:
    for column, target in references:
        value = record.get(column)
        if isinstance(value, int):
            wanted.setdefault(target, set()).add(value)


def _keep_line_ids(ours: Flat, base: Base, theirs: Flat) -> None:
    """Give our lines the Ids that QuickBooks knows them by, so that it updates them instead of making new ones."""
    there = {line.get("Id") for line in theirs.get("Line") or ()}
    known = {line: qbo_id for line, qbo_id in line_ids(base) if qbo_id in there}
    for line in ours.get("Line") or ():
        if line.get("line") in known:
            line["Id"] = known[line["line"]]
