"""The query language: what it says, and how QuickBooks' parser complains."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncengine.emulator.faults import Refusal
from syncengine.emulator.query import Condition, Order, Query, parse


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("select * from Customer", Query("Customer")),
        ("SELECT COUNT(*) FROM Item", Query("Item", count=True)),
        ("select *, Sku from Item;", Query("Item", properties=("Sku",))),
        ("select * from A where B = 'it\\'s'", Query("A", conditions=(Condition("B", "=", ("it's",)),))),
        ("select * from A where B = 'back\\\\slash'", Query("A", conditions=(Condition("B", "=", ("back\\slash",)),))),
        ("select * from A where Active = true", Query("A", conditions=(Condition("Active", "=", ("true",), quoted=False),))),
        ("select * from A where Active in (true, false)", Query("A", conditions=(Condition("Active", "in", ("true", "false")),))),
        ("select * from A where B like '%x_%'", Query("A", conditions=(Condition("B", "like", ("%x_%",)),))),
        ("select * from A where (B != '1') and C <= '2'", Query("A", conditions=(Condition("B", "!=", ("1",)), Condition("C", "<=", ("2",))))),
        ("select * from A where B between '1' and '2'", Query("A", conditions=(Condition("B", "between", ("1", "2")),))),
        ("select * from A where B > 1000.5", Query("A", conditions=(Condition("B", ">", ("1000.5",), quoted=False),))),
        ("select * from A orderby B desc, C asc, D", Query("A", order=(Order("B", True), Order("C"), Order("D")))),
        ("select * from A order by MetaData.CreateTime", Query("A", order=(Order("MetaData.CreateTime"),))),
        ("select * from A startposition 5 maxresults 10", Query("A", start=5, maximum=10)),
        ("select * from A MAXRESULTS 10 STARTPOSITION 5", Query("A", start=5, maximum=10)),
        ("select * from A\nwhere B='ünï 🎈'\n\torderby C\nmaxresults 3", Query("A", False, (Condition("B", "=", ("ünï 🎈",)),), (Order("C"),), None, 3)),
    ],
)
def test_a_statement_is_understood(text, query):
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("select * from Customer where Name > > 'x'", 'QueryParserError: Encountered " ">" "> "" at line 1, column 37.'),
        ("select * from Customer > 3", 'QueryParserError: Encountered " ">" "> "" at line 1, column 24.\nWas expecting one of:\n    <EOF> \n    "iterator"'),
        ("select * from Customer\nwhere Name", 'QueryParserError: Encountered "<EOF>" at line 2, column 10.'),
        ("select * from Customer where Id in Address", 'Encountered " <IDENTIFIER> "Address "" at line 1, column 36.\nWas expecting:\n    "(" ...'),
        ("update Customer", 'QueryParserError: Encountered " <IDENTIFIER> "update "" at line 1, column 1.'),
        ("", "QueryParserError: The query provided was empty"),
        (" \n", "QueryParserError: The query provided was empty"),
        ("select", 'QueryParserError: Encountered "<EOF>" at line 1, column 6.\nWas expecting one of:\n    "*" ...\n    "count" ...'),
        ("select ", 'QueryParserError: Encountered "<EOF>" at line 1, column 7.'),
        ("select * from A where B = 'open", "QueryParserError: Lexical error at line 1, column 27."),
        ("select * from A where B = 'it's'", 'Encountered " <IDENTIFIER> "s "" at line 1, column 31.\nWas expecting one of:\n    <EOF> \n    <AND> ...'),
        ("select * from A where B and C = 'y'", 'Encountered " <AND> "and "" at line 1, column 25.'),
        ("select * from A maxresults ten", 'Encountered " <IDENTIFIER> "ten ""'),
        ("select * from A maxresults 1.5", 'Encountered " <DECIMAL> "1.5 ""'),
        ("select * from A maxresults 1 maxresults 2", 'Encountered " "maxresults" "maxresults ""'),
        ("select * from A where B = word", 'Encountered " <IDENTIFIER> "word ""'),
        ("select * from where", 'Encountered " "where" "where ""'),
        ("select * from A where B ~ 'x'", 'Lexical error at line 1, column 25.  Encountered: "~" (126), after : ""'),
    ],
)
def test_a_mistake_is_named_in_the_parsers_words(text, lead):
    with pytest.raises(Refusal) as refusal:
        parse(text)
    assert refusal.value.code == "4000"
    assert refusal.value.errors[0]["Message"] == "Error parsing query"
    assert lead in refusal.value.errors[0]["Detail"]


@given(st.text(max_size=200))
def test_no_text_makes_the_parser_fall_over(text):
    try:
        parse(text)
    except Refusal as refusal:
        assert refusal.code == "4000"  # noqa: PT017 -- either a query or this refusal


@given(st.text(max_size=60))
def test_every_escaped_value_comes_back_as_it_was(value):
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    assert parse(f"select * from A where B = '{escaped}'").conditions[0].values == (value,)


@pytest.mark.parametrize(
    "text",
    [
        "select * from A where " + " and ".join(f"Id = '{n}'" for n in range(3000)),
        "select * from A orderby " + ", ".join(["Id"] * 3000),
        "select * from A where Id in (" + ", ".join(f"'{n}'" for n in range(30_000)) + ")",
        "select * from A where Name like '" + "%a" * 30_000 + "'",
    ],
    ids=["conditions", "order", "values", "like"],
)
def test_a_statement_of_any_length_is_refused_before_it_is_too_much_for_the_books(text):
    with pytest.raises(Refusal, match="4001 Invalid query: QueryValidationError: more than"):
        parse(text)


def test_a_long_list_is_read_in_a_time_that_grows_with_its_length_alone():
    def seconds(count: int) -> float:
        text = "select * from A where Id in (" + ",".join(f"'{n}'" for n in range(count)) + ")"
        begun = time.process_time()
        assert len(parse(text).conditions[0].values) == count
        return time.process_time() - begun

    assert seconds(16_000) < 40 * seconds(2_000)
