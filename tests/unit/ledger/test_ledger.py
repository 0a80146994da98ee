"""View-only copies: they take whatever QuickBooks says, never go back to an older version, and are found again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syncengine.ledger import reader, writer
from syncengine.ledger.writer import row_of
from tests.support.examples import examples

#: Everything that a JSON document may hold.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
PROPERTIES = (
    "FullyQualifiedName", "DisplayName", "Name", "DocNumber", "TxnDate", "TotalAmt", "Balance", "CurrentBalance",
    "Active", "status", "SyncToken", "MetaData", "Line", "NewOne",
)  # fmt: skip
OBJECTS = st.fixed_dictionaries({"Id": st.integers(1, 5).map(str)}, optional=dict.fromkeys(PROPERTIES, JSON))

INVOICE = {
    "Id": "7",
    "SyncToken": "3",
    "DocNumber": "1042",
    "TxnDate": "2026-01-14",
    "TotalAmt": Decimal("84.31"),
    "Balance": Decimal("9.8"),
    "MetaData": {"LastUpdatedTime": "2026-01-14T09:30:00-08:00"},
}


def keep(database, now, *objects, entity="Invoice", company=1):
    with database.writing() as connection:
        writer.keep(connection, company, entity, objects, now)
    return held(database, *(str(each["Id"]) for each in objects), entity=entity, company=company)


def held(database, *ids, entity="Invoice", company=1):
    with database.reading() as connection:
        return reader.load(connection, company, entity, ids)


def test_a_document_is_kept_with_the_columns_that_lists_need(database, company, now):
    row = keep(database, now, INVOICE)["7"]
    assert (row["sync_token"], row["doc_number"], row["txn_date"], row["name"]) == ("3", "1042", date(2026, 1, 14), "")
    assert (row["total"], row["balance"]) == (Decimal("84.31"), Decimal("9.8"))
    assert (row["active"], row["deleted"], row["seen_at"]) == (True, False, now)
    assert row["changed_at"] == datetime(2026, 1, 14, 17, 30, tzinfo=UTC)
    assert json.loads(row["payload"], parse_float=Decimal) == INVOICE


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ({"Name": "Red", "FullyQualifiedName": "Paint:Red"}, "Paint:Red"),
        ({"DisplayName": " Café ", "GivenName": "C"}, " Café "),
        ({"Name": "Net 30"}, "Net 30"),
        ({}, ""),
    ],
)
def test_the_name_is_the_fullest_one_and_its_key_compares_as_quickbooks_does(payload, name):
    row = row_of(payload)
    assert row["name"] == name
    assert row["name_key"] == name.strip().casefold()


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(objects=st.lists(OBJECTS, min_size=1, max_size=4))
def test_nothing_that_json_can_say_stops_the_copy(database, company, now, objects):
    rows = keep(database, now, *objects, entity="Oddity")
    assert rows.keys() == {each["Id"] for each in objects}
    assert keep(database, now, *objects, entity="Oddity").keys() == rows.keys()


def test_an_odd_value_leaves_its_column_empty_on_either_database(database, company, now):
    odd = ["x" * 5000, "1e999999", "-1e30", "NaN", 10**30, ["a"], {"a": 1}, True, "nul\0", None, ""]
    given_ = [{"Id": f"{name} {number}", name: value} for name in PROPERTIES for number, value in enumerate(odd)]
    rows = keep(database, now, *given_)
    assert [json.loads(rows[each["Id"]]["payload"]) for each in given_] == given_


def test_what_is_not_text_in_the_token_of_a_held_object_is_no_older_version(database, company, now):
    keep(database, now, {**INVOICE, "SyncToken": ["odd"]})
    assert keep(database, now, {**INVOICE, "SyncToken": "0"})["7"]["sync_token"] == "0"


@given(order=st.permutations([0, 1, 2, 9, 10]))
@settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_versions_come_the_newest_stays(database, company, now, order):
    qbo_id = "-".join(map(str, order))
    for token in order:
        keep(database, now, {**INVOICE, "Id": qbo_id, "SyncToken": str(token), "DocNumber": f"v{token}"})
    row = held(database, qbo_id)[qbo_id]
    assert (row["sync_token"], row["doc_number"]) == ("10", "v10")


def test_within_one_page_the_newest_version_of_an_object_counts(database, company, now):
    pages = [{**INVOICE, "SyncToken": token} for token in ("9", "10", "2")]
    assert keep(database, now, *pages)["7"]["sync_token"] == "10"


def test_an_equal_version_is_taken_over_because_balances_change_without_a_new_token(database, company, now):
    keep(database, now, INVOICE)
    assert keep(database, now, {**INVOICE, "Balance": 0})["7"]["balance"] == 0


def test_an_older_version_changes_nothing_but_is_a_sign_of_life(database, company, now):
    keep(database, now, INVOICE)
    later = now + timedelta(hours=1)
    row = keep(database, later, {**INVOICE, "SyncToken": "2", "DocNumber": "old"})["7"]
    assert (row["doc_number"], row["sync_token"], row["seen_at"]) == ("1042", "3", later)
    with database.reading() as connection:
        assert reader.unseen_since(connection, company, "Invoice", later) == []


def test_what_was_not_seen_since_a_moment_is_named_and_deleted_copies_are_not(database, company, now):
    keep(database, now, *({**INVOICE, "Id": str(number)} for number in range(1, 5)))
    later = now + timedelta(hours=1)
    keep(database, later, {**INVOICE, "Id": "2"})
    with database.writing() as connection:
        writer.mark_deleted(connection, company, "Invoice", ["3"], now)
        assert reader.unseen_since(connection, company, "Invoice", later) == ["1", "4"]
        assert reader.unseen_since(connection, company, "Invoice", now) == []
        assert reader.unseen_since(connection, 2, "Invoice", later) == []


def test_a_deleted_copy_stays_readable_and_may_live_again(database, company, now):
    keep(database, now, INVOICE)
    with database.writing() as connection:
        writer.mark_deleted(connection, company, "Invoice", ["7", "unknown"], now)
        writer.mark_deleted(connection, company, "Invoice", [], now)
        assert reader.counts(connection, company) == {}
    assert (held(database, "7")["7"]["deleted"], held(database, "7")["7"]["doc_number"]) == (True, "1042")
    assert keep(database, now, {**INVOICE, "SyncToken": "0"})["7"]["deleted"] is False


def test_companies_and_entities_are_apart(database, company, now):
    keep(database, now, INVOICE)
    keep(database, now, {**INVOICE, "DocNumber": "other"}, company=2)
    keep(database, now, {**INVOICE, "DocNumber": "bill"}, entity="Bill")
    assert held(database, "7")["7"]["doc_number"] == "1042"
    with database.writing() as connection:
        writer.mark_deleted(connection, 2, "Invoice", ["7"], now)
        assert reader.counts(connection, company) == {"Invoice": 1, "Bill": 1}
        assert reader.counts(connection, 2) == {}


def test_accounts_are_found_by_full_name_whatever_the_case_but_only_live_active_ones(database, company, now):
    accounts = [
        {"Id": "1", "FullyQualifiedName": "Sales of Product Income"},
        {"Id": "2", "FullyQualifiedName": "Closed", "Active": False},
        {"Id": "3", "FullyQualifiedName": "Gone"},
        {"Id": "4", "Name": "Fees", "FullyQualifiedName": "Income:Straße"},
    ]
    keep(database, now, *accounts, entity="Account")
    with database.writing() as connection:
        writer.mark_deleted(connection, company, "Account", ["3"], now)
        found = reader.by_name(connection, company, "Account", [" SALES of product income", "closed", "gone", "fees", "INCOME:STRASSE"])
        assert {key: row["qbo_id"] for key, row in found.items()} == {"sales of product income": "1", "income:strasse": "4"}
        assert reader.by_name(connection, company, "Account", []) == {}


def test_a_name_longer_than_the_column_is_found_by_its_beginning(database, company, now):
    long = "Ä:" * 900
    keep(database, now, {"Id": "1", "FullyQualifiedName": long}, entity="Account")
    with database.reading() as connection:
        assert [row["qbo_id"] for row in reader.by_name(connection, company, "Account", [long]).values()] == ["1"]


def test_more_objects_than_one_statement_takes_are_kept_found_and_marked(database, company, now):
    ids = [str(number) for number in range(1, 12_001)]
    rows = keep(database, now, *({"Id": each, "SyncToken": "0"} for each in ids))
    assert len(rows) == 12_000
    with database.writing() as connection:
        assert reader.counts(connection, company) == {"Invoice": 12_000}
        writer.mark_deleted(connection, company, "Invoice", ids, now)
        assert reader.counts(connection, company) == {}


@pytest.mark.parametrize("said", [{}, {"TotalAmt": 0}, {"TotalAmt": "0"}])
def test_the_total_of_a_journal_entry_is_the_sum_of_its_debits_whatever_its_total_says(said):
    """QuickBooks answers 0 as the TotalAmt of a journal entry."""
    sides = [("Debit", "30.10"), ("Debit", "4.90"), ("Credit", "35.00")]
    lines = [{"Amount": Decimal(amount), "JournalEntryLineDetail": {"PostingType": side}} for side, amount in sides]
    assert writer.row_of({"Id": "1", "Line": [*lines, {"Description": "a remark"}], **said})["total"] == Decimal("35.00")
