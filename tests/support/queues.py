"""Queues as tests draw them: a tree of customers, invoices on them, and what QuickBooks has already."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine.capture import capture
from syncengine.inventory import writer
from syncengine.inventory.tables import KINDS
from syncengine.inventory.tables.marks import SyncMark
from syncengine.ledger import writer as ledger
from syncengine.store import bindings
from syncengine.store.tables import Audit, Binding, Outbox

#: Who stands under whom among five customers (an earlier one, or nobody), and which of them QuickBooks has already.
TREES = st.tuples(*(st.none() | st.integers(0, max(0, n - 1)) for n in range(5)))
HELD = st.sets(st.integers(0, 4))
INVOICES = st.lists(st.tuples(st.integers(0, 4), st.lists(st.integers(0, 2), max_size=3)), max_size=6)
FAILED = st.sets(st.integers(0, 13), max_size=4)
MOVED = st.lists(st.integers(0, 13), max_size=3)


def with_company(database: Database, clock: ManualClock) -> Database:
    """The database with one company that knows the accounts of its documents."""
    with database.writing() as connection:
        connection.execute(insert(Company).values(name="Harbour", timezone="UTC", created_at=clock.now()))
        names = ("Sales of Product Income", "Cost of Goods Sold", "Accounts Payable (A/P)")
        ledger.keep(
            connection, 1, "Account", [{"Id": str(80 + n), "FullyQualifiedName": name} for n, name in enumerate(names)], clock.now()
        )
    return database


def empty(connection: Any) -> None:
    """Take the queue and its records away."""
    for table in (Audit, Outbox, Binding, SyncMark):
        connection.execute(delete(table))
    for name in ("invoice", "item", "customer", "term"):
        kind = KINDS[name]
        if kind.lines is not None:
            connection.execute(delete(kind.lines))
        if "parent_id" in kind.table.c:
            connection.execute(update(kind.table).values(parent_id=None))
        connection.execute(delete(kind.table))


def fill(database: Database, clock: ManualClock, tree: Any, held: set[int], invoices: Any) -> None:
    """Five customers in `tree`, `held` of them in QuickBooks, and `invoices` as pairs of a customer and items; captured."""
    with database.writing() as connection:
        empty(connection)
        # Invoices first, so that what they refer to stands behind them in the queue.
        term = writer.save(connection, "term", 1, {"name": "Net 30", "due_days": 30})
        customers = [writer.save(connection, "customer", 1, {"name": f"C{n}", "term_id": term}) for n in range(5)]
        items = [writer.save(connection, "item", 1, {"name": f"I{n}", "unit_price": 3}) for n in range(3)]
        for place, (customer, lines) in enumerate(invoices):
            rows = [{"line_no": n, "item_id": items[item], "quantity": 1, "unit_price": 3} for n, item in enumerate(lines, 1)]
            writer.save(connection, "invoice", 1, {"number": str(place), "customer_id": customers[customer]}, lines=rows)
        for n, parent in enumerate(tree):
            if parent is not None and parent != n:
                writer.save(connection, "customer", 1, {"parent_id": customers[parent]}, record_id=customers[n])
    capture(database, clock)
    with database.writing() as connection:
        bound = [
            {"entity": "Customer", "kind": "customer", "record_id": customers[n], "qbo_id": str(n), "sync_token": "0", "base": {}}
            for n in held
        ]
        bindings.add(connection, 1, clock.now(), bound)
        held_rows = [customers[n] for n in held]
        connection.execute(
            update(Outbox).where(Outbox.kind == "customer", Outbox.record_id.in_(held_rows)).values(state="completed")
        )
