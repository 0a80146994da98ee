"""Each listed row says whether its record has a living twin, whoever writes; what PostgreSQL misses is mended with the order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, exists, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from syncengine.clock import ManualClock
from syncengine.db.engine import Database
from syncengine.engine import capture, foresight, twinned
from syncengine.engine.wanted import CREATE, UPDATE, Wanted, numbers
from syncengine.store import bindings, conflicts, outbox
from syncengine.store.conflicts import Clash
from syncengine.store.outbox import Move
from syncengine.store.tables import Binding, Conflict, Outbox, Stir
from syncengine.terms import OutboxState
from tests.support.examples import examples
from tests.support.queues import empty, with_company

#: What of a record is sent as what: the third posts to two targets.
TARGETS = [("Customer", "customer", 1), ("Customer", "customer", 2), ("Bill", "receipt", 1), ("Purchase", "receipt", 1)]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["queue", "bind", "end", "revive", "forget", "rebind", "leave", "fail", "take over", "of another"]),
        st.integers(0, len(TARGETS) - 1),
    ),
    max_size=14,
)


@pytest.fixture
def queue(database: Database, clock: ManualClock) -> Database:
    return with_company(database, clock)


def said(connection: Connection) -> dict[int, bool]:
    """What the listed rows say, by row."""
    return {row.id: row.bound for row in connection.execute(select(Outbox.id, Outbox.bound).where(outbox.LISTED))}


def so(connection: Connection) -> dict[int, bool]:
    """What is so: asked of the twins themselves."""
    same = (getattr(Binding, name) == getattr(Outbox, name) for name in ("company_id", "entity", "kind", "record_id"))
    living = exists().where(*same, Binding.ended_at.is_(None)).label("lives")
    return {row.id: row.lives for row in connection.execute(select(Outbox.id, living).where(outbox.LISTED))}


def queued(connection: Connection, clock: ManualClock, target: tuple[str, str, int] = TARGETS[0]) -> None:
    entity, kind, record_id = target
    row = {"entity": entity, "kind": kind, "record_id": record_id, "label": "A", "operation": "save"}
    outbox.add(connection, 1, clock.now(), [row], actor="Ada")


def bound(connection: Connection, clock: ManualClock, target: tuple[str, str, int] = TARGETS[0]) -> None:
    entity, kind, record_id = target
    twin = {"entity": entity, "kind": kind, "record_id": record_id, "qbo_id": f"{kind}{record_id}", "sync_token": "0", "base": {}}
    bindings.add(connection, 1, clock.now(), [twin])


def act(connection: Connection, clock: ManualClock, what: str, target: tuple[str, str, int]) -> None:
    """One thing that the program may do to a row or a twin, through the store or past it."""
    entity, kind, record_id = target
    twin = connection.scalar(select(Binding.id).where(Binding.entity == entity, Binding.kind == kind, Binding.record_id == record_id))
    ours = (Outbox.entity == entity, Outbox.kind == kind, Outbox.record_id == record_id, outbox.LISTED)
    if what == "queue":
        queued(connection, clock, target)
    elif what == "bind":
        bound(connection, clock, target)
    elif what == "leave":
        outbox.move(connection, clock.now(), [Move(row, OutboxState.CANCELLED) for row in connection.scalars(select(Outbox.id).where(*ours))])
    elif what == "fail":
        connection.execute(update(Outbox).where(*ours).values(state="parked"))
    elif what == "of another":
        connection.execute(update(Outbox).where(*ours).values(record_id=record_id + 1))
    elif twin is not None:
        on_a_twin(connection, clock, what, twin, record_id)


def on_a_twin(connection: Connection, clock: ManualClock, what: str, twin: int, record_id: int) -> None:
    if what == "end":
        bindings.end(connection, clock.now(), [twin], by="quickbooks")
    elif what == "revive":
        bindings.revive(connection, twin)
    elif what == "forget":
        bindings.forget(connection, twin)
    elif what == "rebind":
        bindings.rebind(connection, twin, record_id + 1)
    else:
        row = connection.execute(delete(Binding).where(Binding.id == twin).returning(Binding.__table__)).mappings().one()
        connection.execute(insert(Binding).values({**row, "record_id": record_id % 2 + 1}))


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(acts=ACTS)
def test_whatever_comes_goes_or_moves_each_listed_row_says_what_is_so(queue, clock, acts):
    with queue.writing() as connection:
        empty(connection)
    for what, number in acts:
        with suppress(IntegrityError), queue.writing() as connection:  # what the tables refuse was not done
            act(connection, clock, what, TARGETS[number])
        with queue.reading() as connection:
            assert said(connection) == so(connection), (what, TARGETS[number])
            news, changes = (sum(numbers(connection, 1, Wanted(operation=each))) for each in (CREATE, UPDATE))
            assert (news, changes) == tuple(list(so(connection).values()).count(each) for each in (False, True))


def moments(database: Database, first: Any, second: Any) -> None:
    """Two transactions at one moment, of which the first ends first: neither sees what the other does."""
    with database.writing() as early, database.writing() as late:
        first(late)
        second(early)


def test_two_that_do_not_see_each_other_leave_a_sign_by_which_it_is_mended(postgres_database, clock):
    queue = with_company(postgres_database, clock)
    moments(queue, lambda c: bound(c, clock), lambda c: queued(c, clock))
    with queue.reading() as connection:
        [row_id] = said(connection)
        assert twinned.wrong(connection, 1) == {True: [row_id]}
    foresight.Keeper(queue, clock).renew()
    with queue.reading() as connection:
        assert said(connection) == so(connection) == {row_id: True}
        assert twinned.wrong(connection, 1) == {}
        assert connection.scalar(select(Stir.id)) is None


def test_a_row_that_somebody_holds_is_not_waited_for_and_mended_later(postgres_database, clock):
    queue = with_company(postgres_database, clock)
    with queue.writing() as connection:
        queued(connection, clock)
        [row_id] = said(connection)
    with queue.writing() as busy:
        outbox.load(busy, [row_id])
        with queue.writing() as connection:
            bound(connection, clock)
        foresight.renew(queue, 1, clock.now())
        with queue.reading() as connection:
            assert (said(connection), so(connection)) == ({row_id: False}, {row_id: True})
            assert connection.scalar(select(Stir.id)) is not None, "nobody would look again"
    assert foresight.Keeper(queue, clock).renew() == 1
    with queue.reading() as connection:
        assert said(connection) == {row_id: True}


def test_what_another_only_refers_to_is_told_at_once(postgres_database, clock):
    """A request that is written down refers to the row that it sends, and holds it so far."""
    queue = with_company(postgres_database, clock)
    with queue.writing() as connection:
        queued(connection, clock)
    with queue.writing() as busy:
        busy.execute(select(Outbox.id).with_for_update(read=True, key_share=True))
        with queue.writing() as connection:
            bound(connection, clock)
    with queue.reading() as connection:
        assert list(said(connection).values()) == list(so(connection).values()) == [True]


def test_who_ends_a_twin_and_who_decides_about_its_record_do_not_wait_for_each_other_forever(postgres_database, clock):
    """What comes in ends the pair, and then tells of it; a person holds the queue and what is to be decided, and then queues."""
    queue = with_company(postgres_database, clock)
    clash = {"entity": "Customer", "kind": "customer", "record_id": 1, "label": "A"}
    with queue.writing() as connection:
        queued(connection, clock)
        bound(connection, clock)
        conflicts.record(connection, 1, clock.now(), **clash, clashes=[Clash("Name", 1, 2, 3)])
        twin, conflict = connection.scalar(select(Binding.id)), connection.scalar(select(Conflict.id))
    ended, held = threading.Event(), threading.Event()

    def comes_in() -> None:
        with queue.writing() as connection:
            bindings.end(connection, clock.now(), [twin], by="quickbooks")
            ended.set()
            assert held.wait(30)
            conflicts.record(connection, 1, clock.now(), **clash, clashes=[Clash(conflicts.WHOLE, None, "A", None)])

    def decides() -> None:
        assert ended.wait(30)
        with queue.writing() as connection:
            outbox.lock(connection, 1)
            conflicts.open_by_ids(connection, 1, [conflict])
            held.set()
            capture.enqueue(connection, 1, "customer", [1], clock.now(), by="Ada")

    with ThreadPoolExecutor(2) as both:
        for each in [both.submit(comes_in), both.submit(decides)]:
            each.result(timeout=60)
    with queue.reading() as connection:
        assert list(said(connection).values()) == list(so(connection).values()) == [False]


def test_a_twin_that_is_agreed_on_anew_writes_no_row(sqlite_database, clock):
    queue = with_company(sqlite_database, clock)
    with queue.writing() as connection:
        queued(connection, clock)
        bound(connection, clock)
        twin = connection.execute(select(Binding.__table__)).mappings().one()
        before = connection.scalar(text("SELECT total_changes()"))
        bindings.agree(connection, clock.now(), [twin])
        assert connection.scalar(text("SELECT total_changes()")) == before + 1


def test_what_has_left_the_queue_is_left_alone(queue, clock):
    with queue.writing() as connection:
        queued(connection, clock)
        outbox.move(connection, clock.now(), [Move(row, OutboxState.CANCELLED) for row in said(connection)])
        bound(connection, clock)
        assert connection.scalars(select(Outbox.bound)).all() == [False]
        assert twinned.wrong(connection, 1) == {}
