"""The order of a queue, read from keys alone, is the order in which the planner would send it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from syncengine.clock import ManualClock
from syncengine.db.base import Company
from syncengine.db.engine import Database
from syncengine.engine import order
from syncengine.engine.capture import capture
from syncengine.engine.plan import Planner
from syncengine.engine.preview import preview
from syncengine.inventory import writer
from syncengine.inventory.tables import KINDS
from syncengine.inventory.tables.marks import SyncMark
from syncengine.ledger import writer as ledger
from syncengine.store import bindings, outbox
from syncengine.store.tables import Audit, Binding, Outbox

#: Who stands under whom among five customers (an earlier one, or nobody), and which of them QuickBooks has already.
TREES = st.tuples(*(st.none() | st.integers(0, max(0, n - 1)) for n in range(5)))
HELD = st.sets(st.integers(0, 4))
INVOICES = st.lists(st.tuples(st.integers(0, 4), st.lists(st.integers(0, 2), max_size=3)), max_size=6)
FAILED = st.sets(st.integers(0, 13), max_size=4)
MOVED = st.lists(st.integers(0, 13), max_size=3)


@pytest.fixture
def queue(database: Database, clock: ManualClock) -> Database:
    with database.writing() as connection:
        connection.execute(insert(Company).values(name="Harbour", timezone="UTC", created_at=clock.now()))
        names = ("Sales of Product Income", "Cost of Goods Sold", "Accounts Payable (A/P)")
        ledger.keep(connection, 1, "Account", [{"Id": str(80 + n), "FullyQualifiedName": name} for n, name in enumerate(names)], clock.now())
    return database


def empty(connection: Any) -> None:
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
        connection.execute(update(Outbox).where(Outbox.kind == "customer", Outbox.record_id.in_(held_rows)).values(state="completed"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tree=TREES, held=HELD, invoices=INVOICES, moved=MOVED)
def test_the_order_of_keys_is_the_order_of_the_plan(queue, clock, tree, held, invoices, moved):
    fill(queue, clock, tree, held, invoices)
    with queue.writing() as connection:
        ids = [row["id"] for row in outbox.rows(connection, 1)]
        for place in moved:
            outbox.note(connection, ids[place % len(ids)], position=outbox.next_position(connection, 1))
    with queue.reading() as connection:
        planner = Planner(connection, 1)
        steps = planner.plan(outbox.rows(connection, 1))
        found = order.of_company(connection, 1, planner.refs.feature)
        assert found.ids == [step.row["id"] for step in steps]
        assert all({*step.waits_for} <= {f"{p.entity.name} {p.row['label']}" for p in steps} for step in steps)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tree=TREES, invoices=INVOICES, failed=FAILED, size=st.integers(1, 5))
def test_its_pages_are_the_whole_cut_in_pieces_and_failing_rows_stand_on_top(queue, clock, tree, invoices, failed, size):
    fill(queue, clock, tree, set(), invoices)
    with queue.writing() as connection:
        ids = [row["id"] for row in outbox.rows(connection, 1)]
        bad = list(dict.fromkeys(ids[place % len(ids)] for place in sorted(failed, reverse=True)))
        for place, row_id in enumerate(bad, start=1):
            connection.execute(update(Outbox).where(Outbox.id == row_id).values(state="retryable", failed_seq=place))
    whole = preview(queue, 1)
    assert [each.outbox_id for each in whole[: len(bad)]] == bad
    pages = [each for start in range(0, len(whole), size) for each in preview(queue, 1, offset=start, limit=size)]
    assert pages == whole
    assert preview(queue, 1, offset=len(whole), limit=size) == []


def test_an_edit_behind_an_unanswered_write_comes_after_it(queue, clock):
    fill(queue, clock, (None,) * 5, set(), [(0, [])])
    with queue.writing() as connection:
        [row] = [row for row in outbox.rows(connection, 1) if row["kind"] == "invoice"]
        connection.execute(update(Outbox).where(Outbox.id == row["id"]).values(state="retryable", unanswered=True))
        writer.save(connection, "invoice", 1, {"customer_memo": "later"}, record_id=row["record_id"])
    capture(queue, clock)
    with queue.reading() as connection:
        found = order.of_company(connection, 1, lambda _: True)
        later = max(found.ids)
        assert found.with_ancestors([later]) >= {later, row["id"]}
        assert found.ids.index(row["id"]) < found.ids.index(later)


def test_a_page_of_a_long_queue_costs_a_fraction_of_its_plan(queue, clock):
    """Processor time within one run: 100 of 2,000 rows against all of them."""
    fill(queue, clock, (None,) * 5, set(), [(n % 5, [n % 3, (n + 1) % 3]) for n in range(2_000)])
    took: list[float] = []
    for act in (lambda: preview(queue, 1), lambda: preview(queue, 1, offset=1_000, limit=100)):
        begun = time.process_time()
        act()
        took.append(time.process_time() - begun)
    assert took[1] < took[0] / 3, took
