"""Reports of single lines: what each column shows, order, filters, sections."""

from __future__ import annotations

import pytest

from tests.unit.emulator.desk import cost, parsed, sale, side
from tests.unit.emulator.reading import report

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


def columns(found, row):
    return dict(zip(found.keys, row.texts, strict=True))


@pytest.fixture
def sold(desk):
    """An invoice of two lines and its payment."""
    desk.who = desk.customer()["Id"]
    first, second = desk.item("Anvil")["Id"], desk.item("Bell")["Id"]
    desk.made = desk.post(
        "invoice",
        {"CustomerRef": {"value": desk.who}, "TxnDate": "2026-01-05", "DocNumber": "7001", "PrivateNote": "by sea",
         "Line": [{**sale(first, 60), "Description": "big"}, sale(second, 40)]},
    )  # fmt: skip
    desk.paid = desk.post(
        "payment",
        {"CustomerRef": {"value": desk.who}, "TxnDate": "2026-01-09", "TotalAmt": 30, "PaymentRefNum": "CHK9",
         "Line": [{"Amount": 30, "LinkedTxn": [{"TxnId": desk.made["Id"], "TxnType": "Invoice"}]}]},
    )  # fmt: skip
    return desk


def test_a_ledger_line_shows_date_kind_number_name_memo_and_the_other_side(sold):
    found = report(sold, "GeneralLedger", **YEAR)
    lines = [columns(found, row) for row in found.rows if not row.summary and row.path == ("Sales of Product Income",)]
    assert [(each["tx_date"], each["txn_type"], each["doc_num"], each["name"], each["memo"]) for each in lines] == [
        ("2026-01-05", "Invoice", "7001", "Ada Ltd", "big"), ("2026-01-05", "Invoice", "7001", "Ada Ltd", "by sea"),
    ]  # fmt: skip
    assert [(each["split_acc"], each["subt_nat_amount"], each["rbal_nat_amount"]) for each in lines] == [
        ("Accounts Receivable (A/R)", "60.00", "60.00"), ("Accounts Receivable (A/R)", "40.00", "100.00"),
    ]  # fmt: skip
    receivable = [columns(found, row) for row in found.rows if not row.summary and row.path == ("Accounts Receivable (A/R)",)]
    assert [(each["txn_type"], each["doc_num"], each["split_acc"], each["subt_nat_amount"], each["rbal_nat_amount"]) for each in receivable] == [
        ("Invoice", "7001", "Sales of Product Income", "100.00", "100.00"), ("Payment", "CHK9", "Undeposited Funds", "-30.00", "70.00"),
    ]  # fmt: skip


def test_the_ids_of_a_line_are_those_of_transaction_name_and_account(sold):
    found = report(sold, "GeneralLedger", **YEAR)
    row = next(row for row in found.rows if row.texts[:2] == ["2026-01-05", "Invoice"])
    ids = dict(zip(found.keys, row.ids, strict=True))
    assert (ids["txn_type"], ids["name"], ids["tx_date"]) == (sold.made["Id"], sold.who, None)
    assert ids["split_acc"] == sold.account("Sales of Product Income")["value"]


def test_several_other_sides_are_a_split(desk):
    supplies, fee = desk.account("Supplies"), desk.account("Insurance")
    desk.post("bill", {"VendorRef": {"value": desk.vendor()["Id"]}, "Line": [cost(supplies, 5), cost(fee, 6)]})
    desk.post("journalentry", {"Line": [side("Debit", supplies, 1), side("Debit", fee, 2), side("Credit", desk.account("Checking"), 3)]})
    found = report(desk, "GeneralLedger", **YEAR)
    splits = {(columns(found, row)["txn_type"], row.path[-1]): columns(found, row)["split_acc"] for row in found.rows if not row.summary}
    assert splits["Bill", "Accounts Payable (A/P)"] == "-Split-"
    assert splits["Bill", "Supplies"] == "Accounts Payable (A/P)"
    assert splits["Journal Entry", "Checking"] == "-Split-"


def test_the_ledger_begins_with_what_was_there_before(sold):
    found = report(sold, "GeneralLedger", start_date="2026-01-06", end_date="2026-01-31")
    rows = [row.texts for row in found.rows if row.path == ("Accounts Receivable (A/R)",)]
    assert rows[0] == ["Beginning Balance", *[""] * 6, "100.00"]
    assert rows[1][-2:] == ["-30.00", "70.00"]
    assert rows[2] == ["Total for Accounts Receivable (A/R)", *[""] * 5, "-30.00", ""]


def test_income_begins_anew_with_the_fiscal_year_and_retained_earnings_take_it(sold):
    found = report(sold, "GeneralLedger", start_date="2027-01-01", end_date="2027-01-31")
    assert next(row.texts[-1] for row in found.rows if row.path == ("Retained Earnings",)) == "100.00"
    assert not [row for row in found.rows if row.path == ("Sales of Product Income",)]


def test_columns_come_as_asked_for_and_unknown_ones_are_left_out(sold):
    found = report(sold, "GeneralLedger", **YEAR, columns="account_name,subt_nat_amount,colour,debt_amt,credit_amt,item_name,create_date")
    assert found.keys == ["account_name", "subt_nat_amount", "debt_amt", "credit_amt", "item_name", "create_date"]
    row = columns(found, next(row for row in found.rows if not row.summary and row.path == ("Sales of Product Income",)))
    assert (row["account_name"], row["debt_amt"], row["credit_amt"], row["item_name"]) == ("Sales of Product Income", "", "60.00", "Anvil")
    assert row["create_date"] == sold.made["MetaData"]["CreateTime"]
    assert found.of("Total for Sales of Product Income").texts[1] == "100.00"


def test_the_older_columns_have_their_key_for_a_type(make):
    desk = make(report_columns="keyed")
    found = report(desk, "GeneralLedger", **YEAR)
    assert found.columns[0] == {"ColTitle": "Date", "ColType": "tx_date"}
    assert report(desk, "BalanceSheet").columns[1]["ColType"] == "Money"


def test_class_and_location_are_columns_where_the_company_tracks_them(desk, tracked):
    assert not {"klass_name", "dept_name"} & set(report(desk, "GeneralLedger").keys)
    assert {"klass_name", "dept_name"} <= set(report(tracked, "GeneralLedger").keys)


def test_a_transaction_list_has_a_row_for_each_transaction_posted_or_not(sold):
    estimate = sold.post("estimate", {"CustomerRef": {"value": sold.who}, "TxnDate": "2026-01-07", "Line": [sale(sold.item("Cog")["Id"], 8)]})
    found = report(sold, "TransactionList", **YEAR)
    rows = [columns(found, row) for row in found.rows]
    assert [(each["txn_type"], each["is_no_post"], each["subt_nat_amount"]) for each in rows] == [
        ("Invoice", "Yes", "100.00"), ("Estimate", "No", "8.00"), ("Payment", "Yes", "30.00"),
    ]  # fmt: skip
    assert (rows[0]["account_name"], rows[0]["other_account"]) == ("Accounts Receivable (A/R)", "Sales of Product Income")
    assert found.rows[1].ids[1] == estimate["Id"]


def test_lists_are_filtered_and_sorted(sold):
    for day, amount in (("2026-01-02", 5), ("2026-01-03", 9)):
        sold.post("bill", {"VendorRef": {"value": sold.vendor(f"V{amount}")["Id"]}, "TxnDate": day, "Line": [cost(sold.account("Supplies"), amount)]})
    kinds = [row.texts[1] for row in report(sold, "TransactionList", **YEAR, transaction_type="Bill,ReceivePayment").rows]
    assert kinds == ["Bill", "Bill", "Payment"]
    amounts = [row.texts[-1] for row in report(sold, "TransactionList", **YEAR, sort_by="subt_nat_amount", sort_order="descend").rows]
    assert amounts == ["100.00", "30.00", "9.00", "5.00"]
    assert [row.texts[2] for row in report(sold, "TransactionList", **YEAR, docnum="7001").rows] == ["7001"]
    only = report(sold, "TransactionList", **YEAR, source_account_type="AccountsPayable")
    assert [row.texts[1] for row in only.rows] == ["Bill", "Bill"]


def test_lists_by_name_have_a_section_for_each(sold):
    sold.bill(sold.vendor("Zeta")["Id"], 5, TxnDate="2026-01-02")
    found = report(sold, "TransactionListByCustomer", **YEAR)
    assert [row.texts[1] for row in found.rows if not row.summary and row.path == ("Ada Ltd",)] == ["Invoice", "Payment"]
    assert found.of("Total for Ada Ltd").texts[-1] == "130.00"
    assert [row.path for row in report(sold, "TransactionListByVendor", **YEAR).rows if not row.summary] == [("Zeta",)]


def test_the_journal_shows_every_line_once_and_sums_each_transaction(sold):
    found = report(sold, "JournalReport", **YEAR)
    lines = [(row.texts[1], row.texts[5], row.texts[6], row.texts[7]) for row in found.rows]
    assert lines[:4] == [
        ("Invoice", "Accounts Receivable (A/R)", "100.00", ""), ("", "Sales of Product Income", "", "60.00"),
        ("", "Sales of Product Income", "", "40.00"), ("", "", "100.00", "100.00"),
    ]  # fmt: skip
    assert found.rows[-1].texts == ["TOTAL", *[""] * 5, "130.00", "130.00"]


def test_kinds_of_payment_are_told_apart(desk):
    vendor, supplies, checking = desk.vendor()["Id"], desk.account("Supplies"), desk.account("Checking")
    card = desk.post("account", {"Name": "Visa", "AccountType": "Credit Card", "AccountSubType": "CreditCard"})["Id"]
    for kind, account, more in (("Cash", checking, {}), ("Check", checking, {}), ("CreditCard", {"value": card}, {}), ("CreditCard", {"value": card}, {"Credit": True})):
        desk.post("purchase", {"PaymentType": kind, "AccountRef": account, "Line": [cost(supplies, 2)], **more})
    for pay in ({"PayType": "Check", "CheckPayment": {"BankAccountRef": checking}}, {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": card}}}):
        desk.post("billpayment", {"VendorRef": {"value": vendor}, "TotalAmt": 1, "Line": [], **pay})
    kinds = [row.texts[1] for row in report(desk, "TransactionList", **YEAR).rows]
    assert kinds == ["Expense", "Check", "Credit Card Expense", "Credit Card Credit", "Bill Payment (Check)", "Bill Payment (Credit Card)"]


def test_the_list_of_accounts_shows_types_and_balances(sold):
    found = report(sold, "AccountList")
    row = columns(found, found.of("Accounts Receivable (A/R)"))
    assert (row["account_type"], row["detail_acc_type"], row["account_bal"]) == ("Accounts Receivable", "AccountsReceivable", "70.00")
    assert "StartPeriod" not in found.header
    banks = report(sold, "AccountList", account_type="Bank", columns="account_name")
    assert all(sold.account(name)["value"] for (name,) in banks.data)
    assert {sold.read("Account", row.ids[0])["AccountType"] for row in banks.rows} == {"Bank"}


def test_a_report_that_is_too_large_is_cut_and_says_so(desk):
    vendor = desk.vendor()["Id"]
    for _ in range(5):
        desk.bill(vendor, 5)
    for limit in range(1, 112, 7):
        desk.control("POST", "switches", {"report_cells": limit})
        rows = parsed(desk.ask("GET", "reports/GeneralLedger"))["Rows"]["Row"]
        assert rows[-1] == {"ColData": [{"value": "Unable to display more data. Please reduce the date range."}], "type": "Data"}
        assert cells_of(rows[:-1]) <= limit
    desk.control("POST", "switches", {"report_cells": 400_000})
    assert cells_of(parsed(desk.ask("GET", "reports/GeneralLedger"))["Rows"]["Row"]) == 8 * (2 * 5 + 4)


def cells_of(found):
    own = sum(len(row[part]["ColData"]) for row in found for part in ("Header", "Summary") if part in row)
    return own + sum(len(row.get("ColData", ())) + cells_of(row.get("Rows", {}).get("Row", ())) for row in found)
