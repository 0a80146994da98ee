"""Plan: what the next cycle will do with each waiting row, in sending order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.engine import drift, scope
from syncengine.engine.gate import Gate, alive, document_days
from syncengine.engine.overrides import Overrides
from syncengine.engine.reconcile import Base, Decision, decide, line_ids
from syncengine.engine.refs import Resolver
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

#: QuickBooks nests names five levels deep; a longer chain of parents can never arrive, and would exhaust the stack.
_DEEPEST = 100


@dataclass
class Step:
    """One row's next step.

    Attributes:
        operation: what is sent; None where there is nothing to send, `note` saying why.
        intended: the flat record that both sides agree on once this is accepted.
        decision: the three-way comparison, for records that are bound.
        error: why the record cannot be sent at all.
        missing: records without a twin that it refers to.
        waits_for: labels of the rows that have to go first: those of missing records, or the record's own earlier write.
        wave: 0 for what can go at once; one more than the highest of what it waits for.
    """

    row: RowMapping
    entity: Entity
    operation: Operation | None = None
    #: Makes the payload, which is asked for of the rows that leave or are looked at only.
    build: Callable[[], Payload] | None = None
    intended: Flat = field(default_factory=dict)
    decision: Decision | None = None
    binding: RowMapping | None = None
    held: Payload = field(default_factory=dict)
    clashes: tuple[Clash, ...] = ()
    error: RecordError | None = None
    missing: frozenset[tuple[str, str, int]] = frozenset()
    waits_for: list[str] = field(default_factory=list)
    held_back: bool = False
    wave: int = 0
    note: str = ""
    #: It stays in the queue as it is, and `note` says why: the company's settings or the record itself hold it back here.
    stays: bool = False
    #: What is wrong with a setting that it reads, in a sentence.
    unfit: str = ""
    together: bool = False  # what drifted in QuickBooks and our own words have come to the same

    @cached_property
    def payload(self) -> Payload:
        """The exact payload, with placeholders for parents that have no Id yet; empty where nothing is sent."""
        return self.build() if self.build is not None else {}

    @property
    def sendable(self) -> bool:
        """Whether it can leave just now."""
        return self.operation is not None and self.error is None and not self.clashes and not self.missing

    @property
    def stands(self) -> bool:
        """Whether others may wait for it: it goes to QuickBooks, now or once it is put right."""
        return self.operation is not None or self.error is not None or bool(self.clashes) or self.stays

    @property
    def generation(self) -> int:
        """Raised when the object was deleted in QuickBooks and is to be created again."""
        return int(self.binding["generation"]) if self.binding else 0


class Planner:
    """Plans rows of one company from one state of the database."""

    def __init__(self, connection: Connection, company_id: int) -> None:
        self._connection = connection
        self._company_id = company_id
        self.settings = settings.all_of(connection, company_id)
        self.refs = Resolver(connection, company_id, self.settings)
        self.overrides = Overrides(connection, company_id)
        self._in_flight = outbox.in_flight(connection, company_id)
        self._open: dict[tuple[str, str, int], str | None] = {}
        self._gate = Gate(connection, company_id, self.settings)

    def plan(self, rows: Sequence[RowMapping]) -> list[Step]:
        """The steps of `rows` in sending order: by wave, then by place in the queue."""
        groups: dict[tuple[str, str], list[RowMapping]] = {}
        for row in rows:
            groups.setdefault((row["entity"], row["kind"]), []).append(row)
        steps: list[Step] = []
        for key, members in groups.items():
            steps += self._plan_entity(POSTINGS[key], members)
        self._order(steps)
        return sorted(steps, key=lambda step: (step.wave, step.row["position"], step.row["id"]))

    def _plan_entity(self, entity: Entity, rows: Sequence[RowMapping]) -> list[Step]:
        ids = [row["record_id"] for row in rows]
        records = reader.load(self._connection, entity.kind, self._company_id, ids)
        bound = bindings.of_records(self._connection, self._company_id, entity.name, entity.kind, ids)
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
        for record in records:
            _collect(entity.fields, record, wanted)
            if isinstance(entity.lines, Entries):
                _collect(entity.lines.fields, record, wanted)  # an entry may name what the whole record names
            for line in record.get("lines") or () if entity.lines else ():
                _collect(entity.lines.fields if entity.lines else (), line, wanted)
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
        if step.row["parked_by"] == outbox.FEATURE:
            return  # it is the row that the others of its kind wait for
        hold = self._gate.hold(step.entity, days, self.refs.used, step.error)
        if hold is not None:
            step.note, step.unfit, step.stays = hold.note, hold.problem, True
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
        if step.entity.differences(theirs, base.theirs):
            if not step.entity.differences(ours, theirs):
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
        changed = step.entity.differences(theirs, Base.read(binding["base"]).theirs)
        if changed and step.entity.direction is Direction.PUSH:
            if self._asks(step):
                return
        elif changed and self._chosen(step).get(WHOLE) != "ours":
            # They edited what we deleted: neither side's word goes over the other's without a person (I9).
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
            mark=marker(self._company_id, entity.key, step.row["record_id"]) if entity.document else "",
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
        step.build = partial(
            entity.create, ours, marker(self._company_id, entity.key, step.row["record_id"]) if entity.document else ""
        )

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

    def _order(self, steps: Sequence[Step]) -> None:
        """Give each step its wave; what refers to a record that is neither in QuickBooks nor on its way is an error."""
        by_record = {
            (step.entity.name, step.entity.kind, step.row["record_id"]): step for step in steps if not step.row["unanswered"]
        }
        waves: dict[int, int] = {}
        for step in steps:
            self._wave(step, by_record, waves, ())

    def _wave(
        self, step: Step, by_record: Mapping[tuple[str, str, int], Step], waves: dict[int, int], path: tuple[int, ...]
    ) -> int:
        row_id = step.row["id"]
        if row_id in waves:
            return waves[row_id]
        if row_id in path or len(path) > _DEEPEST:
            cause = "It stands under itself, directly or through others." if row_id in path else "It stands under too many others."
            step.error = RecordError("parent", step.row["label"], cause, "Choose another parent.")
            return 0
        wave = 0
        for target in sorted(step.missing):
            parent = by_record.get(target)
            if parent is step and target in self._in_flight:
                parent = None  # it waits for its own earlier write
            if parent is not None and parent.stands:
                wave = max(wave, 1 + self._wave(parent, by_record, waves, (*path, row_id)))
                step.waits_for.append(f"{parent.entity.name} {parent.row['label']}")
                stuck = parent.error is not None or bool(parent.clashes) or parent.held_back or parent.stays
                step.held_back = step.held_back or stuck
            elif parent is None and (label := self._waiting(target)) is not None:
                wave, step.held_back = max(wave, 1), True
                step.waits_for.append(f"{target[0]} {label}")
            else:
                step.error = step.error or self._unreachable(target, parent)
        step.wave = waves[row_id] = wave
        return wave

    def _waiting(self, target: tuple[str, str, int]) -> str | None:
        """What a record is called that is in the queue but not planned now: on its way, or parked until a person acts."""
        if target not in self._open:
            row = outbox.open_of_record(self._connection, self._company_id, *target)
            gone = row is None or (row["operation"] == "delete" and target not in self._in_flight)
            self._open[target] = None if row is None or gone else row["label"]
        return self._open[target]

    def _unreachable(self, target: tuple[str, str, int], parent: Step | None) -> RecordError:
        name, kind, record_id = target
        record = reader.load_headers(self._connection, kind, self._company_id, [record_id]).get(record_id)
        word = kind.replace("_", " ")
        if record is None:
            return RecordError(name, str(record_id), f"It refers to a {word} that does not exist here.", "Choose another one.")
        why = f" ({parent.note})" if parent and parent.note else ""
        label = str(reader.label(record, kind))
        return RecordError(
            name,
            label,
            f"It refers to this {word}, which is neither in QuickBooks nor waiting{why}.",
            f"Add {label} to the sync, or choose another {word}.",
        )


def _collect(fields: Iterable[Any], record: Mapping[str, Any], wanted: dict[tuple[str, str], set[int]]) -> None:
    for each in fields:
        value = record.get(each.column) if getattr(each, "refers_to", "") else None
        if isinstance(value, int):
            wanted.setdefault((each.refers_to, each.kind), set()).add(value)


def _keep_line_ids(ours: Flat, base: Base, theirs: Flat) -> None:
    """Give our lines the Ids that QuickBooks knows them by, so that it updates them instead of making new ones."""
    there = {line.get("Id") for line in theirs.get("Line") or ()}
    known = {line: qbo_id for line, qbo_id in line_ids(base) if qbo_id in there}
    for line in ours.get("Line") or ():
        if line.get("line") in known:
            line["Id"] = known[line["line"]]
