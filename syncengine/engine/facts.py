"""Facts: everything that is known here of a record that failed, for the corrections to decide on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from syncengine.corrections import Facts, Ref, Trouble, Words
from syncengine.engine.overrides import Overrides, ours_of
from syncengine.engine.refs import Resolver
from syncengine.entities import ENTITIES, Entity, Flat, Record, marker
from syncengine.entities._fields import Text
from syncengine.errors import RecordError
from syncengine.inventory import reader
from syncengine.ledger import reader as ledger
from syncengine.quickbooks import Fault, FaultDetail, Payload, wire
from syncengine.store import bindings

#: What a reference leads to, by the property's name; every `...AccountRef` leads to an account.
_LEADS_TO = {
    "CustomerRef": "Customer",
    "VendorRef": "Vendor",
    "EmployeeRef": "Employee",
    "ItemRef": "Item",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
    "SalesTermRef": "Term",
    "TermRef": "Term",
    "PaymentMethodRef": "PaymentMethod",
}


def stored(fault: Fault | None) -> Any:
    """A fault as it stands in an attempt."""
    if fault is None:
        return None
    rows = [{"code": each.code, "message": each.message, "detail": each.detail, "element": each.element} for each in fault.errors]
    return {"http_status": fault.http_status, "type": fault.type, "errors": rows, "tid": fault.tid, "raw": fault.raw}


def fault_of(kept: Mapping[str, Any]) -> Fault:
    """The fault that stands in an attempt."""
    return Fault(
        kept["http_status"], kept["type"], tuple(FaultDetail(**row) for row in kept["errors"]), kept["tid"], kept.get("raw", "")
    )


def trouble_of(item: RowMapping, fault: Fault) -> Trouble:
    """Why an attempt's item was refused."""
    entity = ENTITIES.get(item["entity"])
    return Trouble.of(fault, entity=item["entity"], operation=item["operation"], document=bool(entity and entity.document))


def local_trouble(row: RowMapping, error: RecordError) -> Trouble:
    """Why a record could not even be built."""
    entity = ENTITIES.get(row["entity"])
    words = f"{error.field}: {error.cause}"
    return Trouble("local", words, error.field, entity=row["entity"], document=bool(entity and entity.document))


class Gatherer:
    """Gathers facts inside one transaction."""

    def __init__(self, connection: Connection, company_id: int, settings: Mapping[str, Any]) -> None:
        self._connection = connection
        self._company_id = company_id
        self._settings = settings
        self._refs = Resolver(connection, company_id, settings)
        self._overrides = Overrides(connection, company_id)
        self._own: tuple[dict[str, Any], dict[str, tuple[str, str]]] | None = None

    def gather(self, entity: Entity, row: RowMapping, item: RowMapping | None) -> Facts:
        """All that is known of an outbox row's record; `item` is what was last sent of it, None where nothing was."""
        record = reader.load(self._connection, entity.kind, self._company_id, [row["record_id"]]).get(row["record_id"])
        payload = wire.loads(item["payload"]) if item else {}
        preferences, accounts = self._company()
        return Facts(
            entity=entity.name,
            kind=entity.kind,
            label=row["label"],
            document=entity.document,
            natural_key=entity.natural_key,
            operation=item["operation"] if item else ("delete" if row["operation"] == "delete" else "create"),
            payload=payload,
            ours=self._ours(entity, record) if record else {},
            mark=marker(self._company_id, entity.key, row["record_id"]) if entity.document else "",
            refs=tuple(self.refs(entity, payload)),
            texts=tuple(_texts(entity, record)) if record else (),
            settings=self._settings,
            preferences=preferences,
            accounts=accounts,
        )

    def refs(self, entity: Entity, payload: Mapping[str, Any]) -> Iterator[Ref]:
        """What a payload refers to, as the copies here have it."""
        found: dict[str, dict[str, str]] = {}
        for path, name, qbo_id in references(entity.name, payload):
            found.setdefault(name, {}).setdefault(qbo_id, path)
        for name, ids in found.items():
            held = ledger.load(self._connection, self._company_id, name, ids)
            bound = bindings.of_objects(self._connection, self._company_id, name, ids)
            for qbo_id, path in ids.items():
                copy, binding = held.get(qbo_id), bound.get(qbo_id)
                yield Ref(
                    path,
                    name,
                    qbo_id,
                    copy["name"] if copy else "",
                    active=copy["active"] if copy else True,
                    there=not copy["deleted"] if copy else True,
                    kind=binding["kind"] if binding else "",
                    record_id=binding["record_id"] if binding else None,
                )

    def values(self, entity: Entity, record_id: int, paths: Iterable[str]) -> dict[str, Any]:
        """Our own canonical values at these paths, whatever stands in for them."""
        record = reader.load(self._connection, entity.kind, self._company_id, [record_id]).get(record_id)
        return {path: ours_of(entity, record, self._refs, path) for path in paths} if record else {}

    def linked(self, entity: Entity, objects: Iterable[Payload]) -> dict[str, tuple[str, bool]]:
        """Which of the objects are bound here: Id -> (the record's label, whether that record is active)."""
        ids = [str(each["Id"]) for each in objects if "Id" in each]
        bound = bindings.of_objects(self._connection, self._company_id, entity.name, ids)
        live = {qbo_id: binding for qbo_id, binding in bound.items() if binding["ended_at"] is None}
        records = reader.load(self._connection, entity.kind, self._company_id, [binding["record_id"] for binding in live.values()])
        return {
            qbo_id: (str(reader.label(record, entity.kind)), record.get("active") is not False)
            for qbo_id, binding in live.items()
            if (record := records.get(binding["record_id"])) is not None
        }

    def _company(self) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
        if self._own is None:
            held = ledger.load(self._connection, self._company_id, "Preferences", ["1"]).get("1")
            named = {name: str(value) for name, value in self._settings.items() if name.endswith("_account") and value}
            found = ledger.by_name(self._connection, self._company_id, "Account", named.values())
            accounts = {
                name: (full, found[key]["qbo_id"]) for name, full in named.items() if (key := ledger.name_key(full)) in found
            }
            self._own = (wire.loads(held["payload"]) if held else {}, accounts)
        return self._own

    def _ours(self, entity: Entity, record: Record) -> Flat:
        """Our canonical values, as far as they can be built."""
        try:
            return self._overrides.put(entity, record, self._refs)
        except RecordError:
            flat: Flat = {}
            for field in entity.travelling(self._refs):
                try:
                    flat[field.path] = field.put(record, self._refs)
                except RecordError:
                    continue
            return flat


def references(entity: str, value: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Every reference in a payload: (path, the entity it leads to, Id)."""
    if isinstance(value, list):
        for each in value:
            yield from references(entity, each, path)
        return
    if not isinstance(value, Mapping):
        return
    for name, inner in value.items():
        at = f"{path}.{name}" if path else name
        target = _target(entity, name, value)
        if target and isinstance(inner, Mapping) and inner.get("value") is not None:
            yield at, target, str(inner["value"])
        elif name != "MetaData":
            yield from references(entity, inner, at)


def _target(entity: str, name: str, around: Mapping[str, Any]) -> str:
    if name == "ParentRef":
        return entity
    if name == "EntityRef":
        kind = around.get("Type") or (around.get("EntityRef") or {}).get("type")
        return str(kind or "")
    return "Account" if name.endswith("AccountRef") else _LEADS_TO.get(name, "")


def _texts(entity: Entity, record: Record) -> Iterator[Words]:
    for field in entity.fields:
        if isinstance(field, Text) and (value := str(record.get(field.column) or "").strip()):
            yield Words(field.path, field.column, field.longest, value)
    for line in record.get("lines") or () if entity.lines else ():
        for field in entity.lines.fields if entity.lines else ():
            if isinstance(field, Text) and (value := str(line.get(field.column) or "").strip()):
                yield Words(field.path, field.column, field.longest, value, line.get("id"))
