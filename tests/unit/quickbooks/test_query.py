"""Statements, and the one place where values are escaped."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.quickbooks.query import count, quote, select


def unquoted(literal: str) -> str:
    """What a reader that knows backslash escapes finds in a literal; fails where the literal ends early or not at all."""
    assert literal[0] == "'"
    found, rest = "", literal[1:]
    while rest[0] != "'":
        step = 2 if rest[0] == "\\" else 1
        found += rest[step - 1]
        rest = rest[step:]
    assert rest == "'", "the literal ended before its end"
    return found


@given(st.text())
def test_no_value_can_leave_its_quotes(value):
    assert unquoted(quote(value)) == value


@given(st.text(alphabet="\\'a "))
def test_quotes_and_backslashes_in_any_mixture_stay_inside(value):
    assert unquoted(quote(value)) == value


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("Bob's", r"'Bob\'s'"),
        ("a\\", r"'a\\'"),
        (True, "true"),
        (False, "false"),
        (7, "'7'"),
        (Decimal("1E+3"), "'1000'"),
        (Decimal("1000.00"), "'1000.00'"),
        (date(2026, 1, 15), "'2026-01-15'"),
        (datetime(2026, 1, 15, 17, 0, 0, 5, tzinfo=UTC), "'2026-01-15T17:00:00+00:00'"),
    ],
)
def test_each_kind_of_value_has_its_literal(value, literal):
    assert quote(value) == literal


@pytest.mark.parametrize("value", [None, 1.5, b"x", object()])
def test_a_value_without_a_literal_is_refused(value):
    with pytest.raises(TypeError):
        quote(value)


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        quote(datetime(2026, 1, 15))  # noqa: DTZ001 -- the point of the test


def test_a_statement_is_put_together_in_the_languages_own_order():
    statement = select(
        "Invoice",
        where=[("DocNumber", "in", ["1", "2"]), ("TxnDate", ">=", date(2026, 1, 1)), ("DocNumber", "LIKE", "A%")],
        order=["MetaData.CreateTime", ("TxnDate", "DESC")],
        start=1001,
        max=1000,
    )
    assert statement == (
        "SELECT * FROM Invoice WHERE DocNumber IN ('1', '2') AND TxnDate >= '2026-01-01' AND DocNumber LIKE 'A%' "
        "ORDERBY MetaData.CreateTime, TxnDate DESC STARTPOSITION 1001 MAXRESULTS 1000"
    )


def test_a_bare_statement_and_a_count():
    assert select("Term") == "SELECT * FROM Term"
    assert count("Item", where=[("Active", "=", True)]) == "SELECT COUNT(*) FROM Item WHERE Active = true"


@pytest.mark.parametrize(
    "wish",
    [
        {"entity": "Item; DROP"},
        {"entity": ""},
        {"entity": "Item", "where": [("Name' OR", "=", 1)]},
        {"entity": "Item", "where": [("Name", "OR", 1)]},
        {"entity": "Item", "where": [("Id", "IN", [])]},
        {"entity": "Item", "order": [("Name", "UP")]},
        {"entity": "Item", "order": ["Name DESC, x"]},
        {"entity": "Item", "start": 0},
        {"entity": "Item", "max": 0},
        {"entity": "Item", "max": 1001},
    ],
)
def test_what_the_language_does_not_know_is_refused_before_it_is_sent(wish):
    with pytest.raises(ValueError):
        select(wish.pop("entity"), **wish)
