"""The order of a queue, read from keys alone, is the order in which the planner would send it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from syncengine.engine import order
from syncengine.engine.capture import capture
from syncengine.engine.plan import Planner
from syncengine.engine.preview import preview
from syncengine.inventory import writer
from syncengine.store import outbox
from syncengine.store.tables import Outbox
from tests.support import large
from tests.support.cost import cost
from tests.support.examples import examples
from tests.support.queues import FAILED, HELD, INVOICES, MOVED, TREES, fill, with_company


@pytest.fixture
def queue(database: Database, clock: ManualClock) -> Database:
    return with_company(database, clock)


@settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
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


@settings(max_examples=examples(5), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tree=TREES, invoices=INVOICES, failed=FAILED, size=st.integers(1, 5))
def test_its_pages_are_the_whole_cut_in_pieces_and_failing_rows_stand_on_top(queue, clock, tree, invoices, failed, size):
    fill(queue, clock, tree, set(), invoices)
    with queue.writing() as connection:
        ids = [row["id"] for row in outbox.rows(connection, 1)]
        bad = list(dict.fromkeys(ids[place % len(ids)] for place in sorted(failed, reverse=True)))
        for place, row_id in enumerate(bad, start=1):
            connection.execute(update(Outbox).where(Outbox.id == row_id).values(state="retryable", failed_seq=place))
    whole = preview(queue, 1, at=clock.now())
    assert [each.outbox_id for each in whole[: len(bad)]] == bad
    pages = [each for start in range(0, len(whole), size) for each in preview(queue, 1, at=clock.now(), offset=start, limit=size)]
    assert pages == whole
    assert preview(queue, 1, at=clock.now(), offset=len(whole), limit=size) == []


def test_an_edit_behind_an_unanswered_write_comes_after_it(queue, clock):
    fill(queue, clock, (None,) * 5, set(), [(0, [])])
    with queue.writing() as connection:
        [row] = [row for row in outbox.rows(connection, 1) if row["kind"] == "invoice"]
        connection.execute(update(Outbox).where(Outbox.id == row["id"]).values(state="retryable", unanswered=True))
        writer.save(connection, "invoice", 1, {"customer_memo": "later"}, record_id=row["record_id"])
    capture(queue, clock)
    with queue.reading() as connection:
        ids = order.of_company(connection, 1, lambda _: True).ids
        later = max(ids)
        steps = {step.row["id"]: step for step in Planner(connection, 1).plan_with_ancestors(outbox.by_ids(connection, [later]))}
        assert row["id"] in steps
        assert steps[later].waits_for == [f"Invoice {row['label']}"]
        assert ids.index(row["id"]) < ids.index(later)


def test_a_page_of_a_long_queue_costs_a_fraction_of_its_plan(sqlite_database):
    """100 of more than 1,000 rows against all of them, with no order kept; what the planner does is the same on each database."""
    at = large.fill(sqlite_database, 1_000, customers=20).clock.now()
    whole, page = (cost(lambda window=window: preview(sqlite_database, 1, at=at, **window), 3) for window in ({}, {"offset": 500, "limit": 100}))
    assert page < whole / 3, (page, whole)
