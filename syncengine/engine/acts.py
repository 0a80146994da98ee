"""Acts: the few things that corrections have done, each in one place; those in QuickBooks may be repeated and act once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.corrections import Act
from syncengine.engine import capture
from syncengine.engine.apply import Applier
from syncengine.engine.overrides import ours_of
from syncengine.engine.reconcile import Base
from syncengine.engine.run import Run
from syncengine.entities import POSTINGS, Entity
from syncengine.entities._fields import Name
from syncengine.errors import RecordError
from syncengine.inventory import reader
from syncengine.ledger import writer as ledger
from syncengine.quickbooks import FaultError, Payload, wire
from syncengine.store import attempts, audit, bindings, overrides

#: Who made what a correction made by itself.
ENGINE = audit.ENGINE
#: Acts that happen in QuickBooks; all others are ours alone.
REMOTE = frozenset({"activate", "deactivate"})
#: What QuickBooks wants repeated in an update of a list entry.
_REPEATED = (
    "DisplayName",
    "Name",
    "AccountType",
    "AccountSubType",
    "Type",
    "IncomeAccountRef",
    "ExpenseAccountRef",
    "AssetAccountRef",
)


def remote(run: Run, key: str, acts: Sequence[Act]) -> list[tuple[str, Payload]]:
    """Do what is to be done in QuickBooks. Returns the objects as they are now.

    What is so already is left alone, and each write has a name of its own, made of `key`: after a crash the same acts are
    done again and have acted once. Raises FaultError where QuickBooks refuses.
    """
    changed = []
    for number, act in enumerate(acts):
        if act.do not in REMOTE:
            continue
        entity, active = act.args["entity"], act.do == "activate"
        held = run.client.read(entity, act.args["qbo_id"]).payload
        if (held.get("Active") is not False) is active:
            changed.append((entity, held))
            continue
        payload = {"Id": held["Id"], "SyncToken": held["SyncToken"], **{name: held[name] for name in _REPEATED if name in held}}
        if active:
            payload |= _own_name(held)
        words = f"{run.company_id}/{key}/{number}/{act.do}/{held['SyncToken']}"
        name = hashlib.sha256(words.encode()).hexdigest()[:32]
        change = run.client.reactivate if active else run.client.deactivate
        changed.append((entity, change(entity, payload, requestid=name).payload))
    return changed


def _own_name(held: Mapping[str, Any]) -> dict[str, str]:
    """The name without the mark that QuickBooks puts on an inactive one."""
    key = "DisplayName" if "DisplayName" in held else "Name"
    name = Name(key, "").get(held)
    return {key: str(name)} if name else {}


@dataclass
class Here:
    """The acts on our own side, inside one transaction."""

    run: Run
    connection: Connection
    correction: RowMapping
    #: What QuickBooks told: objects that a look-up found, or that were just changed there.
    told: Sequence[tuple[str, Payload]] = ()

    def __post_init__(self) -> None:
        self.at = self.run.site.clock.now()
        self.entity = POSTINGS[self.correction["entity"], self.correction["kind"]]
        self.applier = Applier(self.connection, self.run.company_id, self.run.settings, self.at, self.run.cycle_id)

    def do(self, acts: Sequence[Act]) -> None:
        """Carry the acts out. Raises RecordError where one does not apply any more."""
        for act in acts:
            if act.do not in REMOTE:
                getattr(self, f"_{act.do}")(**act.args)

    def _override(self, path: str, value: Any) -> None:
        record_id = self.correction["record_id"]
        record = reader.load(self.connection, self.entity.kind, self.run.company_id, [record_id]).get(record_id)
        if record is None:
            raise RecordError(self.entity.name, self.correction["label"], "The record was deleted here.", "Sync once more.")
        ours = ours_of(self.entity, record, self.run.resolver(self.connection), path)
        if ours != self.correction["verdict"]["ours"].get(path):
            raise RecordError(path, str(ours), "The record has been edited meanwhile.", "Sync once more.")
        row = {"entity": self.entity.name, "kind": self.entity.kind, "record_id": record_id, "path": path}
        by = self.correction["wanted_by"] or ENGINE
        made = {"ours": ours, "value": value, "correction": self.correction["name"], "made_by": by}
        overrides.add(self.connection, self.run.company_id, self.at, {**row, **made})

    def _adopt(self, qbo_id: str) -> None:
        payload = next((each for name, each in self.told if name == self.entity.name and str(each.get("Id")) == qbo_id), None)
        if payload is None:
            raise RecordError(
                self.entity.name, self.correction["label"], "QuickBooks no longer has the one to link.", "Sync once more."
            )
        ledger.keep(self.connection, self.run.company_id, self.entity.name, [payload], self.at)
        self._let_go(self.entity, qbo_id)
        self.applier.link(
            self.entity, self.correction["record_id"], payload, why=self.correction["name"], base=self._as_sent()
        )

    def _as_sent(self) -> Base | None:
        """Of a document that is our own and was sent before: what was sent of it is what both sides agreed on."""
        item = attempts.last_of(self.connection, self.correction["outbox_id"]) if self.entity.document else None
        return Base(dict(item["intended"]), self.entity.get(wire.loads(item["payload"]))) if item is not None else None

    def _let_go(self, entity: Entity, qbo_id: str) -> None:
        """An inactive record here that was linked with the object gives it up to the one that is used."""
        bound = bindings.of_objects(self.connection, self.run.company_id, entity.name, [qbo_id]).get(qbo_id)
        if bound is not None:
            bindings.forget(self.connection, bound["id"])

    def _relink(self, entity: str, kind: str, record_id: int, old: str, qbo_id: str) -> None:
        target = POSTINGS[entity, kind]
        payload = next((each for name, each in self.told if name == entity and str(each.get("Id")) == qbo_id), None)
        if payload is None or target.kind != kind:
            raise RecordError(entity, old, "QuickBooks no longer has the one to link.", "Sync once more.")
        if not target.accepts(payload):
            cause = f"The one of that name in QuickBooks is no {kind.replace('_', ' ')}."
            raise RecordError(entity, old, cause, "Choose another one on the record.")
        ledger.keep(self.connection, self.run.company_id, entity, [payload], self.at)
        ledger.mark_deleted(self.connection, self.run.company_id, entity, [old], self.at)
        self._let_go(target, old)
        taken = bindings.of_objects(self.connection, self.run.company_id, entity, [qbo_id]).get(qbo_id)
        if taken is not None:
            # The object has a record of its own here already, which is the one that stays linked.
            cause = "Another record here is linked with the one of that name."
            raise RecordError(entity, old, cause, "Choose that record instead.")
        self.applier.link(target, record_id, payload, why=self.correction["name"])

    def _send_first(self, entity: str, kind: str, record_id: int, qbo_id: str) -> None:
        bound = bindings.of_records(self.connection, self.run.company_id, entity, kind, [record_id]).get(record_id)
        if bound is not None:
            bindings.end(self.connection, self.at, [bound["id"]], by="correction")
        ledger.mark_deleted(self.connection, self.run.company_id, entity, [qbo_id], self.at)
        capture.enqueue(self.connection, self.run.company_id, kind, [record_id], self.at, by=ENGINE)

    def _recreate(self) -> None:
        entity, record_id = self.entity, self.correction["record_id"]
        found = bindings.of_records(self.connection, self.run.company_id, entity.name, entity.kind, [record_id])
        bindings.end(self.connection, self.at, [each["id"] for each in found.values()], by="correction")


def refused(error: FaultError) -> str:
    """Why QuickBooks did not let an act happen, for a person."""
    return f"QuickBooks refused it: {error.fault}"
