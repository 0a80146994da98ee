"""The seven accounting lists: what each shows, where its entries came from, how they are searched and summed up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from syncengine import commands, queries
from syncengine.errors import Forbidden
from syncengine.ledger import writer as ledger
from syncengine.queries import Session, lists
from tests.support.statements import statements
from tests.unit.queries import entries, seed


@pytest.fixture
def session(database) -> Session:
    return entries.filled(database)


def shown(session: Session, name: str, **more) -> list[dict]:
    return queries.accounting_list(session, name, **more).to_dict("records")


def test_exactly_the_seven_lists_are_there_with_their_numbers(session):
    found = queries.accounting_lists(session)
    titles = ["Accounts", "Bills", "Credit memos", "Employees", "Journal entries", "Purchases", "Tax codes"]
    assert found["title"].tolist() == titles
    assert found["number"].tolist() == [2, 3, 1, 1, 1, 1, 2]


def test_accounts_stand_under_their_parents(session):
    first, second = shown(session, "accounts")
    assert (first["full_name"], first["level"], first["number"], first["parent"]) == ("Assets", 1, "1400", "")
    assert (second["name"], second["parent"], second["level"], second["detail_type"]) == ("Stock", "Assets", 2, "Inventory")
    assert (second["active"], second["balance"], second["description"]) == (False, Decimal("12.50"), "What lies here")


def test_a_bill_names_the_record_that_it_came_from_and_its_newest_open_error(session):
    newest, other, ours = shown(session, "bills")
    assert [newest["qbo_id"], other["qbo_id"], ours["qbo_id"]] == ["11", "12", "10"]
    assert (ours["source"], ours["source_kind"]) == ("Item receipt R-77", "item_receipt")
    assert (ours["sync_error"], ours["last_sync"]) == ("The number is taken.", entries.LATER)
    assert (ours["date"], ours["number"], ours["vendor"], ours["due"]) == (date(2026, 1, 10), "B10", "Nordic Ropes", "2026-02-14")
    assert (ours["total"], ours["balance"], ours["memo"]) == (Decimal("100.25"), Decimal("1.10"), "Harbour works")
    assert (newest["source"], newest["sync_error"], newest["last_sync"]) == ("", "", seed.NOON)


def test_a_journal_entry_shows_the_sum_of_its_debits(session):
    (entry,) = shown(session, "journal_entries")
    assert (entry["total"], entry["number"], entry["memo"]) == (Decimal("35.00"), "SOS17689", "Shipment 7")


def test_the_other_lists_show_what_belongs_to_them(session):
    (memo,), (purchase,), (employee,) = (shown(session, name) for name in ("credit_memos", "purchases", "employees"))
    assert (memo["customer"], memo["total"]) == ("Coral", Decimal(5))
    assert (purchase["vendor"], purchase["payment_type"], purchase["account"]) == ("Nordic Ropes", "Check", "Checking")
    assert (employee["name"], employee["linked_worker"], employee["sync_error"]) == ("Grace Hopper", "Grace", "Two of this name.")


def test_a_tax_code_shows_its_rates_and_no_sum_where_one_has_not_arrived(session):
    local, unknown = shown(session, "tax_codes")
    assert (local["sales_rate"], local["purchase_rate"], local["rates"]) == (Decimal("8.5"), None, ("State 6.5 %", "City 2 %"))
    assert (local["is_sales"], local["is_purchase"], unknown["is_sales"], unknown["is_purchase"]) == (True, False, False, True)
    assert unknown["purchase_rate"] is None


SEARCHES = [
    ("bills", "nordic", ["11", "12", "10"]), ("bills", "b10", ["10"]), ("bills", "WORKS", ["10"]), ("bills", "100 %", []),
    ("accounts", "1400", ["1"]), ("accounts", "lies", ["2"]), ("purchases", "ropes", ["50"]), ("journal_entries", "shipment", ["40"]),
    ("employees", "hopper", ["30"]), ("employees", "displayname", []),
]  # fmt: skip


def test_a_search_looks_into_name_number_party_and_memo(session):
    for name, search, ids in SEARCHES:
        assert [row["qbo_id"] for row in shown(session, name, search=search)] == ids, search
        assert queries.accounting_count(session, name, search=search) == len(ids)
        assert queries.accounting_totals(session, name, search=search)["number"].sum() == len(ids)


def test_pages_of_one_are_the_list_in_order(session):
    assert [shown(session, "bills", page=page, size=1)[0]["qbo_id"] for page in (1, 2, 3)] == ["11", "12", "10"]
    assert shown(session, "bills", page=4, size=1) == []


def test_totals_never_add_two_currencies_and_leave_out_what_was_deleted(session):
    def sums() -> list[tuple]:
        found = queries.accounting_totals(session, "bills")[["currency", "number", "total", "balance"]]
        return list(found.itertuples(index=False, name=None))

    assert sums() == [("EUR", 1, Decimal("7.00"), Decimal("1.10")), ("USD", 2, Decimal("150.25"), Decimal("2.20"))]
    with session.database.writing() as connection:
        ledger.mark_deleted(connection, session.company_id, "Bill", ["11"], entries.LATER)
    assert sums()[1] == ("USD", 1, Decimal("100.25"), Decimal("1.10"))
    assert [row["deleted"] for row in shown(session, "bills")] == [True, False, False]


def test_where_quickbooks_knows_one_currency_all_is_in_that(session):
    """Of several the payloads have to be read; of one they say nothing else."""
    several = queries.accounting_totals(session, "bills")
    prefs = {"Id": "1", "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "EUR"}}}
    with session.database.writing() as connection:
        ledger.keep(connection, session.company_id, "Preferences", [prefs], seed.NOON)
    (only,) = queries.accounting_totals(session, "bills").to_dict("records")
    assert len(several) == 2
    assert (only["currency"], only["number"]) == ("EUR", several["number"].sum())
    assert (only["total"], only["balance"]) == (several["total"].sum(), several["balance"].sum())
    assert queries.accounting_totals(session, "bills", search="nothing like it").empty


def test_sums_stay_exact_beyond_what_a_whole_number_of_the_database_holds(session):
    """2 x 99,999,999,999.99 in units of ten to the minus seven still fits; thirty of them do not."""
    huge = [entries.bill(str(number), "2026-01-01", "99999999999.99", "IDR") for number in range(100, 130)]
    with session.database.writing() as connection:
        ledger.keep(connection, session.company_id, "Bill", huge, seed.NOON)
    assert queries.accounting_totals(session, "bills").set_index("currency").loc["IDR", "total"] == 30 * Decimal("99999999999.99")


def test_a_list_opens_with_its_own_permission_and_no_other(session):
    for person, permission in (("bea@x.example", "see_bills"), ("cy@x.example", "see_accounts")):
        commands.set_role(session, person, "viewer")
        commands.grant(session, person, permission)
    bea = Session(session.database, "bea@x.example", session.company_id, session.clock, signed_in=True)
    assert queries.accounting_lists(bea)["name"].tolist() == ["bills"]
    assert len(queries.accounting_list(bea, "bills")) == 3
    assert queries.ledger_counts(bea)["entity"].tolist() == ["Bill"]
    with pytest.raises(Forbidden, match=r"may not see the list of accounts.*Ask an owner"):
        queries.accounting_list(bea, "accounts")
    with pytest.raises(Forbidden, match=r"no accounting list 'customers'. The lists are: accounts"):
        queries.accounting_list(bea, "customers")


def test_a_copy_that_another_program_broke_shows_what_is_left_of_it(session):
    broken = {"Id": "70", "TxnDate": "soon", "TotalAmt": "many", "VendorRef": "nobody", "CurrencyRef": None, "PrivateNote": 5}
    with session.database.writing() as connection:
        ledger.keep(connection, session.company_id, "Bill", [broken], seed.NOON)
    (row,) = shown(session, "bills", search="5")[-1:]
    assert (row["qbo_id"], row["vendor"], row["memo"]) == ("70", "", "5")


@pytest.mark.parametrize(
    ("narrowed", "ids"),
    [
        ({"since": date(2026, 1, 11)}, ["11", "12"]),
        ({"until": date(2026, 1, 11)}, ["12", "10"]),
        ({"since": date(2026, 1, 11), "until": date(2026, 1, 11)}, ["12"]),
        ({"problems": True}, ["10"]),
        ({"problems": True, "since": date(2026, 1, 11)}, []),
        ({"search": "B1", "until": None, "since": None, "problems": False}, ["11", "12", "10"]),
    ],
)
def test_a_list_is_narrowed_by_days_and_to_problems_with_its_count_and_totals(session, narrowed, ids):
    assert [row["qbo_id"] for row in shown(session, "bills", **narrowed)] == ids
    assert queries.accounting_count(session, "bills", **narrowed) == len(ids)
    assert queries.accounting_totals(session, "bills", **narrowed)["number"].sum() == len(ids)


def test_what_was_deleted_or_refused_counts_as_a_problem(session):
    with session.database.writing() as connection:
        ledger.mark_deleted(connection, session.company_id, "Bill", ["11"], entries.LATER)
    assert [row["qbo_id"] for row in shown(session, "bills", problems=True)] == ["11", "10"]
    assert [row["qbo_id"] for row in shown(session, "employees", problems=True)] == ["30"]


def test_a_document_that_drifted_says_so_until_somebody_has_answered(session):
    assert {row["drift"] for row in shown(session, "bills")} == {""}
    entries.drifted(session)
    assert {row["qbo_id"]: row["drift"] for row in shown(session, "bills")} == {"11": "", "12": "", "10": "changed"}
    assert [row["qbo_id"] for row in shown(session, "bills", problems=True)] == ["10"]
    assert queries.accounting_count(session, "bills", problems=True) == 1
    assert queries.accounting_entry(session, "bills", "10")["drift"] == "changed"
    drift = int(queries.drifts(session)["id"].iloc[0])
    commands.answer_drift(session, drift, "theirs")
    assert {row["drift"] for row in shown(session, "bills")} == {""}
    assert shown(session, "bills", problems=True) == []


def test_one_entry_is_shown_with_all_that_quickbooks_holds(session):
    entry = queries.accounting_entry(session, "bills", "10")
    assert (entry["source"], entry["sync_error"], entry["total"]) == ("Item receipt R-77", "The number is taken.", Decimal("100.25"))
    assert '"TotalAmt":100.25' in entry["payload"]
    assert queries.accounting_entry(session, "bills", "20") is None  # a credit memo's Id


@pytest.mark.parametrize("sought", ["hara", "HARA 7", 'O"Hara', "söhne", "7-up", "&", "a\\b"])
def test_a_name_within_an_entry_is_found_however_json_writes_it(session, sought):
    vendor = {"value": "9", "name": 'O"Hara 7-up & Söhne a\\b'}
    found = {**entries.bill("200", "2026-01-01", "1", "USD"), "VendorRef": vendor, "PrivateNote": "hara 7"}
    with session.database.writing() as connection:
        ledger.keep(connection, session.company_id, "Bill", [found], seed.NOON)
    assert queries.accounting_list(session, "bills", search=sought)["qbo_id"].tolist() == ["200"]
    assert queries.accounting_count(session, "bills", search=sought) == 1


@pytest.mark.parametrize("few", [0, 3000])
@pytest.mark.parametrize(
    "narrowed",
    [
        {}, {"search": "b1"}, {"search": "works"}, {"problems": True}, {"problems": True, "since": date(2026, 1, 11)},
        {"search": "nobody"}, {"until": date(2026, 1, 11)},
    ],
)  # fmt: skip
def test_a_page_with_count_and_totals_is_what_each_gives_for_itself(session, monkeypatch, narrowed, few):
    monkeypatch.setattr(lists, "_FEW", few)
    for name in ("bills", "accounts", "journal_entries"):
        wanted = {key: value for key, value in narrowed.items() if name == "bills" or key in {"search", "problems"}}
        for page in (1, 2):
            total, totals, found = queries.accounting_page(session, name, page=page, size=2, **wanted)
            assert total == queries.accounting_count(session, name, **wanted)
            pd.testing.assert_frame_equal(totals, queries.accounting_totals(session, name, **wanted))
            pd.testing.assert_frame_equal(found, queries.accounting_list(session, name, page=page, size=2, **wanted))


def test_a_list_that_is_searched_is_gone_through_once(session):
    with statements(session.database) as said:
        queries.accounting_page(session, "bills", search="works")
        queries.accounting_page(session, "bills", problems=True)
    assert sum("LIKE" in each for each in said) == 1
    assert sum("sync_error" in each and "EXISTS" in each for each in said) == 1
