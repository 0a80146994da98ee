"""Arrivals: what a new invoice or sales receipt from QuickBooks makes here, where the company wants it (A19).

A shipment of what it sells, at the items' standard costs, or a sales order. It is made in the transaction in which the
document itself becomes a record, so that it is made once, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from syncengine.engine.refs import Resolver
from syncengine.engine.stirs import guarded
from syncengine.entities import Entity, Payload
from syncengine.inventory import reader, writer
from syncengine.quickbooks import wire
from syncengine.store import audit, cursors
from syncengine.store.tables import Audit

#: Kind of document -> the setting by which its shipments are made.
_SHIPS = {"invoice": "ship_invoices", "sales_receipt": "ship_sales_receipts"}
#: Kind of document -> the setting by which its sales orders are made.
_ORDERS = {"invoice": "order_invoices"}
#: The settings that only look forward: a document from before they were switched on makes nothing.
SWITCHES = frozenset({*_SHIPS.values(), *_ORDERS.values()})
#: What is not shipped.
_SERVICE = "Service"
_OF_SHIPMENT = (
    "customer_id", "txn_date", "department_id", "sales_order_id", "tracking_number",
    *(f"ship_{part}" for part in ("line1", "line2", "city", "region", "postal_code", "country")),
)  # fmt: skip
_OF_ORDER = (
    "customer_id", "txn_date", "department_id", "customer_memo", "email", "currency", "exchange_rate",
    *(f"{which}_{part}" for which in ("bill", "ship") for part in ("line1", "line2", "city", "region", "postal_code", "country")),
)  # fmt: skip
_OF_ORDER_LINE = ("line_no", "item_id", "description", "quantity", "unit_price", "discount", "amount", "taxable", "class_id")


def stale(connection: Connection, company_id: int, settings: Mapping[str, Any]) -> bool:
    """Whether `note` has anything to write down."""
    return any(_news(connection, company_id, name, on=settings[name]) for name in SWITCHES)


def note(connection: Connection, company_id: int, settings: Mapping[str, Any], at: datetime) -> None:
    """Note since when each switch is on: as the audit trail says, or from the moment at which it is first seen to be."""
    for name in sorted(SWITCHES):
        if not _news(connection, company_id, name, on=settings[name]):
            continue
        if settings[name]:
            cursors.advance(connection, company_id, _feed(name), _switched_on(connection, company_id, name) or at)
        else:
            cursors.forget(connection, company_id, _feed(name))


def _news(connection: Connection, company_id: int, name: str, *, on: bool) -> bool:
    known = cursors.get(connection, company_id, _feed(name))
    if not on or known is None:
        return on != (known is not None)
    switched = _switched_on(connection, company_id, name)
    return switched is not None and switched > known[0]


def follow(
    connection: Connection,
    company_id: int,
    settings: Mapping[str, Any],
    at: datetime,
    entity: Entity,
    pairs: Sequence[tuple[int, Payload]],
    cycle_id: int | None = None,
) -> None:
    """Make what the new records of `pairs` call for: (record id, the object that it came from).

    The records that it makes leave marks, as a person's do, so that they are captured and posted like those.
    """
    if not any(settings[names[entity.kind]] for names in (_SHIPS, _ORDERS) if entity.kind in names):
        return
    records = reader.load(connection, entity.kind, company_id, [record_id for record_id, _ in pairs])
    maker = _Maker(connection, company_id, settings, at, cycle_id)
    for record_id, payload in pairs:
        maker.follow(entity.kind, records[record_id], payload)


def _feed(name: str) -> str:
    return f"on:{name}"


def _switched_on(connection: Connection, company_id: int, name: str) -> datetime | None:
    """When a person last switched a setting on, newest first."""
    lines = select(Audit.at, Audit.detail).where(Audit.company_id == company_id, Audit.event == "setting changed")
    for line in connection.execute(lines.order_by(Audit.id.desc())):
        if line.detail.get("name") == name:
            return line.at if line.detail.get("to") is True else None
    return None


class _Maker:
    def __init__(
        self, connection: Connection, company_id: int, settings: Mapping[str, Any], at: datetime, cycle_id: int | None
    ) -> None:
        self._connection = connection
        self._company_id = company_id
        self._settings = settings
        self._at = at
        self._cycle_id = cycle_id
        self._refs = Resolver(connection, company_id, settings)

    def follow(self, kind: str, record: reader.Record, payload: Payload) -> None:
        """A shipment, or where none is made an order."""
        if self._calls_for(_SHIPS.get(kind), payload) and self._ship(kind, record):
            return
        if self._calls_for(_ORDERS.get(kind), payload):
            self._order(kind, record)

    def _calls_for(self, setting: str | None, payload: Payload) -> bool:
        """Whether a switch is on, and was when the document was made in QuickBooks."""
        if setting is None or not self._settings[setting]:
            return False
        since = cursors.get(self._connection, self._company_id, _feed(setting))
        made = wire.moment((payload.get("MetaData") or {}).get("CreateTime"))
        # QuickBooks' times have whole seconds.
        return since is not None and made is not None and made >= since[0].replace(microsecond=0)

    def _ship(self, kind: str, record: reader.Record) -> bool:
        lines = [self._shipped(line) for line in record["lines"] if self._on_a_shelf(line)]
        if not lines:
            return False
        values = {name: record.get(name) for name in _OF_SHIPMENT}
        self._make("shipment", kind, record, {**values, f"{kind}_id": record["id"]}, lines)
        return True

    def _on_a_shelf(self, line: reader.Record) -> bool:
        item = self._refs.look("item", line["item_id"]) if isinstance(line["item_id"], int) else None
        return item is not None and item["type"] != _SERVICE and (line["quantity"] is None or line["quantity"] > 0)

    def _shipped(self, line: reader.Record) -> dict[str, Any]:
        """At the item's standard cost; without one the shipment's entry waits for a person, and says so."""
        item = self._refs.look("item", line["item_id"]) or {}
        quantity = 1 if line["quantity"] is None else line["quantity"]
        kept = {name: line[name] for name in ("line_no", "item_id", "description", "class_id")}
        return {**kept, "quantity": quantity, "unit_cost": item.get("standard_cost")}

    def _order(self, kind: str, record: reader.Record) -> None:
        lines = [{name: line[name] for name in _OF_ORDER_LINE} for line in record["lines"]]
        order = self._make("sales_order", kind, record, {name: record.get(name) for name in _OF_ORDER}, lines)
        with guarded(self._connection, self._company_id):
            writer.save(self._connection, kind, self._company_id, {"sales_order_id": order}, record_id=record["id"])

    def _make(self, made: str, kind: str, record: reader.Record, values: dict[str, Any], lines: list[dict[str, Any]]) -> int:
        source = f"Made of {kind.replace('_', ' ')} {reader.label(record, kind)}, which came from QuickBooks."
        record_id = writer.save(self._connection, made, self._company_id, {**values, "private_note": source}, lines=lines)
        why = {"made of": kind, "record": record["id"]}
        line = audit.Line("made", kind=made, record_id=record_id, cycle_id=self._cycle_id, detail=why)
        audit.write(self._connection, self._company_id, self._at, [line])
        return record_id
