"""What every plan asks of the queue is answered from small indexes, at any length of the queue, in both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from syncengine.db.engine import Database
from syncengine.store import outbox
from tests.support.plans import plans


def plan(database: Database, ask: Callable[..., Any]) -> str:
    """How the database answers the last statement of `ask`."""

    def asked() -> None:
        with database.reading() as connection:
            ask(connection, 1)

    return plans(database, asked)[-1]


@pytest.mark.parametrize(
    ("ask", "index"),
    [(outbox.in_flight, "uq_sync_outbox_in_flight"), (outbox.resting, "ix_sync_outbox_resting")],
    ids=["in flight", "resting"],
)
def test_it_is_answered_from_its_partial_index(database, company, queue, ask, index):
    for number in range(1, 4):
        queue(number)
    assert index in plan(database, ask)


def test_in_flight_are_rows_on_their_way_and_rows_without_an_answer(database, company, queue):
    queue(1)
    queue(2, state="running")
    queue(3, state="retryable", unanswered=True)
    with database.reading() as connection:
        assert sorted(record for _, _, record in outbox.in_flight(connection, company)) == [2, 3]


def test_what_rests_is_named_by_the_first_row_that_was_refused(database, company, queue):
    queue(1, state="parked", parked_by="feature", label="second", position=9)
    queue(2, state="parked", parked_by="feature", label="first", position=8)
    queue(3, state="parked", parked_by="refused", label="another", position=1)
    queue(4, state="cancelled", parked_by="feature", label="removed", position=1)
    with database.reading() as connection:
        assert outbox.resting(connection, company) == {"Customer": "first"}
