"""What a long queue costs, told by ratios within one run and by counts, so that it holds on a machine that is busy as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select

from syncengine import queries
from syncengine.db.engine import Database
from syncengine.engine import foresight
from syncengine.engine.plan import Planner
from syncengine.engine.preview import preview
from syncengine.engine.setup import prepare
from syncengine.queries import Session
from syncengine.store import outbox
from tests.support.cost import cost
from tests.support.large import CAUSES, fill
from tests.support.plans import statements

SHORT, LONG = 1_000, 10_000
#: So many statements are a page of the queue.
MOST = 45
#: Planning a row costs as much as about two hundred and fifty rounded products; a half more is allowed.
RATIO = 4.0


@pytest.fixture(scope="module")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Session]]:
    """A company with a short queue, and one with a long one, each in a database of its own; their orders are kept."""
    found = {}
    for size in (SHORT, LONG):
        database = Database(f"sqlite:///{Path(tmp_path_factory.mktemp('large')) / 'tieout.db'}")
        prepare(database)
        found[size] = fill(database, size, customers=20)
        foresight.renew(database, found[size].company_id, found[size].clock.now())
    yield found
    for session in found.values():
        session.database.close()


def page(session: Session, part: float) -> Callable[[], object]:
    """One page of 100 of the rows that will be sent, so far into the queue."""
    counts = queries.queue_counts(session)
    offset = counts.attention + int((counts.sending - 100) * part)
    return lambda: preview(session.database, session.company_id, at=session.clock.now(), offset=offset, limit=100)


@pytest.mark.parametrize("part", [0.5, 1.0])
def test_a_page_costs_as_much_in_a_queue_of_ten_thousand_as_in_one_of_a_thousand(companies, part):
    short, long = (page(companies[size], part) for size in (SHORT, LONG))
    costs = cost(short), cost(long)
    assert costs[1] <= 2 * costs[0], costs


def test_a_page_asks_as_many_questions_of_a_long_queue_as_of_a_short_one(companies):
    counts = []
    for size in (SHORT, LONG):
        with statements() as asked:
            page(companies[size], 0.5)()
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 50, counts


def test_a_list_of_fifty_rows_asks_as_many_questions_as_one_of_five_and_less_than_all_of_it(companies):
    counts = []
    for size, exact in ((5, False), (50, False), (50, True)):
        with statements() as asked:
            queries.queue(companies[LONG], page=500 // size, size=size, exact=exact)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= counts[2], counts
    assert counts[1] <= MOST, counts


def test_a_list_writes_no_payload_and_reckons_no_posting(companies, monkeypatch):
    def never(*_: object) -> None:
        raise AssertionError("a list shows none of it")

    for dear in ("_text", "_exact", "Effects"):
        monkeypatch.setattr(f"syncengine.engine.preview.{dear}", never)
    assert len(queries.queue(companies[LONG], page=100, exact=False)) == 50
    with pytest.raises(AssertionError, match="none of it"):
        queries.queue(companies[LONG], page=100)


def test_what_every_page_asks_is_put_into_sql_once(companies, monkeypatch):
    built: list[object] = []
    make = Select.__init__

    def counted(self: Select[Any], *columns: Any) -> None:
        built.append(columns)
        make(self, *columns)

    queries.queue(companies[SHORT], exact=False)
    monkeypatch.setattr(Select, "__init__", counted)
    queries.queue(companies[SHORT], exact=False)
    assert len(built) <= 3, built  # the page itself, whose sections follow from what is asked for


def planned(session: Session) -> Callable[[], object]:
    def act() -> None:
        with session.database.reading() as connection:
            rows = outbox.rows(connection, session.company_id)
            assert len(Planner(connection, session.company_id).plan(rows)) > SHORT

    return act


def reference() -> None:
    """Work of the sort that planning is made of: a hundred products, rounded and written, for each of a thousand rows."""
    for n in range(SHORT):
        for place in range(100):
            str((Decimal(n) * Decimal(place)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def test_planning_a_row_costs_no_more_than_so_many_rounded_products(companies):
    ratio = cost(planned(companies[SHORT]), 3) / cost(reference, 3)
    assert ratio <= RATIO, ratio


def test_all_of_a_long_queue_is_planned_with_as_many_questions_as_a_short_one(companies):
    counts = []
    for size in (SHORT, LONG):
        with statements() as asked:
            planned(companies[size])()
        counts.append(len(asked))
    assert counts[1] - counts[0] <= 12, counts  # five thousand ids fit into one statement


def test_the_groups_of_many_errors_are_counted_by_the_database(companies):
    with statements() as asked:
        frame = queries.error_groups(companies[LONG])
    assert len(frame) == CAUSES
    assert frame["count"].sum() == queries.trouble_counts(companies[LONG]).errors
    assert len(asked) <= 10, asked
    costs = [cost(lambda size=size: queries.error_groups(companies[size])) for size in (SHORT, LONG)]
    assert costs[1] <= 5 * costs[0], costs
