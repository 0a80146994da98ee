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


def test_a_frame_without_rows_keeps_its_columns():
    none = queries.narrow(ROWS.head(0), "n", "is", "1")
    assert none.columns.tolist() == ROWS.columns.tolist()
    assert queries.summarise(queries.narrow(none, "vendor", "contains", "a"), ["vendor"]).empty


#: Two moments on either side of midnight in a zone, a second apart, and the two days there.
MIDNIGHTS = [
    ("America/Los_Angeles", "2026-07-02T06:59:59Z", "2026-07-02T07:00:00Z", date(2026, 7, 1), date(2026, 7, 2)),
    ("Pacific/Auckland", "2026-07-01T11:59:59Z", "2026-07-01T12:00:00Z", date(2026, 7, 1), date(2026, 7, 2)),
    ("UTC", "2026-07-01T23:59:59Z", "2026-07-02T00:00:00Z", date(2026, 7, 1), date(2026, 7, 2)),
]


@pytest.mark.parametrize(("zone", "last", "first", "before", "after"), MIDNIGHTS)
def test_a_day_is_one_by_the_clocks_of_the_zone(zone, last, first, before, after):
    rows = pd.DataFrame({"n": [1, 2], "at": pd.to_datetime([last, first])})
    for operator, value, left in (
        ("is", before, [1]), ("is", str(after), [2]), ("is not", str(before), [2]), ("less than", str(after), [1]),
        ("at most", str(before), [1]), ("more than", str(before), [2]), ("at least", str(after), [2]),
        ("at least", f"{after} 00:00", [2]), ("contains", str(before), [1]),
    ):  # fmt: skip
        assert queries.narrow(rows, "at", operator, value, zone=zone)["n"].tolist() == left, (operator, value)
    assert queries.summarise(rows, ["at"], zone=zone).to_numpy().tolist() == [[before, 1], [after, 1]]
    assert queries.summarise(rows, ["n"], across="at", zone=zone).columns.tolist() == ["n", str(before), str(after)]


def test_an_hour_that_a_zone_leaves_out_or_has_twice_is_read_all_the_same():
    rows = pd.DataFrame({"n": [1, 2], "at": pd.to_datetime(["2026-03-08T10:30:00Z", "2026-11-01T08:30:00Z"])})
    assert queries.narrow(rows, "at", "at least", "2026-03-08 02:30", zone="America/Los_Angeles")["n"].tolist() == [1, 2]
    assert queries.narrow(rows, "at", "is", "2026-11-01 01:30", zone="America/Los_Angeles")["n"].tolist() == [2]


def test_a_zone_that_there_is_not_is_refused():
    with pytest.raises(Refused, match="There is no zone 'Mars'"):
        queries.narrow(ROWS, "at", "is", "2026-01-01", zone="Mars")
    with pytest.raises(Refused, match="There is no zone"):
        queries.summarise(ROWS, ["at"], zone="../etc")


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
