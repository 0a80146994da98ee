"""The companies: what is in each of them, and that the same start gives the same books."""

from __future__ import annotations

from decimal import Decimal

import pytest

from syncengine.emulator import Emulator
from syncengine.emulator.rules.accounts import TYPES
from tests.unit.emulator.desk import Desk


def counts(desk: Desk) -> dict[str, int]:
    return desk.control("GET", "state")[1]["objects"][desk.realm]


def test_an_empty_company_has_lists_and_nothing_else(desk: Desk):
    assert counts(desk).keys() == {"Account", "CompanyInfo", "PaymentMethod", "Preferences", "TaxCode", "Term"}
    names = {row["Name"] for row in desk.select("select * from Account maxresults 1000")}
    assert names >= {
        "Accounts Receivable (A/R)", "Accounts Payable (A/P)", "Checking", "Savings", "Undeposited Funds", "Inventory Asset",
        "Sales of Product Income", "Services", "Cost of Goods Sold", "Opening Balance Equity", "Retained Earnings", "Discounts given",
        "Shipping and delivery expense", "Freight & delivery - COS",
    }  # fmt: skip
    assert {row["Name"]: row["DueDays"] for row in desk.select("select * from Term")} == {
        "Due on receipt": 0, "Net 15": 15, "Net 30": 30, "Net 60": 60,
    }  # fmt: skip
    assert {row["Id"] for row in desk.select("select * from TaxCode")} == {"TAX", "NON", "CustomSalesTax"}
    accounting = desk.select("select * from Preferences")[0]["AccountingInfoPrefs"]
    tracking = ("TrackDepartments", "ClassTrackingPerTxn", "ClassTrackingPerTxnLine")
    assert [accounting[name] for name in tracking] == [False, False, False]


def test_the_distributor_has_a_working_days_worth_of_everything(tracked: Desk):
    found = counts(tracked)
    expected = {"Customer": 12, "Vendor": 6, "Item": 15, "Class": 4, "Department": 2, "Employee": 3, "Invoice": 15, "PurchaseOrder": 5}
    assert {name: found[name] for name in expected} == expected
    assert {row["Type"] for row in tracked.select("select * from Item")} == {"NonInventory", "Service"}
    accounting = tracked.select("select * from Preferences")[0]["AccountingInfoPrefs"]
    assert (accounting["ClassTrackingPerTxnLine"], accounting["TrackDepartments"]) == (True, True)


@pytest.mark.parametrize("kind", ["demo", "intuit"])
def test_the_books_of_a_company_agree_with_themselves(make, kind):
    desk = make(kind)
    invoices = desk.select("select * from Invoice maxresults 1000")
    payments = desk.select("select * from Payment maxresults 1000")
    owed = sum((row["Balance"] for row in invoices), Decimal(0)) - sum((row["UnappliedAmt"] for row in payments), Decimal(0))
    owed -= sum((row["Balance"] for row in desk.select("select * from CreditMemo maxresults 1000")), Decimal(0))
    customers = desk.select("select * from Customer where Active in (true, false) maxresults 1000")
    assert sum((row["Balance"] for row in customers), Decimal(0)) == owed
    accounts = desk.select("select * from Account where Active in (true, false) maxresults 1000")
    receivable = next(row for row in accounts if row["AccountType"] == "Accounts Receivable")
    assert receivable["CurrentBalance"] == owed
    for row in invoices:
        lines = [line["Amount"] for line in row["Line"] if line["DetailType"] != "SubTotalLineDetail"]
        assert sum(lines, Decimal(0)) == row["TotalAmt"]
        assert row["TxnDate"] <= "2026-01-15"


def test_the_sandbox_company_has_the_names_and_ids_of_intuits(make):
    desk = make("intuit")
    for entity, id_, name in (
        ("Customer", "1", "Amy's Bird Sanctuary"), ("Customer", "29", "Weiskopf Consulting"), ("Vendor", "30", "Books by Bessie"),
        ("Vendor", "53", "United States Treasury (deleted)"), ("Employee", "55", "Emily Platt (deleted)"), ("Vendor", "57", "Squeaky Kleen Car Wash"),
    ):  # fmt: skip
        assert desk.read(entity, id_)["DisplayName"] == name
    for entity, id_, name in (
        ("Account", "33", "Accounts Payable (A/P)"), ("Account", "65", "Job Expenses:Job Materials:Fountain and Garden Lighting"),
        ("Account", "5", "Fees Billed (deleted)"), ("Item", "5", "Rock Fountain"), ("Item", "18", "Trimming"),
    ):  # fmt: skip
        assert desk.read(entity, id_)["FullyQualifiedName"] == name
    assert (desk.read("Term", "3")["Name"], desk.read("PaymentMethod", "7")["Name"]) == ("Net 30", "Diners Club")
    assert desk.read("Customer", "9")["FullyQualifiedName"] == "Freeman Sporting Goods:55 Twin Lane"
    assert desk.customer("Doe5, Jane")["Id"] == "70"
    assert desk.invoice("1", "1")["Id"] == "266"


def test_the_sandbox_company_has_some_of_every_kind_of_transaction_and_tracks_both(make):
    desk = make("intuit")
    found = counts(desk)
    kinds = {
        "Invoice", "Payment", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt", "Bill", "BillPayment", "VendorCredit",
        "PurchaseOrder", "Purchase", "JournalEntry", "Deposit", "Transfer", "TimeActivity",
    }  # fmt: skip
    assert kinds <= found.keys()
    assert found["Payment"] >= 5
    preferences = desk.select("select * from Preferences")[0]
    assert (preferences["AccountingInfoPrefs"]["ClassTrackingPerTxnLine"], preferences["AccountingInfoPrefs"]["TrackDepartments"]) == (True, True)
    assert preferences["OtherPrefs"]["NameValue"][0]["Name"] == "SalesFormsPrefs.DefaultCustomerMessage"


def test_several_companies_live_in_one_emulator_and_do_not_mix(desk: Desk):
    other = Desk(desk.emulator, "empty")
    desk.customer("Ada")
    assert other.select("select * from Customer") == []
    assert other.customer("Ada")["Id"] == "1"
    assert len({desk.realm, other.realm}) == 2


def test_a_company_of_an_unknown_kind_cannot_be_made():
    emulator = Emulator()
    with pytest.raises(ValueError, match="there is no company 'bakery'; there are: demo, intuit, empty"):
        emulator.add_company("bakery")
    emulator.close()


def test_every_account_of_the_chart_is_of_a_known_type(desk: Desk):
    for row in desk.select("select * from Account maxresults 1000"):
        assert row["AccountSubType"] in TYPES[row["AccountType"]].sub_types
