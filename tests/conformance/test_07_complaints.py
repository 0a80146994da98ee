"""What the query language refuses and hides: the parser's complaints byte for byte, and rows that cannot be seen."""

from __future__ import annotations

import pytest

from tests.conformance.asking import ask, names, refused, rows
from tests.unit.emulator.desk import Desk, cost

# Complaints


COMPLETE = '    <EOF> \n    <AND> ...\n    "iterator" ...\n    "maxresults" ...\n    <OR> ...\n    "order" ...\n    "orderby" ...\n    "startposition" ...\n    '
PROPERTY = (
    '    <EOF> \n    "." ...\n    <AND> ...\n    "between" ...\n    "contains" ...\n    "=" ...\n    "in" ...\n    "iterator" ...\n    "like" ...\n    "maxresults" ...\n'
    '    "!=" ...\n    <NOT> ...\n    <OR> ...\n    "order" ...\n    "orderby" ...\n    "startposition" ...\n    '
)


@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        # as recorded in 2019: a number without quotes behind a comparison
        ("select * from purchaseorder where TotalAmt > 5", f'Encountered " ">" "> "" at line 1, column 44.\nWas expecting one of:\n{PROPERTY}'),
        # as recorded in 2019: IN without its bracket
        ("select * from Customer where PrimaryEmailAddr in Address", 'Encountered " <IDENTIFIER> "Address "" at line 1, column 50.\nWas expecting:\n    "(" ...\n    '),
        # as reported in 2016: an apostrophe that is not escaped
        ("select * from vendor where DisplayName = 'Cutlery 'R Us'", f'Encountered " <IDENTIFIER> "R "" at line 1, column 52.\nWas expecting one of:\n{COMPLETE}'),
        ("select * from Customer where Name", f'Encountered "<EOF>" at line 1, column 33.\nWas expecting one of:\n{PROPERTY}'),
        ("select * from Customer where", 'Encountered "<EOF>" at line 1, column 28.\nWas expecting:\n    <IDENTIFIER> ...\n    '),
        ("select * form Customer", 'Encountered " <IDENTIFIER> "form "" at line 1, column 10.\nWas expecting:\n    "from" ...\n    '),
        ("selct * from Customer", 'Encountered " <IDENTIFIER> "selct "" at line 1, column 1.\nWas expecting:\n    "select" ...\n    '),
        ("select count(Id) from Customer", 'Encountered " <IDENTIFIER> "Id "" at line 1, column 14.\nWas expecting:\n    "*" ...\n    '),
        ("select * from Customer\nwhere ()", 'Encountered " ")" ") "" at line 2, column 8.\nWas expecting:\n    <IDENTIFIER> ...\n    '),
        ("select * from Customer where Active = true orderby", 'Encountered "<EOF>" at line 1, column 50.\nWas expecting:\n    <IDENTIFIER> ...\n    '),
        ("select * from Customer maxresults 'ten'", 'Encountered " <STRING_LITERAL> "\\\'ten\\\' "" at line 1, column 35.\nWas expecting:\n    <INTEGER> ...\n    '),
        ("", "The query provided was empty"),
        ("   ", "The query provided was empty"),
    ],
)
def test_the_parsers_complaints_byte_for_byte(people: Desk, statement, detail):
    assert refused(people, statement, "4000") == f"QueryParserError: {detail}"


def test_a_query_that_is_missing_is_an_empty_one(desk: Desk):
    assert desk.refused("query", None, "GET")["Detail"] == "QueryParserError: The query provided was empty"
    assert desk.refused("query", b"")["Detail"] == "QueryParserError: The query provided was empty"


def test_a_character_that_begins_nothing_is_a_lexical_error_only_where_it_is_reached(desk: Desk):
    assert refused(desk, "select * from Customer where Name ~ 'x'", "4000").startswith('QueryParserError: Lexical error at line 1, column 35.  Encountered: "~" (126), after : ""')
    assert "<IDENTIFIER>" in refused(desk, "select * form Customer where Name ~ 'x'", "4000")


@pytest.mark.parametrize(("where", "word"), [("DisplayName = 'a' or DisplayName = 'b'", "OR"), ("DisplayName not in ('a')", "NOT"), ("DisplayName contains 'a'", "CONTAINS"), ("DisplayName = 'a' iterator '1'", "ITERATOR")])
def test_words_that_the_parser_knows_and_the_documents_do_not(desk: Desk, where, word):
    assert refused(desk, f"select * from Customer where {where}", "4001") == f"QueryValidationError: {word} is not supported"


def test_these_words_can_be_answered(make):
    desk = make(unlisted_operators="answered", bare_numbers="taken")
    for name in ("Ada", "Bob", "Cy"):
        desk.customer(name)
    assert names(desk, "DisplayName = 'Ada' or DisplayName = 'Cy'") == ["Ada", "Cy"]
    assert names(desk, "DisplayName not in ('Ada')") == ["Bob", "Cy"]
    assert names(desk, "DisplayName not like '%b%' and DisplayName contains 'd' or DisplayName = 'Cy'") == ["Ada", "Cy"]
    assert names(desk, "Balance >= 0") == ["Ada", "Bob", "Cy"]
    assert "ITERATOR" in refused(desk, "select * from Customer iterator 'x'", "4001")


@pytest.mark.parametrize("statement", ["select * from Customer where MetaData.CreateTime > 'soon'", "select * from Customer where Balance > 'much'"])
def test_a_value_that_does_not_fit_is_named(desk: Desk, statement):
    assert refused(desk, statement, "4001").startswith("QueryValidationError: value ")


def test_createtime_can_be_out_of_reach(make):
    desk = make(create_time="refused")
    assert refused(desk, "select * from Term where MetaData.CreateTime > '2020-01-01'", "4001") == "QueryValidationError: property 'MetaData.CreateTime' is not queryable"
    assert refused(desk, "select * from Term orderby MetaData.CreateTime", "4001") == "QueryValidationError: property 'MetaData.CreateTime' is not sortable"
    assert ask(desk, "select * from Term where MetaData.LastUpdatedTime > '2020-01-01'").status == 200


def test_rows_become_visible_late_where_the_switch_says_so(make, clock):
    desk = make(visibility_lag_seconds=60)
    made = {desk.customer(f"N{number}")["Id"] for number in range(20)}
    assert {row["Id"] for row in rows(desk, "select * from Customer")} < made
    clock.advance(61)
    assert {row["Id"] for row in rows(desk, "select * from Customer")} == made


def test_inactive_rows_are_hidden_and_still_read_by_id(desk: Desk):
    made = desk.customer("Ada")
    desk.post("customer", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert rows(desk, "select * from Customer") == []
    assert desk.read("Customer", made["Id"])["DisplayName"] == "Ada (deleted)"


def test_checks_and_cards_of_bill_payments_are_asked_by_their_account(desk: Desk):
    vendor, bank = desk.vendor()["Id"], desk.account("Checking")
    bill = desk.post("bill", {"VendorRef": {"value": vendor}, "Line": [cost(desk.account("Supplies"), 5)]})
    line = {"Amount": 5, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    wish = {"VendorRef": {"value": vendor}, "PayType": "Check", "CheckPayment": {"BankAccountRef": bank}, "TotalAmt": 5, "Line": [line]}
    made = desk.post("billpayment", wish)
    assert [row["Id"] for row in rows(desk, f"select * from BillPayment where VendorRef = '{vendor}' and TotalAmt = '5.0'")] == [made["Id"]]
