"""Rows move as the table of legal moves says and leave an audit line each time; one row of a record waits."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from syncengine.db.base import Company
from syncengine.errors import IllegalMove, Refused
from syncengine.store import outbox
from syncengine.store.outbox import MOVES, OPEN, Move
from syncengine.store.tables import Audit
from syncengine.terms import WAITING, OutboxState

EVERY_MOVE = list(itertools.product(OutboxState, OutboxState))
LEGAL = [(one, other) for one, other in EVERY_MOVE if other in MOVES[one]]
ILLEGAL = [pair for pair in EVERY_MOVE if pair not in LEGAL]


def test_the_table_knows_every_state_and_both_ends_have_no_way_out():
    assert set(MOVES) == set(OutboxState)
    assert {state for state in OutboxState if not MOVES[state]} == {OutboxState.COMPLETED, OutboxState.CANCELLED}
    assert set(OPEN) == set(OutboxState) - {OutboxState.COMPLETED, OutboxState.CANCELLED}


def test_an_end_can_be_reached_from_every_open_state():
    for state in OPEN:
        assert OutboxState.COMPLETED in MOVES[state]
        assert OutboxState.CANCELLED in MOVES[state]


def test_every_legal_move_is_made_versioned_and_audited_and_every_other_raises(database, company, now, queue, row_now, audit_of):
    numbers = itertools.count(1)
    for before, after in LEGAL:
        row = queue(next(numbers), state=before.value)
        with database.writing() as connection:
            outbox.move(connection, now, [Move(row["id"], after, row["version"], why={"because": "test"})], actor="Ada", cycle_id=7)
        moved, lines = row_now(row["id"]), audit_of(row["id"])
        assert (moved["state"], moved["version"]) == (after.value, row["version"] + 1)
        assert [(line["event"], line["actor"], line["cycle_id"], line["detail"]) for line in lines] == [
            (f"{before.value} -> {after.value}", "Ada", 7, {"because": "test"})
        ]
        assert (lines[0]["kind"], lines[0]["record_id"]) == ("customer", row["record_id"])
    for before, after in ILLEGAL:
        row = queue(next(numbers), state=before.value)
        with pytest.raises(IllegalMove, match=f"{before.value} -> {after.value}"), database.writing() as connection:
            outbox.move(connection, now, [Move(row["id"], after)])
        assert row_now(row["id"]) == row
        assert audit_of(row["id"]) == []


def test_of_several_moves_all_are_made_or_none(database, now, queue, row_now):
    good, bad = queue(1), queue(2, state="completed")
    with pytest.raises(IllegalMove), database.writing() as connection:
        outbox.move(connection, now, [Move(good["id"], OutboxState.RUNNING), Move(bad["id"], OutboxState.RUNNING)])
    assert row_now(good["id"])["state"] == "available"


@pytest.mark.parametrize("version", [0, 2, 99])
def test_a_mover_that_saw_another_version_is_refused(database, now, queue, row_now, version):
    row = queue()
    with pytest.raises(Refused, match="moved on"), database.writing() as connection:
        outbox.move(connection, now, [Move(row["id"], OutboxState.CANCELLED, version)])
    assert row_now(row["id"])["state"] == "available"


def test_of_two_movers_that_saw_the_same_version_one_wins(database, now, queue):
    row = queue()
    with database.writing() as connection:
        outbox.move(connection, now, [Move(row["id"], OutboxState.PARKED, row["version"])])
    with pytest.raises(Refused), database.writing() as connection:
        outbox.move(connection, now, [Move(row["id"], OutboxState.CANCELLED, row["version"])])


def test_a_row_that_is_gone_refuses_its_move(database, company, now):
    with pytest.raises(Refused), database.writing() as connection:
        outbox.move(connection, now, [Move(4711, OutboxState.RUNNING)])


def test_a_move_sets_other_columns_and_moves_with_different_columns_go_together(database, now, queue, row_now):
    one, other = queue(1), queue(2)
    with database.writing() as connection:
        moves = [Move(one["id"], OutboxState.PARKED, changes={"reason": "why", "parked_by": "local"}), Move(other["id"], OutboxState.RUNNING)]
        outbox.move(connection, now, moves)
    assert (row_now(one["id"])["reason"], row_now(one["id"])["parked_by"]) == ("why", "local")
    assert (row_now(other["id"])["state"], row_now(other["id"])["reason"]) == ("running", None)


def test_nothing_to_move_is_no_error(database, company, now):
    with database.writing() as connection:
        outbox.move(connection, now, [])


@pytest.mark.parametrize("state", WAITING)
def test_a_second_waiting_row_of_a_record_is_refused_by_the_database(queue, state):
    queue(5, state=state.value)
    with pytest.raises(IntegrityError):
        queue(5)


def test_a_row_may_wait_behind_an_unanswered_one_but_no_second_may_be_in_flight(queue):
    queue(5, state="retryable", unanswered=True)
    second = queue(5)
    assert second["state"] == "available"
    with pytest.raises(IntegrityError):
        queue(5, state="running")


def test_a_row_may_wait_behind_a_running_one(queue):
    queue(5, state="running")
    assert queue(5)["state"] == "available"


def test_ended_rows_never_stand_in_the_way(queue):
    for state in ("completed", "cancelled", "completed"):
        queue(5, state=state)
    assert queue(5)["state"] == "available"


def test_another_target_kind_record_or_company_is_another_row(database, company, now, queue):
    queue(5)
    base = {"entity": "Customer", "kind": "customer", "record_id": 5, "label": "", "operation": "save"}
    with database.writing() as connection:
        for other in ({"entity": "Vendor"}, {"kind": "vendor"}, {"record_id": 6}):
            outbox.add(connection, company, now, [{**base, **other}], actor="Ada")
        outbox.add(connection, 2, now, [base], actor="Ada")
        assert len(outbox.rows(connection, company)) == 4
        assert len(outbox.rows(connection, 2)) == 1


def test_rows_come_in_the_order_of_their_places_and_each_company_counts_for_itself(database, company, now, queue):
    first, second, third = queue(1), queue(2), queue(3)
    assert [row["position"] for row in (first, second, third)] == [1, 2, 3]
    with database.writing() as connection:
        outbox.note(connection, first["id"], position=outbox.next_position(connection, company))
        assert [row["record_id"] for row in outbox.rows(connection, company)] == [2, 3, 1]
        assert outbox.next_position(connection, 2) == 1


def test_only_open_rows_are_listed_unless_others_are_asked_for(database, company, queue):
    for number, state in enumerate(OutboxState):
        queue(number, state=state.value)
    with database.reading() as connection:
        assert {row["state"] for row in outbox.rows(connection, company)} == {state.value for state in OPEN}
        assert [row["state"] for row in outbox.rows(connection, company, states=[OutboxState.CANCELLED])] == ["cancelled"]


def test_queueing_leaves_an_audit_line(database, queue):
    queue(5)
    with database.reading() as connection:
        line = connection.execute(select(Audit.__table__)).mappings().one()
    assert (line["event"], line["actor"], line["detail"]) == ("queued", "Ada", {"entity": "Customer", "operation": "save"})


@pytest.mark.parametrize("state", WAITING)
def test_an_edit_joins_the_waiting_row_keeps_its_place_and_starts_its_count_anew(database, company, now, queue, row_now, audit_of, state):
    queue(1)
    row = queue(5, state=state.value, reason="old", message="6240 taken", parked_by="refused", failed_seq=3, refusals=2, attempts=4)
    queue(9)
    with database.writing() as connection:
        outbox.refresh(connection, company, now, [(row, {"label": "New name", "operation": "delete"})], actor="inventory")
    edited = row_now(row["id"])
    assert edited["position"] == row["position"]
    assert (edited["revision"], edited["version"], edited["state"]) == (2, row["version"] + 1, "available")
    assert (edited["label"], edited["operation"]) == ("New name", "delete")
    assert [edited[name] for name in ("reason", "message", "parked_by", "failed_seq")] == [None] * 4
    # Refusals are part of the requestid, and attempts are history: neither is forgotten.
    assert (edited["refusals"], edited["attempts"]) == (2, 4)
    assert [line["event"] for line in audit_of(row["id"])] == [f"{state.value} -> available"]


def test_nothing_edited_and_nothing_added_is_no_error(database, company, now):
    with database.writing() as connection:
        outbox.refresh(connection, company, now, [], actor="Ada")
        outbox.add(connection, company, now, [], actor="Ada")


def test_a_row_is_overtaken_only_by_a_waiting_row_of_the_same_record(database, company, queue):
    lonely, busy, other = queue(1, state="running"), queue(2, state="running"), queue(3, state="running")
    queue(2)
    queue(3, state="completed")
    with database.writing() as connection:
        assert outbox.overtaken(connection, [lonely, busy, other]) == {busy["id"]}
        assert outbox.overtaken(connection, []) == set()


def test_rows_in_flight_are_found_by_record(database, company, queue):
    running, unanswered, _ = queue(1, state="running"), queue(2, state="retryable", unanswered=True), queue(3)
    with database.reading() as connection:
        found = outbox.in_flight(connection, company)
        assert {key: row["id"] for key, row in found.items()} == {("Customer", "customer", 1): running["id"], ("Customer", "customer", 2): unanswered["id"]}
        assert outbox.in_flight(connection, 2) == {}


@pytest.mark.parametrize("state", OutboxState)
def test_the_open_row_of_a_record_is_the_one_still_to_be_dealt_with(database, company, queue, state):
    row = queue(5, state=state.value)
    with database.reading() as connection:
        found = outbox.open_of_record(connection, company, "Customer", "customer", 5)
        assert (found and found["id"]) == (row["id"] if state in OPEN else None)
        assert outbox.open_of_record(connection, company, "Customer", "customer", 6) is None


def test_more_rows_than_one_statement_takes_are_loaded_and_moved(database, company, now):
    every = [{"entity": "Customer", "kind": "customer", "record_id": n, "label": "", "operation": "save"} for n in range(outbox.CHUNK + 50)]
    with database.writing() as connection:
        outbox.add(connection, company, now, every, actor="Ada")
        rows = outbox.rows(connection, company)
        outbox.move(connection, now, [Move(row["id"], OutboxState.RUNNING) for row in rows])
        assert {row["state"] for row in outbox.load(connection, [row["id"] for row in rows]).values()} == {"running"}


def test_failures_are_numbered_for_each_company(database, company, queue):
    queue(1, failed_seq=4)
    with database.reading() as connection:
        assert outbox.next_failure(connection, company) == 5
        assert outbox.next_failure(connection, 2) == 1


def test_an_edit_that_is_captured_at_this_moment_counts_as_overtaking(postgres_database, clock):
    """On PostgreSQL the one who asks waits for the one who captures: without that, both would see no other row."""
    new = {"entity": "Customer", "kind": "customer", "record_id": 5, "label": "", "operation": "save"}
    with postgres_database.writing() as connection:
        connection.execute(insert(Company).values(id=1, name="A", timezone="UTC"))
        outbox.add(connection, 1, clock.now(), [new], actor="Ada")
        [row] = outbox.rows(connection, 1)
        outbox.move(connection, clock.now(), [Move(row["id"], OutboxState.RUNNING)])
    asked = Event()

    def ask() -> set[int]:
        with postgres_database.writing() as connection:
            asked.set()
            return outbox.overtaken(connection, [row])

    with ThreadPoolExecutor(1) as pool:
        with postgres_database.writing() as connection:
            outbox.lock(connection, 1)
            answer = pool.submit(ask)
            assert asked.wait(10)
            outbox.add(connection, 1, clock.now(), [new], actor="Ada")
        assert answer.result(10) == {row["id"]}
