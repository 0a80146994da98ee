"""Which records stand how with QuickBooks: the database's conditions against asking each record, for any queue and any twins."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text, update

from syncengine import inventory, queries
from syncengine.engine import capture, standing
from syncengine.engine.wanted import CREATE, UPDATE, Wanted, numbers
from syncengine.inventory.tables import KINDS, SyncMark
from syncengine.store.outbox import OPEN, WAITS, tally
from syncengine.store.outbox.tallying import FAILING, SENDING
from syncengine.store.tables import Binding, Outbox
from tests.support.plans import plans
from tests.unit.queries import seed

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
#: A payment goes to QuickBooks as one of two.
TARGETS, RECORDS = ("JournalEntry", "Payment"), (1, 2, 3)
#: Record, target, state, and whether the answer to its write never came.
ROWS = st.lists(
    st.tuples(st.sampled_from(RECORDS), st.sampled_from(TARGETS), st.sampled_from((*OPEN, "completed")), st.booleans()), max_size=5
)
#: Record and target with who ended the pair: nobody, the inventory, QuickBooks.
PAIRS = st.dictionaries(
    st.tuples(st.sampled_from(RECORDS), st.sampled_from(TARGETS)), st.sampled_from(("", "inventory", "quickbooks")), max_size=5
)


@pytest.fixture
def company(database):
    """A company with three payments."""
    session = seed.company(database)
    payments = KINDS["payment"].table
    with database.writing() as connection:
        connection.execute(insert(payments), [{"id": each, "company_id": session.company_id} for each in RECORDS])
    return session.company_id


def told(rows, pairs, record):
    """How a record stands, by what is known of it."""
    counted = []
    for _, same in groupby(sorted((row for row in rows if row[0] == record), key=lambda row: row[1]), key=lambda row: row[1]):
        listed = [row for row in same if row[2] in OPEN]
        # Behind a row that is on its way, or whose answer is awaited, the edit counts.
        counted += [row for row in listed if row is listed[-1] or not (row[3] or row[2] == "running")]
    if any(state in FAILING for _, _, state, _ in counted):
        return standing.FAILED
    if counted:
        return standing.WAITING
    ends = [ended_by for (of, _), ended_by in pairs.items() if of == record]
    return standing.SYNCED if "" in ends and "quickbooks" not in ends else standing.NOT_SYNCED


def fill(database, company, rows, pairs):
    shared = {"company_id": company, "kind": "payment"}
    queued = {"label": "", "operation": "save", "attempts": 0, "queued_at": NOON, "queued_by": "Ada", "changed_at": NOON}
    agreed = {"sync_token": "0", "base": {}, "last_success_at": NOON}
    with database.writing() as connection:
        connection.execute(delete(Outbox))
        connection.execute(delete(Binding))
        for position, (record, target, state, unanswered) in enumerate(rows):
            own = {"record_id": record, "entity": target, "state": state, "unanswered": unanswered, "position": position}
            connection.execute(insert(Outbox).values(**shared, **queued, **own))
        for number, ((record, target), ended_by) in enumerate(pairs.items()):
            own = {"record_id": record, "entity": target, "qbo_id": str(number), "ended_by": ended_by or None}
            connection.execute(insert(Binding).values(**shared, **agreed, **own, ended_at=NOON if ended_by else None))


def allowed(rows):
    """The indexes allow one row of a record and target that waits, and one in flight, which comes first."""
    for _, same in groupby(sorted(rows, key=lambda row: row[:2]), key=lambda row: row[:2]):
        flies = [unanswered or state == "running" for _, _, state, unanswered in same if state in OPEN or unanswered]
        if flies not in ([], [True], [False], [True, False]):
            return False
    return True


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(ROWS, PAIRS)
def test_each_record_is_in_the_one_state_that_it_has(database, company, rows, pairs):
    assume(allowed(rows))
    fill(database, company, rows, pairs)
    ids = KINDS["payment"].table.c.id
    for conditions in (standing.narrowing, lambda kind, ours, **asked: {"where": [standing.one_by_one(kind, ours, **asked)]}):
        with database.reading() as connection:
            found = {
                state: set(connection.scalars(select(ids).where(*conditions("payment", company, state=state)["where"])))
                for state in standing.STATES
            }
        assert found == {state: {each for each in RECORDS if told(rows, pairs, each) == state} for state in standing.STATES}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(ROWS, PAIRS)
def test_what_is_new_and_what_is_changed_in_quickbooks_goes_by_the_living_twins(database, company, rows, pairs):
    assume(allowed(rows))
    fill(database, company, rows, pairs)
    listed = [row for row in rows if row[2] in OPEN]
    living = {place for place, ended_by in pairs.items() if not ended_by}
    for operation, bound in ((CREATE, False), (UPDATE, True)):
        of_it = [state in FAILING for record, target, state, _ in listed if ((record, target) in living) is bound]
        with database.reading() as connection:
            assert numbers(connection, company, Wanted(operation=operation)) == (sum(of_it), len(of_it) - sum(of_it))


def taken_away(database, company, gone):
    """Records that are deleted here: what waits of them is captured, and deletes, but for those whose mark still stands."""
    payments = KINDS["payment"].table
    with database.writing() as connection:
        connection.execute(delete(SyncMark))
        there = set(connection.scalars(select(payments.c.id)))
        for record in set(RECORDS) - there:
            connection.execute(insert(payments).values(id=record, company_id=company))
        connection.execute(delete(SyncMark))
        for record, captured in gone.items():
            connection.execute(delete(payments).where(payments.c.id == record))
            if captured:
                connection.execute(delete(SyncMark).where(SyncMark.record_id == record))
                connection.execute(update(Outbox).where(Outbox.record_id == record, WAITS).values(operation="delete"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(ROWS, st.dictionaries(st.sampled_from(RECORDS), st.booleans(), max_size=2))
def test_the_queue_tells_how_many_records_wait_or_failed_but_for_the_rows_that_stand_for_none(database, company, rows, gone):
    rows = [(record, "Payment", state, unanswered) for record, _, state, unanswered in rows]
    assume(allowed(rows))
    fill(database, company, rows, {})
    taken_away(database, company, gone)
    ids = KINDS["payment"].table.c.id
    for state, queued in ((standing.WAITING, SENDING), (standing.FAILED, FAILING)):
        with database.reading() as connection:
            there = len(connection.scalars(select(ids).where(*standing.narrowing("payment", company, state=state)["where"])).all())
            none = connection.scalar(standing.standing_for_none("payment", company, state))
            assert tally(connection, company).number(queued, kind="payment") - none == there


def test_a_record_that_another_took_the_place_of_stands_for_none_though_it_is_marked_as_saved(sqlite_database):
    """SQLite's REPLACE sweeps it away unseen, so that its mark leaves open what became of it."""
    session = seed.company(sqlite_database)
    first = inventory.save(sqlite_database, "item", {"code": "A", "name": "Anchor"}, company=session.company_id)
    capture.capture(sqlite_database, session.clock)
    with sqlite_database.writing() as connection:
        connection.execute(text("REPLACE INTO item (company_id, code, name) VALUES (:company, 'A', 'Buoy')"), {"company": session.company_id})
        assert connection.scalar(select(SyncMark.operation).where(SyncMark.record_id == first)) == "save"
    with sqlite_database.reading() as connection:
        assert connection.scalar(standing.standing_for_none("item", session.company_id, standing.WAITING)) == 1
    waiting = queries.records_count(session, "item", state="waiting")
    assert queries.records_surplus(session, "item", "waiting") == 1
    with sqlite_database.reading() as connection:
        assert tally(connection, session.company_id).number(SENDING, kind="item") == waiting + 1


def test_rows_that_stand_for_no_record_are_sought_among_those_that_may(sqlite_database):
    def ask():
        with sqlite_database.reading() as connection:
            connection.scalar(standing.standing_for_none("payment", 1, standing.WAITING))

    plan = plans(sqlite_database, ask)[-1]
    for few in ("uq_sync_outbox_in_flight", "ix_sync_outbox_deletes", "ix_sync_mark_kind_record_id"):
        assert few in plan
    assert "ix_sync_outbox_kinds (company_id=? AND kind=? AND state=?)" not in plan
    assert "ix_sync_outbox_record (company_id=? AND kind=?)" not in plan
    assert "SCAN sync_outbox" not in plan


def test_what_is_new_or_changed_is_counted_in_the_blocks_own_indexes_without_a_look_at_rows_or_twins(sqlite_database):
    def ask():
        with sqlite_database.reading() as connection:
            numbers(connection, 1, Wanted(operation=UPDATE))

    plan = plans(sqlite_database, ask)[-1]
    assert "sync_binding" not in plan
    for block in ("sending", "failing"):
        assert plan.count(f"SEARCH sync_outbox USING COVERING INDEX ix_sync_outbox_{block}") == 1


def test_which_records_have_a_twin_is_told_without_a_look_at_any_that_lives(sqlite_database):
    ours = seed.company(sqlite_database).company_id

    def ask():
        with sqlite_database.reading() as connection:
            connection.execute(select(KINDS["payment"].table.c.id).where(*standing.narrowing("payment", ours, state="synced")["where"]))

    plan = plans(sqlite_database, ask)[-1]
    ended = plan.count("sync_binding USING INDEX ix_sync_binding_ended")
    assert ended + plan.count("sync_binding USING COVERING INDEX") == plan.count("sync_binding USING") > ended > 0


def test_a_kind_that_never_travels_is_not_synced(sqlite_database):
    session = seed.company(sqlite_database)
    inventory.save(sqlite_database, "work_center", {"name": "Bench"}, company=session.company_id)
    assert [queries.records_count(session, "work_center", state=state) for state in standing.STATES] == [0, 0, 0, 1]
