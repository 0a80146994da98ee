"""The inventory's records with their sync state, the timeline, and the copies of what lies in QuickBooks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import text

from syncengine import queries
from syncengine.inventory.tables import KINDS
from syncengine.ledger import writer as ledger_writer
from syncengine.store import bindings
from tests.unit.queries import seed


def test_each_record_says_how_it_stands_with_quickbooks(database):
    found = queries.records(seed.busy(database).session, "customer").set_index("label")
    assert found["sync"].to_dict() == {
        "Alpine Outfitters": "will be tried again",
        "Bluebird Bakery": "needs attention",
        "Coral Reef Diving": "in QuickBooks",
    }
    assert found.loc["Coral Reef Diving", "qbo_id"] == "58"
    assert found.loc["Bluebird Bakery", "sync_message"] == "The e-mail address is not valid."


def test_records_are_searched_and_paged_in_the_database(database):
    session = seed.busy(database).session
    assert queries.records(session, "customer", search="REEF")["label"].tolist() == ["Coral Reef Diving"]
    assert queries.records_count(session, "customer", search="reef") == 1
    assert queries.records(session, "invoice", search="alpine")["label"].tolist() == ["1042"]
    assert queries.records(session, "customer", page=2, size=2)["label"].tolist() == ["Coral Reef Diving"]


def test_documents_are_listed_with_their_customer_or_vendor(database):
    session = seed.busy(database).session
    assert queries.records(session, "invoice")["party"].tolist() == ["Alpine Outfitters"]
    assert "party" not in queries.records(session, "customer").columns


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_can_be_listed_full_or_empty(database, kind):
    full, empty = (queries.records(session, kind) for session in (seed.busy(database).session, seed.company(database, "Globex")))
    assert empty.columns.tolist() == full.columns.tolist()
    assert empty.empty


def test_what_another_program_wrote_wrongly_stands_as_it_is(sqlite_database):
    found = seed.busy(sqlite_database)
    with sqlite_database.writing() as connection:
        connection.execute(text("UPDATE item SET unit_price = 'nine'"))
    assert queries.records(found.session, "item")["unit_price"].tolist() == ["nine"]


def test_a_record_unknown_to_quickbooks_says_so(database):
    session = seed.busy(database).session
    assert queries.record_states(session, "vendor", [999])["sync"].tolist() == ["not in QuickBooks"]
    assert queries.record_states(session, "employee_link", [1])["sync"].tolist() == [""]


def test_ids_out_of_a_frame_are_understood(database):
    found = seed.busy(database)
    coral = np.int64(found.customers["Coral Reef Diving"])
    assert queries.record_states(found.session, "customer", [coral])["qbo_id"].tolist() == ["58"]
    assert queries.record_state(found.session, "customer", coral)["state"].tolist() == ["in QuickBooks"]
    assert not queries.timeline(found.session, "customer", coral).empty


def test_what_was_deleted_there_is_not_in_quickbooks_any_more(database):
    found = seed.busy(database)
    coral = found.customers["Coral Reef Diving"]
    with database.writing() as connection:
        row = bindings.of_records(connection, found.session.company_id, "Customer", "customer", [coral])[coral]
        bindings.end(connection, seed.NOON, [row["id"]], by="quickbooks")
    state = queries.record_state(found.session, "customer", coral).iloc[0]
    assert (state["state"], state["qbo_id"]) == ("deleted in QuickBooks", "")


def test_the_timeline_tells_everything_in_order(database):
    found = seed.busy(database)
    events = queries.timeline(found.session, "customer", found.customers["Alpine Outfitters"])["event"].tolist()
    assert [event for event in events if not event.startswith("error")] == ["queued", "available -> running", "running -> retryable"]
    assert events[-1] == "error opened"
    assert queries.timeline(found.session, "customer", 999).empty


def test_another_company_s_record_has_no_history_here(database):
    found, other = seed.busy(database), seed.company(database, "Globex")
    assert queries.timeline(other, "customer", found.customers["Alpine Outfitters"]).empty


def test_the_ledger_lists_documents_newest_first_and_names_by_name(database):
    session = seed.company(database)
    bills = [{"Id": str(n), "DocNumber": f"B-{n}", "TxnDate": f"2026-01-{n:02}", "TotalAmt": Decimal("10.50")} for n in (1, 3, 2)]
    accounts = [{"Id": "1", "Name": "Sales"}, {"Id": "2", "Name": "bank"}, {"Id": "3", "Name": "Rent", "Active": False}]
    with database.writing() as connection:
        ledger_writer.keep(connection, session.company_id, "Bill", bills, seed.NOON)
        ledger_writer.keep(connection, session.company_id, "Account", accounts, seed.NOON)
        ledger_writer.mark_deleted(connection, session.company_id, "Account", ["2"], seed.NOON)
    assert queries.ledger(session, "Bill")["doc_number"].tolist() == ["B-3", "B-2", "B-1"]
    assert queries.ledger(session, "Bill")["total"].iloc[0] == Decimal("10.50")
    assert queries.ledger(session, "Bill")["txn_date"].iloc[0] == date(2026, 1, 3)
    assert queries.ledger(session, "Account")["name"].tolist() == ["bank", "Rent", "Sales"]
    assert queries.ledger(session, "Account")["deleted"].tolist() == [True, False, False]
    assert queries.ledger(session, "Bill", search="b-2")["qbo_id"].tolist() == ["2"]
    assert queries.ledger(session, "Bill", page=2, size=2)["qbo_id"].tolist() == ["1"]
    assert queries.ledger_counts(session).set_index("entity")["number"].to_dict() == {"Account": 2, "Bill": 3}


def test_a_search_for_a_percent_sign_finds_percent_signs_only(database):
    session = seed.company(database)
    with database.writing() as connection:
        ledger_writer.keep(
            connection, session.company_id, "Account", [{"Id": "1", "Name": "VAT 20%"}, {"Id": "2", "Name": "Rent"}], seed.NOON
        )
    assert queries.ledger(session, "Account", search="%")["name"].tolist() == ["VAT 20%"]
