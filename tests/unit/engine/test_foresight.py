"""The order that is kept is the order, whatever changes the queue; where it may not be, it is not used, or says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, delete, select, update

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from syncengine.engine import foresight, order, stirs
from syncengine.engine.capture import add_to_sync, capture
from syncengine.engine.plan import Planner
from syncengine.inventory import writer
from syncengine.store import bindings, cycles, outbox
from syncengine.store import settings as company_settings
from syncengine.store.outbox import Move
from syncengine.store.tables import Binding, Outbox, Stir
from syncengine.terms import OutboxState, Trigger
from tests.support.examples import examples
from tests.support.queues import FAILED, HELD, INVOICES, MOVED, TREES, fill, with_company


@pytest.fixture
def queue(database: Database, clock: ManualClock) -> Database:
    return with_company(database, clock)


def shown(database: Database, offset: int = 0, limit: int | None = None) -> foresight.Page:
    with database.reading() as connection:
        return foresight.page(connection, 1, Planner(connection, 1).refs.feature, offset, limit)


def reckoned(database: Database) -> list[int]:
    with database.reading() as connection:
        return order.of_company(connection, 1, Planner(connection, 1).refs.feature).ids


def is_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a page is read from what is kept."""
    asked: list[bool] = []
    real = order.of_company
    with monkeypatch.context() as patch:
        patch.setattr(order, "of_company", lambda *given: (asked.append(True), real(*given))[1])
        shown(database)
    return not asked


@settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(tree=TREES, held=HELD, invoices=INVOICES, moved=MOVED, failed=FAILED)
def test_what_is_kept_is_the_order_and_stays_it_when_rows_move_or_fail(queue, clock, tree, held, invoices, moved, failed):
    fill(queue, clock, tree, held, invoices)
    foresight.renew(queue, 1, clock.now())
    with queue.writing() as connection:
        ids = [row["id"] for row in outbox.rows(connection, 1)]
        for place in moved:
            outbox.note(connection, ids[place % len(ids)], position=outbox.next_position(connection, 1))
        for number, place in enumerate(sorted(failed)):
            state, seq = ("retryable", number) if number % 2 else ("parked", None)
            connection.execute(update(Outbox).where(Outbox.id == ids[place % len(ids)]).values(state=state, failed_seq=seq))
        assert connection.scalar(select(Stir.id).limit(1)) is None, "neither place nor failing is a reason to reckon anew"
    expected = reckoned(queue)
    assert shown(queue) == foresight.Page(expected)
    pages = [each for start in range(0, len(expected) + 2, 2) for each in shown(queue, start, 2).ids]
    assert pages == expected


def customer(connection: Connection, place: int = 0) -> Any:
    return [row for row in outbox.rows(connection, 1) if row["kind"] == "customer"][place]


def bind(connection: Connection, clock: ManualClock) -> None:
    twin = {"entity": "Customer", "kind": "customer", "record_id": customer(connection)["record_id"]}
    bindings.add(connection, 1, clock.now(), [{**twin, "qbo_id": "900", "sync_token": "0", "base": {}}])


def end_it(connection: Connection, clock: ManualClock) -> None:
    bindings.end(connection, clock.now(), connection.scalars(select(Binding.id)).all(), by="quickbooks")


def end_it_for_another_reason(connection: Connection, clock: ManualClock) -> None:
    bindings.end_again(connection, connection.scalars(select(Binding.id)).first(), by="merged")


def settle(connection: Connection, clock: ManualClock, to: OutboxState) -> None:
    row = customer(connection)
    connection.execute(update(Outbox).where(Outbox.id == row["id"]).values(state="running"))
    outbox.move(connection, clock.now(), [Move(row["id"], to)])


def guarded_edit(connection: Connection, clock: ManualClock) -> None:
    first, second = customer(connection)["record_id"], customer(connection, 1)["record_id"]
    with stirs.guarded(connection, 1):
        writer.save(connection, "customer", 1, {"parent_id": second}, record_id=first)


WAYS: dict[str, Callable[[Connection, ManualClock], object]] = {
    "an import": lambda c, _: writer.save_many(
        c, "invoice", 1, [writer.Draft({"number": "N", "customer_id": customer(c)["record_id"]}, None, [])]
    ),
    "an edit": lambda c, _: writer.save(
        c, "customer", 1, {"parent_id": customer(c, 1)["record_id"]}, record_id=customer(c)["record_id"]
    ),
    "an edit in plain SQL": lambda c, _: c.exec_driver_sql(
        f"UPDATE customer SET parent_id = {customer(c, 2)['record_id']} WHERE id = {customer(c)['record_id']}"
    ),
    "a deletion": lambda c, _: c.exec_driver_sql(f"DELETE FROM customer WHERE id = {customer(c, 3)['record_id']}"),
    "a new customer": lambda c, _: writer.save(c, "customer", 1, {"name": "new"}),
    "Add to sync": lambda c, k: add_to_sync(c, 1, "term", 1, k.now(), "Ada"),
    "a twin": bind,
    "the end of a twin": end_it,
    "another end of a twin": end_it_for_another_reason,
    "a row that leaves": lambda c, k: settle(c, k, OutboxState.COMPLETED),
    "a row that comes back": lambda c, k: settle(c, k, OutboxState.AVAILABLE),
    "a removed row": lambda c, k: outbox.move(c, k.now(), [Move(customer(c)["id"], OutboxState.CANCELLED)]),
    "a row that is deleted": lambda c, _: c.execute(delete(Outbox).where(Outbox.id == customer(c)["id"])),
    "an answer that is missing": lambda c, _: outbox.note(c, customer(c)["id"], state="retryable", unanswered=True),
    "a change from QuickBooks": guarded_edit,
    "a setting": lambda c, _: company_settings.put(c, 1, "class_tracking", "off"),
    "a cycle": lambda c, k: cycles.finish(
        c, cycles.start(c, 1, k.now(), trigger=Trigger.MANUAL, by="Ada", fence=1), k.now(), result="ok", message="", seconds=1
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_changing_a_queue_leaves_an_old_order_standing(queue, clock, monkeypatch, way):
    fill(queue, clock, (None, 0, 1, None, None), {3}, [(1, [0]), (2, [1, 2])])
    keeper = foresight.Keeper(queue, clock)
    keeper.renew()
    assert is_kept(queue, monkeypatch)
    with queue.writing() as connection:
        WAYS[way](connection, clock)
    assert not is_kept(queue, monkeypatch), "seen before it is captured"
    assert shown(queue) == foresight.Page(reckoned(queue))
    capture(queue, clock)
    assert shown(queue) == foresight.Page(reckoned(queue))
    keeper.renew()
    assert is_kept(queue, monkeypatch)
    assert shown(queue) == foresight.Page(reckoned(queue))


def test_what_is_committed_while_an_order_is_reckoned_stirs_anew(queue, clock, monkeypatch):
    fill(queue, clock, (None, 0, None, None, None), set(), [(1, [0])])
    real = order.of_company

    def slowly(*given: Any) -> order.Order:
        found = real(*given)
        with queue.writing() as connection:
            settle(connection, clock, OutboxState.COMPLETED)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(order, "of_company", slowly)
        foresight.renew(queue, 1, clock.now())
    assert not is_kept(queue, monkeypatch)
    assert shown(queue) == foresight.Page(reckoned(queue))


def test_a_change_that_is_numbered_before_and_committed_after_is_not_overlooked(postgres_database, clock):
    fill(with_company(postgres_database, clock), clock, (None,) * 5, set(), [(1, [0])])
    with postgres_database.writing() as late:
        settle(late, clock, OutboxState.COMPLETED)
        with postgres_database.writing() as early:
            end_it(early, clock)
            early.execute(update(Outbox).where(Outbox.kind == "invoice").values(revision=5))
        foresight.renew(postgres_database, 1, clock.now())
    assert shown(postgres_database) == foresight.Page(reckoned(postgres_database))
    with postgres_database.reading() as connection:
        assert connection.scalar(select(Stir.company_id)) == 1


def test_rows_that_somebody_holds_are_left_and_the_order_is_kept_later(postgres_database, clock, monkeypatch):
    queue = with_company(postgres_database, clock)
    fill(queue, clock, (None,) * 5, set(), [(1, [0])])
    with queue.writing() as busy:
        outbox.load(busy, [row["id"] for row in outbox.rows(busy, 1) if row["kind"] == "invoice"])
        foresight.renew(queue, 1, clock.now())
    assert not is_kept(queue, monkeypatch)
    assert foresight.Keeper(queue, clock).renew() == 1
    assert is_kept(queue, monkeypatch)


def test_during_a_sync_a_page_shows_the_order_that_was_and_says_so(queue, clock, monkeypatch):
    fill(queue, clock, (None, 0, None, None, None), set(), [(1, [0]), (2, [1])])
    with queue.writing() as connection:
        cycles.start(connection, 1, clock.now(), trigger=Trigger.MANUAL, by="Ada", fence=1)
    assert shown(queue) == foresight.Page(reckoned(queue)), "nothing was kept yet"
    foresight.renew(queue, 1, clock.now())
    assert shown(queue).as_of is None
    kept_at, before = clock.now(), shown(queue).ids
    clock.advance(5)
    with queue.writing() as connection:
        gone = customer(connection)["id"]
        settle(connection, clock, OutboxState.COMPLETED)
    assert is_kept(queue, monkeypatch)
    assert shown(queue) == foresight.Page([each for each in before if each != gone], kept_at)
    assert foresight.Keeper(queue, clock).renew() == 0, "while rows leave each second there is no use in it"
    with queue.reading() as connection:
        assert foresight.as_of(connection, 1) == kept_at
    with queue.writing() as connection:
        cycles.finish(connection, cycles.running(connection, 1), clock.now(), result="ok", message=None, seconds=5)
    assert shown(queue) == foresight.Page(reckoned(queue))
    with queue.reading() as connection:
        assert foresight.as_of(connection, 1) is None


def test_an_order_of_another_feature_or_program_is_not_used(queue, clock, monkeypatch):
    fill(queue, clock, (None, 0, None, None, None), set(), [(1, [0])])
    foresight.renew(queue, 1, clock.now())
    assert is_kept(queue, monkeypatch)
    monkeypatch.setattr(order, "signature", lambda _: "another")
    assert not is_kept(queue, monkeypatch)


def test_orders_take_no_more_than_their_share_of_the_time(queue, clock, monkeypatch):
    fill(queue, clock, (None,) * 5, set(), [(1, [0])])
    real = order.of_company
    monkeypatch.setattr(order, "of_company", lambda *given: (clock.advance(3), real(*given))[1])
    keeper = foresight.Keeper(queue, clock)
    assert keeper.renew() == 1
    with queue.writing() as connection:
        settle(connection, clock, OutboxState.COMPLETED)
    assert keeper.renew() == 0
    clock.advance(12)
    assert keeper.renew(busy={1}) == 0
    assert keeper.renew() == 1
