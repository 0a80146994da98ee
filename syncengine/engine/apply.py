"""Apply: QuickBooks objects go into the view-only copies and, where they have a place there, into the inventory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from syncengine.engine import scope
from syncengine.engine.reconcile import Base, Decision, decide, left_there, line_ids
from syncengine.engine.refs import Resolver
from syncengine.entities import ENTITIES, RECEIVERS, Entity, Flat, Payload, marker, total
from syncengine.errors import RecordError
from syncengine.inventory import reader, writer
from syncengine.inventory.changes import guarded
from syncengine.inventory.tables import KINDS
from syncengine.ledger import reader as ledger_reader
from syncengine.ledger import writer as ledger
from syncengine.quickbooks import wire
from syncengine.store import audit, bindings, conflicts, inbox, outbox, settings
from syncengine.store.conflicts import WHOLE, Clash
from syncengine.terms import Direction, OutboxState

#: QuickBooks nests names five levels deep, so a parent that came after its child is found within so many rounds.
_LEVELS = 6
#: Where records name accounts: (kind, column).
_ACCOUNT_COLUMNS = tuple(
    (kind.name, column.name)
    for kind in KINDS.values()
    for column in kind.table.c
    if column.name == "account" or column.name.endswith("_account")
)


@dataclass
class Applier:
    """Applies objects of one company inside one transaction."""

    connection: Connection
    company_id: int
    settings: Mapping[str, Any]
    at: datetime
    cycle_id: int | None = None

    def __post_init__(self) -> None:
        self.refs = Resolver(self.connection, self.company_id, self.settings)
        #: Objects that changed something here; echoes are not among them.
        self.received = 0

    def objects(self, name: str, payloads: Sequence[Payload]) -> None:
        """Take live objects of one entity over. Echoes of our own writes are recognised by their SyncToken and dropped."""
        entity = ENTITIES.get(name)
        if not payloads:
            return
        if entity is None or entity.direction is Direction.PULL:
            self._copies_only(name, payloads)
            return
        ledger.keep(self.connection, self.company_id, name, payloads, self.at)
        left = list(payloads)
        for each in RECEIVERS[name]:
            # An object is the business of the first that accepts it, or that is bound to it from earlier on.
            mine = [payload for payload in left if each.accepts(payload)] if each.second or len(RECEIVERS[name]) > 1 else left
            self._receive(each, mine)
            left = [payload for payload in left if payload not in mine]
        if left:
            self._receive(entity, left)

    def _receive(self, entity: Entity, payloads: Sequence[Payload]) -> None:
        name = entity.name
        bound = bindings.of_objects(self.connection, self.company_id, name, [str(each["Id"]) for each in payloads])
        off, wanted = scope.off(entity, self.settings), []
        for each in payloads:
            if off or self._too_old(entity, each, bound.get(str(each["Id"]))):
                inbox.drop(self.connection, self.company_id, name, str(each["Id"]))
            else:
                wanted.append(each)
        payloads = wanted
        news = [each for each in payloads if _newer(entity, each, bound.get(str(each["Id"])))]
        unbound = [each for each in news if _unbound(bound.get(str(each["Id"]))) and entity.accepts(each)]
        for payload in news:
            row = bound.get(str(payload["Id"]))
            if row is not None and not _unbound(row):
                self._guard_one(entity, payload, lambda payload=payload, row=row: self._merge(entity, payload, row))
        self._new(entity, unbound)

    def _too_old(self, entity: Entity, payload: Payload, row: RowMapping | None) -> bool:
        """Whether a document is dated before the days on which the company's documents sync, on both sides."""
        if not entity.document or self.settings["not_before"] is None:
            return False
        base = [] if row is None or _unbound(row) else [Base.read(row["base"]).ours]
        return bool(scope.left_out(entity, self.settings, scope.days(None, payload, *base), bound=bool(base)))

    def _copies_only(self, name: str, payloads: Sequence[Payload]) -> None:
        held = ledger_reader.load(self.connection, self.company_id, name, [str(each.get("Id", "1")) for each in payloads])
        self.received += sum(
            str(each.get("Id", "1")) not in held or held[str(each.get("Id", "1"))]["payload"] != wire.dumps(each).decode()
            for each in payloads
        )
        if name == "Account":
            # An account made inactive gets another name in QuickBooks, too; here it keeps its own, which names the problem.
            known = [each for each in payloads if str(each["Id"]) in held and each.get("Active") is not False]
            self._follow_renames({held[str(each["Id"])]["name"]: entity_name(each) for each in known})
        ledger.keep(self.connection, self.company_id, name, [{"Id": "1", **each} for each in payloads], self.at)

    def _follow_renames(self, names: Mapping[str, str]) -> None:
        """Accounts are named, not numbered, on the inventory side: a new name in QuickBooks is a new name here."""
        for old, new in names.items():
            if not old or old == new:
                continue
            self._rename_in_settings(old, new)
            with guarded(self.connection):
                for kind, column in _ACCOUNT_COLUMNS:
                    for record_id in reader.find(self.connection, kind, self.company_id, column, [old])[old]:
                        writer.save(self.connection, kind, self.company_id, {column: new}, record_id=record_id)

    def _rename_in_settings(self, old: str, new: str) -> None:
        why = "renamed in QuickBooks"
        lines = []
        for name, value in settings.all_of(self.connection, self.company_id).items():
            if name.endswith("_account") and value == old:
                settings.put(self.connection, self.company_id, name, new)
                detail = {"name": name, "from": old, "to": new, "why": why}
                lines.append(audit.Line("setting changed", cycle_id=self.cycle_id, detail=detail))
        audit.write(self.connection, self.company_id, self.at, lines)

    def _guard_one(self, entity: Entity, payload: Payload, act: Any) -> bool:
        """Run `act`; what it cannot carry goes to the inbox with its reason, and stops nothing else."""
        qbo_id = str(payload["Id"])
        try:
            with self.connection.begin_nested():
                act()
        except RecordError as error:
            inbox.put(
                self.connection,
                self.company_id,
                self.at,
                entity.name,
                qbo_id,
                label=entity.label(payload),
                deleted=False,
                payload=wire.dumps(payload).decode(),
                cause=f"{error.field}: {error.cause}",
                remedy=error.remedy,
            )
            return False
        inbox.drop(self.connection, self.company_id, entity.name, qbo_id)
        return True

    # --- new objects -------------------------------------------------------------------------------------------

    def _new(self, entity: Entity, payloads: Sequence[Payload]) -> None:
        left = self._adopt(entity, payloads)
        if not scope.inward(self.settings):
            return  # what has no record here waits until QuickBooks' changes are wanted again: then everything is read anew
        for _ in range(_LEVELS):
            waiting = [payload for payload in left if self._parent_is_coming(payload, left)]
            ready = [payload for payload in left if payload not in waiting] if waiting else left
            self._insert(entity, ready)
            left = waiting
            if not left:
                return
        for payload in left:
            self._guard_one(entity, payload, lambda payload=payload: self._insert_one(entity, payload))

    def _parent_is_coming(self, payload: Payload, others: Sequence[Payload]) -> bool:
        parent = (payload.get("ParentRef") or {}).get("value")
        return parent is not None and any(str(other["Id"]) == str(parent) for other in others)

    def _insert(self, entity: Entity, payloads: Sequence[Payload]) -> None:
        """Create inventory records in bulk; where one of them cannot be carried, one by one."""
        if not payloads:
            return
        self._prefetch(entity, payloads)
        try:
            with self.connection.begin_nested():
                drafts = [self._draft(entity, payload) for payload in payloads]
                with guarded(self.connection):
                    saved = writer.save_many(self.connection, entity.kind, self.company_id, drafts)
                self._bind(entity, list(zip([each.id for each in saved], payloads, strict=True)))
        except RecordError:
            for payload in payloads:
                self._guard_one(entity, payload, lambda payload=payload: self._insert_one(entity, payload))
            return
        for payload in payloads:
            inbox.drop(self.connection, self.company_id, entity.name, str(payload["Id"]))

    def _insert_one(self, entity: Entity, payload: Payload) -> None:
        with guarded(self.connection):
            draft = self._draft(entity, payload)
            record_id = writer.save(self.connection, entity.kind, self.company_id, draft.values, lines=draft.lines)
        self._bind(entity, [(record_id, payload)])

    def _draft(self, entity: Entity, payload: Payload) -> writer.Draft:
        _check_lines(entity, payload)
        flat = entity.get(payload)
        columns = entity.columns(flat, flat.keys(), self.refs)
        lines = entity.lines.inward(flat["Line"], [], {}, self.refs) if entity.lines else None
        return writer.Draft(columns, None, lines)

    def _prefetch(self, entity: Entity, payloads: Iterable[Payload]) -> None:
        wanted: dict[str, set[str]] = {}
        for payload in payloads:
            flat = entity.get(payload)
            for fields, values in ((entity.fields, [flat]), (entity.lines.fields if entity.lines else (), flat.get("Line") or [])):
                for each in fields:
                    name = getattr(each, "refers_to", "")
                    if name:
                        wanted.setdefault(name, set()).update(str(v[each.path]) for v in values if v.get(each.path) is not None)
        for name, ids in wanted.items():
            self.refs.prefetch_records(name, ids)

    def _bind(self, entity: Entity, pairs: Sequence[tuple[int, Payload]]) -> None:
        """Bind new records to their objects; the base is what each side says at this moment."""
        records = reader.load(self.connection, entity.kind, self.company_id, [record_id for record_id, _ in pairs])
        old = bindings.of_objects(self.connection, self.company_id, entity.name, [str(payload["Id"]) for _, payload in pairs])
        fresh, lines = [], []
        for record_id, payload in pairs:
            self.refs.learn(entity.name, entity.kind, record_id, str(payload["Id"]))
            base = Base(self._ours(entity, records[record_id]), entity.get(payload))
            row = {
                "entity": entity.name,
                "kind": entity.kind,
                "record_id": record_id,
                "qbo_id": str(payload["Id"]),
                "sync_token": str(payload.get("SyncToken", "0")),
                "base": base.stored(),
            }
            if row["qbo_id"] in old:
                self._rebind(old[row["qbo_id"]], row)
            else:
                fresh.append(row)
            lines.append(
                audit.Line(
                    "arrived",
                    kind=entity.kind,
                    record_id=record_id,
                    cycle_id=self.cycle_id,
                    detail={"entity": entity.name, "qbo_id": row["qbo_id"], "sync_token": row["sync_token"]},
                )
            )
        bindings.add(self.connection, self.company_id, self.at, fresh)
        audit.write(self.connection, self.company_id, self.at, lines)
        self.received += len(pairs)

    def _rebind(self, old: RowMapping, row: Mapping[str, Any]) -> None:
        bindings.rebind(self.connection, old["id"], row["record_id"])
        bindings.agree(self.connection, self.at, [{**row, "id": old["id"]}])

    def _ours(self, entity: Entity, record: reader.Record) -> Flat:
        """Our words for a record that was just written from theirs; a value that we would refuse to send counts as theirs."""
        try:
            return entity.put(record, self.refs)
        except RecordError:
            return {}

    # --- linking what both sides have already ------------------------------------------------------------------

    def _adopt(self, entity: Entity, payloads: Sequence[Payload]) -> list[Payload]:
        """Link objects to unbound records of the same kind and name (or number, party, date and total). Returns the rest."""
        payloads = self._ours_already(entity, payloads)
        column = KINDS[entity.kind].label
        names = {entity.label(payload): payload for payload in payloads}
        found = reader.find(self.connection, entity.kind, self.company_id, column, names, fold=not entity.document) if names else {}
        candidates = {name: ids for name, ids in found.items() if ids}
        if not candidates:
            return list(payloads)
        every = [record_id for ids in candidates.values() for record_id in ids]
        bound = bindings.of_records(self.connection, self.company_id, entity.name, entity.kind, every)
        records = reader.load(self.connection, entity.kind, self.company_id, every)
        left = []
        for payload in payloads:
            free = [
                i for i in candidates.get(entity.label(payload), []) if i not in bound and self._same(entity, records[i], payload)
            ]
            if len(free) != 1 or not self._guard_one(entity, payload, lambda p=payload, i=free[0]: self._link(entity, i, p)):
                left.append(payload)
            else:
                bound[free[0]] = bindings.of_records(self.connection, self.company_id, entity.name, entity.kind, free)[free[0]]
        return left

    def _ours_already(self, entity: Entity, payloads: Sequence[Payload]) -> list[Payload]:
        """Without those that carry the marker of a record of ours: their creation succeeded and only its answer was lost.

        While the attempt is open its repetition will bind the two; otherwise they are linked here.
        """
        if not entity.document:
            return list(payloads)
        waiting = {
            marker(self.company_id, entity.key, row["record_id"]): row
            for row in outbox.rows(self.connection, self.company_id)
            if (row["entity"], row["kind"]) == (entity.name, entity.kind)
        }
        left = []
        for payload in payloads:
            row = next((each for mark, each in waiting.items() if mark in str(payload.get("PrivateNote") or "")), None)
            if row is None or (
                not row["unanswered"]
                and not self._guard_one(entity, payload, lambda p=payload, i=row["record_id"]: self._link(entity, i, p))
            ):
                left.append(payload)
        return left

    def _same(self, entity: Entity, record: reader.Record, payload: Payload) -> bool:
        try:
            ours, theirs = entity.put(record, self.refs), entity.get(payload)
        except RecordError:
            return False
        if not entity.document:
            # Names of customers, vendors and items are unique; those of classes and departments only under one parent.
            return entity.natural_key != "Name" or ours.get("ParentRef") == theirs.get("ParentRef")
        same_party = ours.get(entity.party) == theirs.get(entity.party)
        return same_party and ours["TxnDate"] == theirs["TxnDate"] and total(ours) == total(theirs)

    def _link(self, entity: Entity, record_id: int, payload: Payload) -> None:
        defaults = entity.defaults(self.refs)
        bindings.add(
            self.connection,
            self.company_id,
            self.at,
            [
                {
                    "entity": entity.name,
                    "kind": entity.kind,
                    "record_id": record_id,
                    "qbo_id": str(payload["Id"]),
                    "sync_token": "-1",
                    "base": Base(defaults, dict(defaults)).stored(),
                }
            ],
        )
        self.refs.learn(entity.name, entity.kind, record_id, str(payload["Id"]))
        audit.write(
            self.connection,
            self.company_id,
            self.at,
            [
                audit.Line(
                    "linked",
                    kind=entity.kind,
                    record_id=record_id,
                    cycle_id=self.cycle_id,
                    detail={"entity": entity.name, "qbo_id": str(payload["Id"]), "why": "same name, not linked before"},
                )
            ],
        )
        row = bindings.of_records(self.connection, self.company_id, entity.name, entity.kind, [record_id])[record_id]
        self._merge(entity, payload, row)

    # --- objects that are bound --------------------------------------------------------------------------------

    def _merge(self, entity: Entity, payload: Payload, row: RowMapping) -> None:
        """Three-way: their changes come in, ours stay to be sent, fields that both changed become conflicts."""
        record = locked(self.connection, entity, self.company_id, row["record_id"])
        if record is None:
            self._against_our_deletion(payload, row)
            return
        theirs = entity.get(payload)
        base = Base.read(row["base"])
        try:
            ours = entity.put(record, self.refs)
        except RecordError:
            ours = dict(base.ours)  # what cannot be sent is no change of ours; the plan will name it
        _check_lines(entity, payload)
        chosen = conflicts.chosen(
            self.connection, self.company_id, entity.name, entity.kind, row["record_id"], row["last_success_at"]
        )
        choices = {path: each["resolution"] for path, each in chosen.items()}
        decision = decide(entity, base, ours, theirs, policy=self.settings["conflict_policy"], chosen=choices)
        if not scope.inward(self.settings):
            decision = left_there(decision, base)
        self._take(entity, row["record_id"], record, theirs, decision, base)
        self._agree(entity, payload, row, decision)
        conflicts.record(
            self.connection,
            self.company_id,
            self.at,
            entity=entity.name,
            kind=entity.kind,
            record_id=row["record_id"],
            label=entity.label(payload),
            clashes=decision.clashes,
        )

    def _take(self, entity: Entity, record_id: int, record: reader.Record, theirs: Flat, decision: Decision, base: Base) -> None:
        if not decision.take:
            return
        columns = entity.columns(theirs, decision.take, self.refs)
        lines = None
        if entity.lines is not None and "Line" in decision.take:
            ids = {qbo: line for line, qbo in line_ids(base)}
            lines = entity.lines.inward(theirs["Line"], record.get("lines") or [], ids, self.refs)
        with guarded(self.connection):
            writer.save(self.connection, entity.kind, self.company_id, columns, record_id=record_id, lines=lines)
        self.received += 1
        audit.write(
            self.connection,
            self.company_id,
            self.at,
            [
                audit.Line(
                    "received",
                    kind=entity.kind,
                    record_id=record_id,
                    cycle_id=self.cycle_id,
                    detail={
                        "entity": entity.name,
                        "fields": sorted(decision.take),
                        "conflicts": [clash.field for clash in decision.clashes],
                    },
                )
            ],
        )

    def _agree(self, entity: Entity, payload: Payload, row: RowMapping, decision: Decision) -> None:
        base = decision.base
        if decision.take:
            record = reader.load(self.connection, entity.kind, self.company_id, [row["record_id"]])[row["record_id"]]
            now = self._ours(entity, record)
            base = Base({**base.ours, **{path: now[path] for path in decision.take if path in now}}, base.theirs)
        bindings.agree(
            self.connection,
            self.at,
            [{"id": row["id"], "qbo_id": row["qbo_id"], "sync_token": str(payload.get("SyncToken", "0")), "base": base.stored()}],
        )

    def choice(self, entity: Entity, payload: Payload, row: RowMapping, decision: Decision) -> Flat:
        """Carry out what a person or the policy chose, for the fields that become theirs. Returns our words afterwards.

        Raises RecordError where their value has no place here.
        """
        record = locked(self.connection, entity, self.company_id, row["record_id"])
        if record is None:
            raise RecordError(entity.name, "", "The record was deleted here a moment ago.", "Sync once more.")
        if "Line" in decision.take:
            _check_lines(entity, payload)
        self._take(entity, row["record_id"], record, entity.get(payload), decision, Base.read(row["base"]))
        self._agree(entity, payload, row, decision)
        after = reader.load(self.connection, entity.kind, self.company_id, [row["record_id"]])[row["record_id"]]
        return entity.put(after, self.refs)

    def restore(self, entity: Entity, payload: Payload) -> None:
        """A person chose that a record deleted here comes back as QuickBooks has it."""
        self._insert_one(entity, payload)

    def drop_record(self, entity: Entity, record_id: int) -> bool:
        """A person chose that a record deleted in QuickBooks goes here too; False where others refer to it."""
        return self._delete_record(entity, record_id)

    def _against_our_deletion(self, payload: Payload, row: RowMapping) -> None:
        """We deleted what they edited. The base keeps its words, so that the plan sees their edit and asks a person."""
        bindings.agree(
            self.connection,
            self.at,
            [{"id": row["id"], "qbo_id": row["qbo_id"], "sync_token": str(payload.get("SyncToken", "0")), "base": row["base"]}],
        )

    # --- objects that are gone ---------------------------------------------------------------------------------

    def deleted(self, name: str, qbo_ids: Sequence[str]) -> None:
        """Objects that QuickBooks has deleted (verified): their records go too, unless we have edits that wait."""
        entity = ENTITIES.get(name)
        ledger.mark_deleted(self.connection, self.company_id, name, qbo_ids, self.at)
        if entity is None or entity.direction is Direction.PULL:
            return
        bound = bindings.of_objects(self.connection, self.company_id, name, qbo_ids)
        for qbo_id in qbo_ids:
            row = bound.get(qbo_id)
            inbox.drop(self.connection, self.company_id, name, qbo_id)
            if row is not None and row["ended_at"] is None:
                self._delete_one(entity, row)

    def _delete_one(self, entity: Entity, row: RowMapping) -> None:
        record = locked(self.connection, entity, self.company_id, row["record_id"])
        bindings.end(self.connection, self.at, [row["id"]], by="quickbooks")
        self.received += 1
        if record is None:
            self._cancel_rows(entity, row["record_id"], "QuickBooks has deleted it too.")
            return
        base = Base.read(row["base"])
        try:
            edited = bool(entity.differences(entity.put(record, self.refs), base.ours))
        except RecordError:
            edited = True
        if self._too_old(entity, {}, row):
            return  # it stays here
        if edited or not scope.inward(self.settings) or not self._delete_record(entity, row["record_id"]):
            self._deletion_conflict(entity, row, record)
            return
        self._cancel_rows(entity, row["record_id"], "QuickBooks has deleted it.")
        audit.write(
            self.connection,
            self.company_id,
            self.at,
            [
                audit.Line(
                    "deleted",
                    kind=entity.kind,
                    record_id=row["record_id"],
                    cycle_id=self.cycle_id,
                    detail={"entity": entity.name, "qbo_id": row["qbo_id"], "why": "deleted in QuickBooks"},
                )
            ],
        )

    def _delete_record(self, entity: Entity, record_id: int) -> bool:
        try:
            with self.connection.begin_nested(), guarded(self.connection):
                writer.delete(self.connection, entity.kind, self.company_id, record_id)
        except RecordError:
            return False
        return True

    def _deletion_conflict(self, entity: Entity, row: RowMapping, record: reader.Record) -> None:
        label = str(reader.label(record, entity.kind))
        conflicts.record(
            self.connection,
            self.company_id,
            self.at,
            entity=entity.name,
            kind=entity.kind,
            record_id=row["record_id"],
            label=label,
            clashes=[Clash(WHOLE, None, label, None)],
        )

    def _cancel_rows(self, entity: Entity, record_id: int, why: str) -> None:
        rows = [
            row
            for row in outbox.rows(self.connection, self.company_id)
            if (row["entity"], row["kind"], row["record_id"]) == (entity.name, entity.kind, record_id)
            and not row["unanswered"]
            and row["state"] != OutboxState.RUNNING
        ]
        outbox.move(
            self.connection,
            self.at,
            [outbox.Move(row["id"], OutboxState.CANCELLED, why={"why": why}) for row in rows],
            cycle_id=self.cycle_id,
        )


def entity_name(payload: Payload) -> str:
    """The full name of an account."""
    return str(payload.get("FullyQualifiedName") or payload.get("Name") or "")


def locked(connection: Connection, entity: Entity, company_id: int, record_id: int) -> reader.Record | None:
    """One inventory record, held against other writers until the transaction ends, so that none of their edits is lost.

    SQLite has one writer at a time in any case.
    """
    kind = KINDS[entity.kind]
    connection.execute(select(kind.table.c.id).where(kind.table.c.id == record_id).with_for_update())
    if kind.lines is not None:
        connection.execute(select(kind.lines.c.id).where(kind.lines.c[kind.parent] == record_id).with_for_update())
    return reader.load(connection, entity.kind, company_id, [record_id]).get(record_id)


def _unbound(row: RowMapping | None) -> bool:
    return row is None or row["ended_at"] is not None


def _newer(entity: Entity, payload: Payload, row: RowMapping | None) -> bool:
    """Whether the object says more than we know: an equal SyncToken is an echo, a lower one an old page.

    A list entry that was deleted on one side is inactive in QuickBooks for good: it is news only once it is active again.
    """
    if row is None:
        return True
    if row["ended_at"] is not None:
        if payload.get("Active") is False:
            return False
        if row["ended_by"] == "quickbooks":
            return True  # it was called deleted and lives: it comes back
    try:
        ahead = int(payload.get("SyncToken") or 0) - int(row["sync_token"])
    except ValueError:
        return bool(payload.get("SyncToken") != row["sync_token"])
    if ahead == 0 and row["ended_at"] is None:
        # A merge of names in QuickBooks changes references without a new SyncToken.
        return bool(entity.differences(entity.get(payload), Base.read(row["base"]).theirs))
    return ahead > 0


def _check_lines(entity: Entity, payload: Payload) -> None:
    """Lines that have no place here and carry money make the object one that cannot be applied, never a wrong total."""
    foreign = entity.lines.foreign(payload) if entity.lines else []
    money = sorted({str(line.get("DetailType")) for line in foreign if line.get("Amount")})
    if money:
        raise RecordError(
            "Line",
            ", ".join(money),
            "It has lines of a kind that the inventory side has no place for.",
            "Enter them in QuickBooks as ordinary item lines, then sync.",
        )
