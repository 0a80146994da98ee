"""Profit and loss, balance sheet, trial balance and cash flow: their rows, columns and filters."""

from __future__ import annotations

import re

import pytest

from syncengine.emulator.reports.registry import REPORTS
from tests.support.source import ROOT
from tests.unit.emulator.desk import cost, sale, side
from tests.unit.emulator.reading import report

YEAR = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


@pytest.fixture
def busy(tracked):
    """The distributor with a sale, a credit and a bill of January, classes and locations on them."""
    desk = tracked
    desk.classes = [each["Id"] for each in desk.select("select * from Class")][:2]
    desk.place = desk.select("select * from Department")[0]["Id"]
    desk.who = desk.customer("Zoe & Sons")["Id"]
    desk.what = desk.item("Anvil")["Id"]
    desk.post(
        "invoice",
        {
            "CustomerRef": {"value": desk.who}, "TxnDate": "2026-01-20", "DepartmentRef": {"value": desk.place},
            "Line": [sale(desk.what, 100, Qty=4, UnitPrice=25, ClassRef={"value": desk.classes[0]}),
                     sale(desk.what, 60, Qty=2, UnitPrice=30, ClassRef={"value": desk.classes[1]})],
        },
    )  # fmt: skip
    return desk


def test_every_report_answers_for_every_kind_of_company_and_of_columns(make):
    for kind in ("empty", "demo", "intuit"):
        desk = make(kind)
        for name, known in REPORTS.items():
            for by in ("Total", "Month", "Classes"):
                found = report(desk, name, start_date="2025-11-01", end_date="2026-01-31", summarize_column_by=by)
                assert found.header["ReportName"] == known.name
                assert found.option("NoReportData") in {"true", "false"}
            assert report(desk, name).header["Time"].startswith("2026-01-15T09:00")


def test_an_account_below_another_stands_inside_it_and_its_parent_sums_up(desk):
    parent = desk.post("account", {"Name": "Vehicles", "AccountType": "Expense", "AccountSubType": "Auto"})["Id"]
    child = desk.post("account", {"Name": "Fuel", "AccountType": "Expense", "SubAccount": True, "ParentRef": {"value": parent}})["Id"]
    for account, amount in ((parent, 10), (child, 2.5)):
        desk.post("bill", {"VendorRef": {"value": desk.vendor(f"V{amount}")["Id"]}, "Line": [cost({"value": account}, amount)]})
    found = report(desk, "ProfitAndLoss", **YEAR)
    head, total = found.of("Vehicles"), found.of("Total Vehicles")
    assert (head.texts, head.ids[0], head.path) == (["Vehicles", "10.00"], parent, ("Expenses",))
    assert (found.of("Fuel").path, found.of("Fuel").texts[1], total.texts[1]) == (("Expenses", "Vehicles"), "2.50", "12.50")
    detail = report(desk, "ProfitAndLossDetail", **YEAR)
    place = detail.keys.index("subt_nat_amount")
    titles = [(row.texts[0], row.texts[place]) for row in detail.rows if row.texts[0].startswith("Total for")]
    assert titles[:3] == [("Total for Vehicles", "10.00"), ("Total for Fuel", "2.50"), ("Total for Vehicles with sub-accounts", "12.50")]


def test_an_empty_profit_and_loss_is_the_frame_that_was_recorded(desk):
    found = report(desk, "ProfitAndLoss", **YEAR)
    assert found.option("NoReportData") == "true"
    assert [(row.texts, row.group) for row in found.rows] == [
        (["Income", ""], ""), (["Total Income", ""], "Income"), (["Gross Profit", ""], "GrossProfit"), (["Expenses", ""], ""),
        (["Total Expenses", ""], "Expenses"), (["Net Operating Income", ""], "NetOperatingIncome"), (["Net Income", ""], "NetIncome"),
    ]  # fmt: skip


def test_columns_by_class_hold_what_belongs_to_each_and_to_none(busy):
    found = report(busy, "ProfitAndLoss", start_date="2026-01-20", end_date="2026-01-20", summarize_column_by="Classes")
    names = [busy.read("Class", id_)["FullyQualifiedName"] for id_ in busy.classes]
    by_title = dict(zip([each["ColTitle"] for each in found.columns], found.of("Total Income").texts, strict=True))
    assert (by_title[names[0]], by_title[names[1]], by_title["Total"]) == ("100.00", "60.00", "160.00")


@pytest.mark.parametrize(
    ("parameter", "value", "income"),
    [("class", lambda desk: desk.classes[1], "60.00"), ("item", lambda desk: desk.what, "160.00"), ("department", lambda desk: desk.place, "160.00"),
     ("customer", lambda desk: desk.who, "160.00"), ("class", lambda desk: ",".join(desk.classes), "160.00")],
)  # fmt: skip
def test_a_filter_leaves_what_belongs_to_its_ids(busy, parameter, value, income):
    day = {"start_date": "2026-01-20", "end_date": "2026-01-20"}
    found = report(busy, "ProfitAndLoss", **day, **{parameter: value(busy)})
    assert found.of("Total Income").texts[1] == income
    assert next(text for name, text in found.header.items() if name.lower() == parameter) == value(busy)
    assert report(busy, "ProfitAndLoss", **day, **{parameter: "424242"}).option("NoReportData") == "true"


def test_other_income_and_expense_come_after_the_operating_income(desk):
    earned = desk.post("account", {"Name": "Dividend", "AccountType": "Other Income", "AccountSubType": "DividendIncome"})["Id"]
    lost = desk.post("account", {"Name": "Fines", "AccountType": "Other Expense", "AccountSubType": "PenaltiesSettlements"})["Id"]
    checking = desk.account("Checking")
    desk.post("journalentry", {"Line": [side("Debit", checking, 9), side("Credit", {"value": earned}, 9)]})
    desk.post("journalentry", {"Line": [side("Debit", {"value": lost}, 4), side("Credit", checking, 4)]})
    found = report(desk, "ProfitAndLoss", **YEAR)
    groups = [(row.group, row.texts[1]) for row in found.rows if row.group]
    assert groups == [
        ("Income", "0.00"), ("GrossProfit", "0.00"), ("Expenses", "0.00"), ("NetOperatingIncome", "0.00"), ("OtherIncome", "9.00"),
        ("OtherExpenses", "4.00"), ("NetOtherIncome", "5.00"), ("NetIncome", "5.00"),
    ]  # fmt: skip
    assert report(desk, "ProfitAndLossDetail", **YEAR).rows[-1].texts[0] == "Net Income"


def test_the_balance_sheet_by_month_shows_each_month_at_its_end(desk):
    vendor = desk.vendor()["Id"]
    for day in ("2025-12-10", "2026-01-10"):
        desk.post("bill", {"VendorRef": {"value": vendor}, "TxnDate": day, "Line": [cost(desk.account("Supplies"), 50)]})
    found = report(desk, "BalanceSheet", start_date="2025-11-01", end_date="2026-01-31", summarize_column_by="Month")
    assert [each["ColTitle"] for each in found.columns] == ["", "Nov 2025", "Dec 2025", "Jan 2026"]
    assert found.group("AP").texts == ["Total Accounts Payable", "0.00", "50.00", "100.00"]
    assert found.group("NetIncome").texts == ["Net Income", "", "-50.00", "-50.00"]
    assert found.of("Retained Earnings").texts == ["Retained Earnings", "", "", "-50.00"]


def test_the_trial_balance_puts_each_account_on_its_side(desk):
    desk.bill(desk.vendor()["Id"], 12.5)
    found = report(desk, "TrialBalance", **YEAR)
    assert found.of("Accounts Payable (A/P)").texts[1:] == ["", "12.50"]
    assert found.of("Supplies").texts[1:] == ["12.50", ""]
    assert found.group("GrandTotal").texts == ["TOTAL", "12.50", "12.50"]
    assert report(desk, "TrialBalance", start_date="2020-01-01", end_date="2020-12-31").rows == []


def test_cash_flow_sorts_what_moved_by_activity(desk):
    truck = {"value": desk.post("account", {"Name": "Truck", "AccountType": "Fixed Asset", "AccountSubType": "Vehicles"})["Id"]}
    loan = {"value": desk.post("account", {"Name": "Loan", "AccountType": "Long Term Liability", "AccountSubType": "NotesPayable"})["Id"]}
    desk.post("journalentry", {"Line": [side("Debit", desk.account("Checking"), 500), side("Credit", loan, 500)]})
    desk.post("journalentry", {"Line": [side("Debit", truck, 300), side("Credit", desk.account("Checking"), 300)]})
    desk.bill(desk.vendor()["Id"], 20)
    found = report(desk, "CashFlow", **YEAR)
    assert {row.group: row.texts[1] for row in found.rows if row.group} == {
        "NetIncome": "-20.00", "OperatingAdjustments": "20.00", "OperatingActivities": "0.00", "InvestingActivities": "-300.00",
        "FinancingActivities": "500.00", "CashIncrease": "200.00", "EndingCash": "200.00",
    }  # fmt: skip


def test_the_page_lists_every_report_by_each_of_its_names():
    section = (ROOT / "docs" / "emulator.md").read_text(encoding="utf-8").partition("## Reports\n")[2].partition("\n## ")[0]
    listed = {name for row in section.splitlines() if row.startswith("| `") for name in re.findall(r"`([A-Z]\w+)`", row.split("|")[1])}
    assert listed == set(REPORTS)
