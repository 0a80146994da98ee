"""The seven accounting lists as pages: rows, totals, what narrows them, the drawer, and that nothing can be changed."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from sqlalchemy import update

from syncengine.db.engine import Database
from syncengine.ledger import writer as ledger
from syncengine.ledger.tables import LedgerObject
from syncengine.store import people
from syncengine.store.rights import LISTS
from tests.unit.queries import entries, seed
from tests.unit.ui.conftest import now, run, select, table, texts


@pytest.fixture
def session(sqlite_database: Database):
    return entries.filled(sqlite_database, now=now())


def rows(at, name):
    return table(at, f"accounting.{name}").value


@pytest.mark.parametrize("name", LISTS)
def test_each_list_shows_its_entries_and_offers_no_change(open_page, session, name):
    at = open_page(f"pages/{name}.py")
    assert len(rows(at, name)) >= 1
    assert "For viewing only" in texts(at)
    assert [button.label for button in at.button] == ["Look closer"]


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_what_would_bring_it(open_page, idle, name):
    at = open_page(f"pages/{name}.py")
    assert "Nothing has come from QuickBooks yet." in texts(at)
    assert not at.dataframe


def test_bills_show_source_sync_column_and_totals_of_each_currency(open_page, session):
    at = open_page("pages/bills.py")
    assert rows(at, "bills")["sync"].tolist() == ["✓ In step", "✓ In step", "✕ Sync error"]
    assert "total 7.00 EUR" in texts(at).replace("*", "")
    assert "total 150.25 USD" in texts(at).replace("*", "")


def test_a_document_that_drifted_says_so_in_its_row_and_its_drawer(open_page, session):
    entries.drifted(session)
    assert rows(open_page("pages/bills.py"), "bills")["sync"].tolist() == ["✓ In step", "✓ In step", "≠ Changed in QuickBooks"]
    at = open_page("pages/bills.py", entry="10")
    assert "It was changed in QuickBooks since it was sent." in texts(at)


def test_the_address_narrows_the_list(open_page, session):
    at = open_page("pages/bills.py", search="B1", since="2026-01-11", until="2026-01-11")
    assert rows(at, "bills")["qbo_id"].tolist() == ["12"]
    at = open_page("pages/bills.py", problems="true")
    assert rows(at, "bills")["qbo_id"].tolist() == ["10"]
    assert "Nothing matches" in texts(open_page("pages/bills.py", search="no such number"))


def test_a_row_opens_in_a_drawer_that_the_address_names(open_page, session):
    at = select(open_page("pages/journal_entries.py"), "accounting.journal_entries", [0])
    at.button(key="journal_entries.look").click()
    run(at)
    assert at.query_params["entry"] == "40"
    assert "SOS17689" in texts(at)
    [lines] = [each.value for each in at.table if "Debit" in each.value.columns]
    assert lines["Debit"].tolist() == ["30.10", "4.90", "", ""]
    assert "Journal entry SOS17689" in texts(open_page("pages/journal_entries.py", entry="40"))


def test_sums_in_a_drawer_are_told_with_their_currency(open_page, session, sqlite_database):
    prefs = {"Id": "1", "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}}}
    with sqlite_database.writing() as connection:
        ledger.keep(connection, session.company_id, "Preferences", [prefs], now())
    at = open_page("pages/bills.py", entry="12")
    told = dict(at.table[0].value.to_numpy().tolist())
    assert (told["Total"], "Currency" in told) == ("7.00 EUR", False)
    assert "**Lines**, in USD" in texts(open_page("pages/journal_entries.py", entry="40"))


def test_an_entry_that_is_not_there_is_said(open_page, session):
    assert "no such entry" in texts(open_page("pages/bills.py", entry="999"))


def test_a_list_is_closed_to_who_has_no_right_to_it(open_page, session, sqlite_database, monkeypatch):
    for home in ("syncengine.store.rights", "syncengine.queries.session", "syncengine.ui.session"):
        monkeypatch.setattr(f"{home}.is_local", lambda _: False)
    monkeypatch.setenv("TIEOUT_ACTOR", "op@example.com")
    with sqlite_database.writing() as connection:
        people.put(connection, session.company_id, "op@example.com", "operator", seed.NOON, "seed")
    at = open_page("pages/bills.py")
    assert "may not see the list of bills" in texts(at)
    assert not at.dataframe


def test_entries_that_were_deleted_are_counted_apart_from_what_is_added_up(open_page, session, sqlite_database):
    with sqlite_database.writing() as connection:
        connection.execute(update(LedgerObject).where(LedgerObject.entity == "Bill", LedgerObject.qbo_id == "11").values(deleted=True))
    at = open_page("pages/bills.py")
    said = texts(at).replace("*", "")
    assert len(rows(at, "bills")) == 3
    assert "2 entries and 1 deleted" in said
    assert "total 100.25 USD" in said


def test_a_tax_rate_has_all_its_digits_in_the_list_and_in_the_drawer(open_page, session, sqlite_database):
    with sqlite_database.writing() as connection:
        rates = [{"Id": "71", "Name": "City", "RateValue": Decimal("4.0625")}, {"Id": "72", "Name": "State", "RateValue": Decimal("8.875")}]
        ledger.keep(connection, session.company_id, "TaxRate", rates, now())
        codes = [
            {"Id": f"5{each['Id']}", "Name": each["Name"], "SalesTaxRateList": {"TaxRateDetail": [{"TaxRateRef": {"value": each["Id"]}}]}}
            for each in rates
        ]
        ledger.keep(connection, session.company_id, "TaxCode", codes, now())
    at = open_page("pages/tax_codes.py", entry="572")
    told = dict(at.table[0].value.to_numpy().tolist())
    assert told["Sales rate %"] == "8.875"
    columns = json.loads(table(at, "accounting.tax_codes").proto.columns)
    assert columns["sales_rate"]["type_config"]["format"] == "%,.4f"
