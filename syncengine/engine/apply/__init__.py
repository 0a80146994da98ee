"""Apply: QuickBooks objects go into the view-only copies and, where they have a place there, into the inventory."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.engine import RowMapping

from syncengine.engine import owners, scope
from syncengine.engine.apply import arriving, copies, deleting, drifting, following, linking, merging, noticing
from syncengine.engine.apply._work import Work, locked, unbound
from syncengine.engine.reconcile import Base, Decision
from syncengine.entities import ENTITIES, Entity, Flat, Payload
from syncengine.ledger import writer as ledger
from syncengine.store import bindings, inbox
from syncengine.terms import Direction

__all__ = ["Applier", "locked", "newer"]


class Applier(Work):
    """Applies objects of one company inside one transaction."""

    def objects(self, name: str, payloads: Sequence[Payload]) -> None:
        """Take live objects of one entity over. Echoes of our own writes are recognised by their SyncToken and dropped."""
        entity = ENTITIES.get(name)
        if not payloads:
            return
        noticing.changed(self, name, payloads)
        if entity is None or entity.direction is Direction.PULL:
            copies.keep(self, name, payloads)
            drifting.seen(self, name, payloads)
            return
        ledger.keep(self.connection, self.company_id, name, payloads, self.at)
        drifting.seen(self, name, payloads)
        for each, mine in owners.parted(self.connection, self.company_id, name, payloads):
            self._receive(each, mine)

    def _receive(self, entity: Entity, payloads: Sequence[Payload]) -> None:
        name = entity.name
        bound = bindings.of_objects(self.connection, self.company_id, name, [str(each["Id"]) for each in payloads])
        off, wanted = scope.off(entity, self.settings), []
        for each in payloads:
            if off or self.too_old(entity, each, bound.get(str(each["Id"]))):
                inbox.drop(self.connection, self.company_id, name, str(each["Id"]))
            else:
                wanted.append(each)
        payloads = wanted
        news = [each for each in payloads if newer(entity, each, bound.get(str(each["Id"])))]
        free = [each for each in news if unbound(bound.get(str(each["Id"]))) and entity.accepts(each)]
        for payload in news:
            row = bound.get(str(payload["Id"]))
            if row is not None and not unbound(row):
                self.guard_one(entity, payload, lambda payload=payload, row=row: merging.merge(self, entity, payload, row))
        arriving.new(self, entity, free)

    def deleted(self, name: str, qbo_ids: Sequence[str]) -> None:
        """Objects that QuickBooks has deleted (verified): their records go too, unless we have edits that wait."""
        deleting.deleted(self, name, qbo_ids)

    def merged(self, name: str, loser: str, survivor: str) -> None:
        """One member of a list was merged into another in QuickBooks: everything here follows. Before anything else is applied."""
        following.merged(self, name, loser, survivor)

    def choice(self, entity: Entity, payload: Payload, row: RowMapping, decision: Decision) -> Flat:
        """Carry out what a person or the policy chose, for the fields that become theirs. Returns our words afterwards.

        Raises RecordError where their value has no place here.
        """
        return merging.choice(self, entity, payload, row, decision)

    def link(self, entity: Entity, record_id: int, payload: Payload, *, why: str, base: Base | None = None) -> None:
        """Bind a record to an object that a correction found to be the same; `why` goes into its history.

        `base` is what both sides are known to have agreed on. Raises RecordError where the two cannot be merged.
        """
        linking.link(self, entity, record_id, payload, why=why, base=base)

    def restore(self, entity: Entity, payload: Payload) -> None:
        """A person chose that a record deleted here comes back as QuickBooks has it."""
        arriving.insert_one(self, entity, payload)

    def drop_record(self, entity: Entity, record_id: int) -> bool:
        """A person chose that a record deleted in QuickBooks goes here too; False where others refer to it."""
        return deleting.delete_record(self, entity, record_id)


def newer(entity: Entity, payload: Payload, row: RowMapping | None) -> bool:
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
