"""Answers taken further: all pages of one, the rows that are wanted, groups and pivots with exact Decimals."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from syncengine import queries
from syncengine.errors import Forbidden, Refused
from syncengine.queries import Session
from tests.unit.queries import seed

ROWS = pd.DataFrame(
    {
        "vendor": ["Ash", "Birch", "ash", "", "Birch"],
        "total": pd.Series([Decimal("0.10"), Decimal("0.20"), Decimal("0.70"), None, Decimal("1e10")], dtype=object),
        "n": [1, 2, 3, 4, 5],
        "day": pd.Series([date(2026, 1, day) for day in (1, 2, 3, 4, 5)], dtype=object),
        "at": pd.to_datetime([f"2026-01-0{day}T23:30:00Z" for day in (1, 1, 2, 2, 3)]),
        "done": [True, False, True, False, True],
    }
)


@pytest.mark.parametrize(
    ("column", "operator", "value", "left"),
    [
        ("vendor", "is", "ASH", [1, 3]),
        ("vendor", "is not", "ash", [2, 4, 5]),
        ("vendor", "contains", "ir", [2, 5]),
        ("vendor", "is empty", None, [4]),
        ("vendor", "is not empty", None, [1, 2, 3, 5]),
        ("total", "is", "0.1", [1]),
        ("total", "more than", "0.20", [3, 5]),
        ("total", "at least", "0.2", [2, 3, 5]),
        ("total", "is empty", None, [4]),
        ("total", "at most", "10,000,000,000", [1, 2, 3, 5]),
        ("n", "less than", "3", [1, 2]),
        ("n", "more than", 3, [4, 5]),
        ("day", "at least", "2026-01-04", [4, 5]),
        ("at", "less than", "2026-01-02 23:30", [1, 2]),
        ("at", "at least", "2026-01-02T18:30:00-05:00", [3, 4, 5]),
        ("done", "is", "no", [2, 4]),
    ],
)
def test_rows_are_narrowed_by_what_their_column_holds(column, operator, value, left):
    assert queries.narrow(ROWS, column, operator, value)["n"].tolist() == left


@pytest.mark.parametrize(
    ("column", "operator", "value"),
    [("total", "is", "much"), ("day", "is", "soon"), ("at", "is", "soon"), ("done", "is", "maybe"), ("none", "is", "1"), ("n", "like", "1")],
)
def test_what_cannot_be_compared_is_refused(column, operator, value):
    with pytest.raises(Refused):
        queries.narrow(ROWS, column, operator, value)


def test_sums_and_means_of_decimals_are_exact():
    cents = pd.DataFrame({"who": ["a"] * 10, "total": pd.Series([Decimal("0.1")] * 10, dtype=object)})
    assert queries.summarise(cents, ["who"], "sum", "total")["sum of total"].tolist() == [Decimal("1.0")]
    assert queries.summarise(cents, ["who"], "mean", "total")["mean of total"].tolist() == [Decimal("0.1")]
    found = queries.summarise(ROWS, ["vendor"], "sum", "total")
    assert found["vendor"].tolist() == ["Ash", "Birch", "ash", None]
    assert found["sum of total"].tolist() == [Decimal("0.10"), Decimal("10000000000.20"), Decimal("0.70"), None]


def test_groups_are_counted_and_times_grouped_by_day():
    assert queries.summarise(ROWS, ["at"]).to_numpy().tolist() == [[date(2026, 1, 1), 2], [date(2026, 1, 2), 2], [date(2026, 1, 3), 1]]
    assert queries.summarise(ROWS, ["done"], "count", "total")["count of total"].tolist() == [1, 3]
    assert queries.summarise(ROWS, ["done"], "mean", "n")["mean of n"].tolist() == [Decimal(3), Decimal(3)]
    assert queries.summarise(ROWS, ["done"], "largest", "day")["largest of day"].tolist() == [date(2026, 1, 4), date(2026, 1, 5)]


def test_a_pivot_has_a_column_for_each_value():
    found = queries.summarise(ROWS, ["vendor"], "sum", "n", across="done")
    assert found.columns.tolist() == ["vendor", "False", "True"]
    assert found.astype(object).where(found.notna(), None).to_numpy().tolist() == [["Ash", None, 1], ["Birch", 2, 5], ["ash", None, 3], [None, 4, None]]


def test_the_heads_of_a_pivot_never_hide_a_column_that_is_there():
    rows = pd.DataFrame({"a": ["x", "x"], "b": ["a", ""], "n": [1, 2]})
    assert queries.summarise(rows, ["a"], "sum", "n", across="b").columns.tolist() == ["a", "a ", "(empty)"]


@pytest.mark.parametrize(("how", "of"), [("sum", "vendor"), ("mean", "done"), ("sum", ""), ("middle", "n"), ("sum", "none")])
def test_what_cannot_be_added_up_is_refused(how, of):
    with pytest.raises(Refused):
        queries.summarise(ROWS, ["vendor"], how, of)


def test_groups_want_a_column():
    with pytest.raises(Refused):
        queries.summarise(ROWS, [])


def test_an_empty_frame_stays_one():
    assert queries.summarise(ROWS.head(0), ["vendor"], "sum", "total").columns.tolist() == ["vendor", "sum of total"]
    assert queries.narrow(ROWS.head(0), "total", "more than", "1").empty


def test_all_pages_come_in_one_frame(database, monkeypatch):
    found = seed.busy(database)
    monkeypatch.setattr("syncengine.queries.shaping._CHUNK", 2)
    whole = queries.whole(queries.records, found.session, "customer")
    pd.testing.assert_frame_equal(whole, queries.records(found.session, "customer", size=100))
    assert whole["label"].tolist() == sorted(whole["label"])
    assert len(whole) == 3
    assert whole.attrs["cut"] is False


def test_more_rows_than_wanted_are_cut_and_said_to_be(sqlite_database):
    found = seed.busy(sqlite_database)
    cut = queries.whole(queries.records, found.session, "customer", most=2)
    assert (len(cut), cut.attrs["cut"]) == (2, True)
    assert queries.whole(queries.records, found.session, "customer", most=3).attrs["cut"] is False
    assert queries.whole(queries.waiting_counts, found.session, most=1).attrs["cut"] is True


def test_the_question_itself_asks_for_the_rights(sqlite_database):
    found = seed.busy(sqlite_database)
    stranger = Session(sqlite_database, "nobody@harbour.example", found.session.company_id, found.session.clock, signed_in=True)
    with pytest.raises(Forbidden):
        queries.whole(queries.queue, stranger)
