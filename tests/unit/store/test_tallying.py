"""How many rows are listed by kind and state, against counting them one by one."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from syncengine.store import outbox
from syncengine.store.outbox.tallying import FAILING, SENDING, Tally
from syncengine.store.tables import Outbox
from syncengine.terms import OutboxState
from tests.support.plans import plans

KINDS = ("bill", "customer", "invoice", "item")
ROWS = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(sorted(OutboxState))), max_size=12)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_it_counts_each_listed_row_of_the_company_once_under_its_kind_and_state(database, company, queue, rows):
    with database.writing() as connection:
        connection.execute(delete(Outbox))
    for number, (kind, state) in enumerate(rows, 1):
        queue(number, kind=kind, state=state)
    queue(99, kind="invoice", state="parked", company_id=2)
    with database.reading() as connection:
        told = outbox.tally(connection, company)
    listed = Counter((kind, state) for kind, state in rows if state in outbox.OPEN)
    assert {(kind, state): number for kind, by_state in told.by_kind.items() for state, number in by_state.items()} == listed
    assert list(told.by_kind) == sorted(told.by_kind)
    assert told.number() == sum(listed.values())
    for states in (FAILING, SENDING):
        for kind in KINDS:
            assert told.number(states, kind=kind) == sum(n for (k, s), n in listed.items() if k == kind and s in states)
        assert told.number(states) == sum(number for (_, state), number in listed.items() if state in states)


def test_of_an_empty_queue_there_is_nothing(database, company):
    with database.reading() as connection:
        told = outbox.tally(connection, company)
    assert told == Tally({})
    assert (told.number(), told.number(FAILING), told.number(kind="invoice")) == (0, 0, 0)


def test_no_row_is_looked_at(sqlite_database):
    """Each number is the length of a stretch of an index that also knows the state; to look at the rows takes ten times as long."""

    def ask():
        with sqlite_database.reading() as connection:
            outbox.tally(connection, 1)

    plan = plans(sqlite_database, ask)[-1]
    assert plan.count("sync_outbox USING COVERING INDEX ix_sync_outbox_kinds") == plan.count("SEARCH sync_outbox") == 6
    assert "SCAN sync_outbox" not in plan
    assert plan.count("(company_id=? AND kind=? AND state=?)") == len(outbox.OPEN)


@pytest.mark.parametrize("state", OutboxState)
def test_failing_and_sending_part_what_is_listed(state):
    assert (state in FAILING) + (state in SENDING) == (state in outbox.OPEN)
