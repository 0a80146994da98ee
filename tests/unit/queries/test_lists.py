"""The seven accounting lists: what each shows, where its entries came from, how they are searched and summed up."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import insert

from syncengine import commands, queries
from syncengine.errors import Forbidden
from syncengine.inventory import writer
from syncengine.ledger import writer as ledger
from syncengine.queries import Session
from syncengine.store import bindings, inbox
from syncengine.store.tables import Error
from tests.unit.queries import seed

LATER = seed.NOON + timedelta(hours=1)
VENDOR = {"value": "7", "name": "Nordic Ropes"}


def bill(qbo_id: str, day: str, total: str, currency: str = "USD", **more) -> dict:
    return {
        "Id": qbo_id, "SyncToken": "0", "TxnDate": day, "DocNumber": f"B{qbo_id}", "TotalAmt": Decimal(total), "Balance": Decimal("1.10"),
        "DueDate": "2026-02-14", "VendorRef": VENDOR, "CurrencyRef": {"value": currency}, **more,
    }  # fmt: skip


OBJECTS = {
    "Account": [
        {"Id": "1", "Name": "Assets", "FullyQualifiedName": "Assets", "AccountType": "Other Current Asset", "AcctNum": "1400"},
        {
            "Id": "2", "Name": "Stock", "FullyQualifiedName": "Assets:Stock", "AccountType": "Other Current Asset", "AccountSubType": "Inventory",
            "Description": "What lies here", "CurrentBalance": Decimal("12.50"), "Active": False,
        },
    ],
    "Bill": [
        bill("10", "2026-01-10", "100.25", PrivateNote="Harbour works [T-0000ABCD]"), bill("11", "2026-01-12", "50.00"),
        bill("12", "2026-01-11", "7.00", "EUR"),
    ],
    "CreditMemo": [{"Id": "20", "TxnDate": "2026-01-09", "TotalAmt": Decimal(5), "CustomerRef": {"value": "3", "name": "Coral"}}],
    "Employee": [{"Id": "30", "DisplayName": "Grace Hopper"}],
    "JournalEntry": [
        {
            "Id": "40", "DocNumber": "SOS17689", "TxnDate": "2026-01-08", "PrivateNote": "Shipment 7 [T-0000ABCD]",
            "Line": [
                {"Amount": Decimal("30.10"), "JournalEntryLineDetail": {"PostingType": "Debit"}},
                {"Amount": Decimal("4.90"), "JournalEntryLineDetail": {"PostingType": "Debit"}},
                {"Amount": Decimal("35.00"), "JournalEntryLineDetail": {"PostingType": "Credit"}},
                {"Description": "a remark"},
            ],
        }
    ],
    "Purchase": [
        {
            "Id": "50", "TxnDate": "2026-01-07", "TotalAmt": Decimal("9.99"), "PaymentType": "Check", "EntityRef": VENDOR,
            "AccountRef": {"value": "2", "name": "Checking"},
        }
    ],
    "TaxRate": [{"Id": "1", "Name": "State", "RateValue": Decimal("6.5")}, {"Id": "2", "Name": "City", "RateValue": Decimal(2)}],
    "TaxCode": [
        {
            "Id": "60", "Name": "Local", "Description": "Both", "SalesTaxRateList": {
                "TaxRateDetail": [{"TaxRateRef": {"value": "1"}}, {"TaxRateRef": {"value": "2"}}]},
            "PurchaseTaxRateList": {"TaxRateDetail": []},
        },
        {"Id": "61", "Name": "Unknown", "PurchaseTaxRateList": {"TaxRateDetail": [{"TaxRateRef": {"value": "99"}}]}},
    ],
}  # fmt: skip


@pytest.fixture
def session(database) -> Session:
    """A company with entries in each list; bill 10 came from an item receipt that has an open error."""
    session = seed.company(database)
    company_id = session.company_id
    with database.writing() as connection:
        for entity, objects in OBJECTS.items():
            ledger.keep(connection, company_id, entity, objects, seed.NOON)
        receipt = writer.save(connection, "item_receipt", company_id, {"number": "R-77", "posts_as": "bill"})
        pair = {"kind": "item_receipt", "record_id": receipt, "sync_token": "0", "base": {}}
        bindings.add(connection, company_id, LATER, [{"entity": "Bill", "qbo_id": "10", **pair}])
        writer.save(connection, "employee_link", company_id, {"worker_name": "Grace", "employee_qbo_id": "30"})
        said = {"company_id": company_id, "entity": "Bill", "kind": "item_receipt", "record_id": receipt, "code": "6140", "remedy": "x"}
        connection.execute(
            insert(Error),
            [
                {**said, "cause": "An old story.", "opened_at": seed.NOON, "closed_at": seed.NOON},
                {**said, "cause": "The number is taken.", "opened_at": seed.NOON, "closed_at": None},
                {**said, "cause": "Another kind's error.", "kind": "transfer", "opened_at": LATER, "closed_at": None},
            ],
        )
        reason = {"label": "Grace", "deleted": False, "payload": "{}", "cause": "Two of this name.", "remedy": "y"}
        inbox.put(connection, company_id, seed.NOON, "Employee", "30", **reason)
    return session


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
    assert (ours["sync_error"], ours["last_sync"]) == ("The number is taken.", LATER)
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
        ledger.mark_deleted(connection, session.company_id, "Bill", ["11"], LATER)
    assert sums()[1] == ("USD", 1, Decimal("100.25"), Decimal("1.10"))
    assert [row["deleted"] for row in shown(session, "bills")] == [True, False, False]


def test_sums_stay_exact_beyond_what_a_whole_number_of_the_database_holds(session):
    """2 x 99,999,999,999.99 in units of ten to the minus seven still fits; thirty of them do not."""
    huge = [bill(str(number), "2026-01-01", "99999999999.99", "IDR") for number in range(100, 130)]
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
