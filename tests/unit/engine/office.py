"""An office whose queue is planned: one company (of two), its first records as SQL, and what happens to them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, text, update

from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine.capture import capture
from syncengine.engine.preview import Planned, preview
from syncengine.engine.reconcile import Base
from syncengine.engine.refs import Resolver
from syncengine.entities import ENTITIES
from syncengine.inventory import reader
from syncengine.ledger import writer as ledger
from syncengine.quickbooks import wire
from syncengine.store import bindings, settings
from syncengine.store.tables import Outbox

CUSTOMER = "INSERT INTO customer (id, code, name, email) VALUES (5, 'C-5', 'Globex', 'a@b.example')"
VENDOR = "INSERT INTO vendor (id, name) VALUES (3, 'Initech')"
ITEM = "INSERT INTO item (id, code, name, unit_price) VALUES (2, 'I-2', 'Anchor', 9.8)"
INVOICE = "INSERT INTO invoice (id, number, customer_id) VALUES (7, '1007', 5)"
LINE = "INSERT INTO invoice_line (id, invoice_id, line_no, item_id, quantity, unit_price) VALUES (1, 7, 1, 2, 3, 9.8)"
TRADE = (CUSTOMER, ITEM, INVOICE, LINE)


class Office:
    """One company (of two) whose chart of accounts has arrived, and what a person or a cycle does in it."""

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database, self.clock = database, clock
        with database.writing() as connection:
            for name in ("Harbour", "Globex"):
                connection.execute(insert(Company).values(name=name, timezone="UTC", created_at=clock.now()))
            names = ("Sales of Product Income", "Cost of Goods Sold", "Accounts Payable (A/P)")
            accounts = [{"Id": str(80 + number), "FullyQualifiedName": name} for number, name in enumerate(names)]
            ledger.keep(connection, 1, "Account", accounts, clock.now())

    def write(self, *statements: str) -> None:
        with self.database.writing() as connection:
            for statement in statements:
                connection.execute(text(statement))
        capture(self.database, self.clock)

    def preview(self, **window: int) -> list[Planned]:
        return preview(self.database, 1, at=self.clock.now(), **window)

    def one(self, entity: str) -> Planned:
        [found] = [planned for planned in self.preview() if planned.entity == entity]
        return found

    def set(self, entity: str, **columns: Any) -> None:
        with self.database.writing() as connection:
            connection.execute(update(Outbox).where(Outbox.entity == entity).values(**columns))

    def arrive(self, name: str, record_id: int, qbo_id: str, **more: Any) -> dict[str, Any]:
        """QuickBooks has accepted a record as it is now: bound, copied, its row completed."""
        entity = ENTITIES[name]
        with self.database.writing() as connection:
            record = reader.load(connection, entity.kind, 1, [record_id])[record_id]
            flat = entity.put(record, Resolver(connection, 1, settings.all_of(connection, 1)))
            payload = wire.loads(wire.dumps({**entity.create(flat, ""), "Id": qbo_id, "SyncToken": "0", **more}))
            for number, line in enumerate(payload.get("Line", []), 1):
                line["Id"] = str(number)
            base = Base(flat, entity.get(payload)).stored()
            pair = {"entity": name, "kind": entity.kind, "record_id": record_id, "qbo_id": qbo_id, "sync_token": "0", "base": base}
            bindings.add(connection, 1, self.clock.now(), [pair])
            ledger.keep(connection, 1, name, [payload], self.clock.now())
            connection.execute(update(Outbox).where(Outbox.entity == name, Outbox.record_id == record_id).values(state="completed", unanswered=False))
        return payload

    def changed_there(self, name: str, payload: dict[str, Any], **changes: Any) -> None:
        """The copy of an object as QuickBooks changed it."""
        with self.database.writing() as connection:
            ledger.keep(connection, 1, name, [{**payload, "SyncToken": "9", **changes}], self.clock.now())
