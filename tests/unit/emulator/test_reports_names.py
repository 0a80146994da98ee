"""Who owes what since when, and what was sold to whom."""

from __future__ import annotations

import pytest

from tests.unit.emulator.desk import cost, sale
from tests.unit.emulator.reading import report

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


def owed(desk, customer, amount, due, **more):
    return desk.invoice(customer, desk.wares, amount, TxnDate=more.pop("date", "2026-01-01"), DueDate=due, **more)


@pytest.fixture
def owing(desk):
    """A customer with a job below it, and something to sell."""
    desk.wares = desk.item()["Id"]
    desk.who = desk.customer()["Id"]
    desk.job = desk.customer("Job", Job=True, ParentRef={"value": desk.who})["Id"]
    return desk


def test_each_amount_ages_from_the_day_on_which_it_is_due(owing):
    for due, amount in (("2026-04-01", 1), ("2026-03-31", 2), ("2026-03-02", 4), ("2026-03-01", 8), ("2026-01-01", 16), ("2025-12-31", 32)):
        owed(owing, owing.who, amount, due, date="2025-12-01")
    found = report(owing, "AgedReceivables", report_date="2026-04-01")
    assert [each["ColTitle"] for each in found.columns] == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    assert found.of("Ada Ltd").texts == ["Ada Ltd", "1.00", "6.00", "8.00", "16.00", "32.00", "63.00"]


def test_buckets_are_as_long_and_as_many_as_asked_for(owing):
    owed(owing, owing.who, 5, "2026-01-10")
    found = report(owing, "AgedReceivables", report_date="2026-01-25", aging_period="7", num_periods="3")
    assert [each["ColTitle"] for each in found.columns] == ["", "Current", "1 - 7", "8 - 14", "15 and over", "Total"]
    assert found.of("Ada Ltd").texts == ["Ada Ltd", "", "", "", "5.00", "5.00"]


def test_ages_may_be_counted_from_today_or_from_the_transactions_own_date(owing):
    owed(owing, owing.who, 5, "2026-01-14", date="2025-12-01")
    assert report(owing, "AgedReceivables", report_date="2026-06-30").of("Ada Ltd").texts[5] == "5.00"
    assert report(owing, "AgedReceivables", report_date="2026-06-30", aging_method="Current").of("Ada Ltd").texts[2] == "5.00"
    owing.act("set_preferences", changes={"ReportPrefs": {"CalcAgingReportFromTxnDate": True}})
    assert report(owing, "AgedReceivables", report_date="2026-01-15").of("Ada Ltd").texts[3] == "5.00"


def test_a_job_stands_inside_its_customer(owing):
    owed(owing, owing.job, 7, "2026-01-31")
    found = report(owing, "AgedReceivables")
    assert found.of("Ada Ltd").texts == ["Ada Ltd", "", "", "", "", "", "0.00"]
    assert found.of("Job").path == ("Ada Ltd",)
    assert found.of("Total Ada Ltd").texts[-1] == "7.00"
    assert found.group("GrandTotal").texts == ["TOTAL", "7.00", "0.00", "0.00", "0.00", "0.00", "7.00"]


def test_a_payment_counts_from_its_own_day_on(owing):
    made = owed(owing, owing.who, 50, "2026-01-05")
    line = {"Amount": 20, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]}
    owing.post("payment", {"CustomerRef": {"value": owing.who}, "TxnDate": "2026-01-10", "TotalAmt": 25, "Line": [line]})
    before = report(owing, "AgedReceivableDetail", report_date="2026-01-09")
    assert [row.texts[-1] for row in before.rows if not row.summary] == ["50.00"]
    after = report(owing, "AgedReceivableDetail", report_date="2026-01-10")
    assert sorted((row.texts[1], row.texts[-2], row.texts[-1]) for row in after.rows if not row.summary) == [
        ("Invoice", "50.00", "30.00"), ("Payment", "-25.00", "-5.00"),
    ]  # fmt: skip
    assert report(owing, "CustomerBalance").of("Ada Ltd").texts[1] == "25.00"


def test_a_credit_that_was_used_is_no_longer_open(owing):
    owing.control("POST", "switches", {"auto_apply_credit": "never"})
    made = owed(owing, owing.who, 50, "2026-01-05")
    credit = owing.post("creditmemo", {"CustomerRef": {"value": owing.who}, "TxnDate": "2026-01-06", "Line": [sale(owing.wares, 50)]})
    lines = [
        {"Amount": 50, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Invoice"}]},
        {"Amount": 50, "LinkedTxn": [{"TxnId": credit["Id"], "TxnType": "CreditMemo"}]},
    ]
    owing.post("payment", {"CustomerRef": {"value": owing.who}, "TxnDate": "2026-01-08", "TotalAmt": 0, "Line": lines})
    assert report(owing, "AgedReceivableDetail").rows == []
    assert len(report(owing, "CustomerBalanceDetail", arpaid="Paid").data) >= 2
    assert sorted(row[-1] for row in report(owing, "AgedReceivableDetail", report_date="2026-01-07").data) == ["-50.00", "50.00"]


def test_the_oldest_come_first_in_detail(owing):
    for due in ("2026-03-01", "2026-01-01", "2025-10-01"):
        owed(owing, owing.who, 5, due, date="2025-09-01")
    found = report(owing, "AgedReceivableDetail", report_date="2026-01-15")
    heads = [row.texts[0] for row in found.rows if row.summary]
    assert [each for each in heads if not each.startswith("T")] == ["91 or more days past due", "1 - 30 days past due", "Current"]
    assert found.rows[-1].texts[-1] == "15.00"


def test_payables_say_for_how_many_days_they_are_due(desk):
    desk.post("bill", {"VendorRef": {"value": desk.vendor()["Id"]}, "TxnDate": "2026-01-01", "DueDate": "2026-01-05", "Line": [cost(desk.account("Supplies"), 3)]})
    found = report(desk, "AgedPayableDetail", report_date="2026-01-15")
    row = dict(zip(found.keys, next(row for row in found.rows if not row.summary).texts, strict=True))
    assert (row["vend_name"], row["past_due"], row["subt_neg_amount"], row["subt_neg_open_bal"]) == ("Bolt & Co", "10", "3.00", "3.00")


def test_only_the_names_that_were_asked_for_are_shown(owing):
    other = owing.customer("Zoe")["Id"]
    owed(owing, owing.who, 5, "2026-01-31")
    owed(owing, other, 6, "2026-01-31")
    found = report(owing, "AgedReceivables", customer=other)
    assert [row.texts[0] for row in found.rows] == ["Zoe", "TOTAL"]
    assert found.header["Customer"] == other
    due = report(owing, "CustomerBalanceDetail", start_duedate="2026-02-01", end_duedate="2026-02-28")
    assert due.rows == []


def test_item_sales_show_quantity_share_price_cost_and_margin(desk):
    crate = desk.item(
        "Crate", Type="Inventory", TrackQtyOnHand=True, QtyOnHand=10, InvStartDate="2025-12-01", PurchaseCost=2,
        AssetAccountRef=desk.account("Inventory Asset"), ExpenseAccountRef=desk.account("Cost of Goods Sold"),
    )["Id"]  # fmt: skip
    customer = desk.customer()["Id"]
    line = sale(crate, 30, Qty=3, UnitPrice=10)
    desk.post("invoice", {"CustomerRef": {"value": customer}, "TxnDate": "2026-01-05", "Line": [line, sale(desk.item("Labour")["Id"], 70)]})
    desk.post("creditmemo", {"CustomerRef": {"value": customer}, "TxnDate": "2026-01-06", "Line": [sale(crate, 10, Qty=1, UnitPrice=10)]})
    found = report(desk, "ItemSales", **YEAR)
    assert found.of("Crate").texts == ["Crate", "2.00", "20.00", "22.22 %", "10.00", "4.00", "16.00", "80.00 %"]
    assert found.of("Labour").texts[2:4] == ["70.00", "77.78 %"]
    assert found.group("GrandTotal").texts[2] == "90.00"
    assert report(desk, "CustomerSales", **YEAR).of("Ada Ltd").texts == ["Ada Ltd", "90.00"]
    assert report(desk, "CustomerIncome", **YEAR).of("Ada Ltd").texts == ["Ada Ltd", "90.00", "4.00", "86.00"]
    valued = report(desk, "InventoryValuationSummary", report_date="2026-01-05")
    assert valued.of("Crate").texts == ["Crate", "", "7.00", "14.00", "2.00"]
    moves = report(desk, "InventoryValuationDetail", **YEAR)
    assert [(row.texts[1], row.texts[4], row.texts[7], row.texts[8]) for row in moves.rows if not row.summary] == [
        ("Invoice", "-3.00", "7.00", "14.00"), ("Credit Memo", "1.00", "8.00", "16.00"),
    ]  # fmt: skip


def test_expenses_belong_to_the_vendor_of_the_whole_transaction(desk):
    vendor, customer = desk.vendor()["Id"], desk.customer()["Id"]
    billable = {"CustomerRef": {"value": customer}, "BillableStatus": "Billable"}
    desk.post("bill", {"VendorRef": {"value": vendor}, "TxnDate": "2026-01-05", "Line": [cost(desk.account("Supplies"), 9, **billable)]})
    desk.post("vendorcredit", {"VendorRef": {"value": vendor}, "TxnDate": "2026-02-06", "Line": [cost(desk.account("Supplies"), 2)]})
    found = report(desk, "VendorExpenses", start_date="2026-01-01", end_date="2026-02-28", summarize_column_by="Month")
    assert found.of("Bolt & Co").texts == ["Bolt & Co", "9.00", "-2.00", "7.00"]


def test_sales_tax_is_summed_up_by_agency(make):
    desk = make("intuit")
    item = desk.select("select * from Item where Name = 'Rock Fountain'")[0]["Id"]
    line = sale(item, 100, Qty=1, UnitPrice=100, TaxCodeRef={"value": "TAX"})
    desk.post("invoice", {"CustomerRef": {"value": "1"}, "TxnDate": "2026-01-14", "Line": [line], "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}})
    found = report(desk, "TaxSummary", start_date="2026-01-14", end_date="2026-01-14")
    assert found.group("GrandTotal").texts == ["TOTAL", "8.00"]
