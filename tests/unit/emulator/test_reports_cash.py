"""The cash basis: what counts when, and what is left where."""

from __future__ import annotations

import pytest

from tests.unit.emulator.desk import cost, sale
from tests.unit.emulator.reading import report

CASH = {"accounting_method": "Cash"}


def profit(desk, end, title="Net Income", start="2026-01-01"):
    found = report(desk, "ProfitAndLoss", start_date=start, end_date=end, **CASH)
    assert found.header["ReportBasis"] == "Cash"
    return found.of(title).texts[1]


def pay(desk, customer, day, total, *paid):
    lines = [{"Amount": amount, "LinkedTxn": [{"TxnId": id_, "TxnType": kind}]} for kind, id_, amount in paid]
    return desk.post("payment", {"CustomerRef": {"value": customer}, "TxnDate": day, "TotalAmt": total, "Line": lines})


@pytest.fixture
def books(make):
    """A company that applies nothing by itself, with a customer, a vendor and an item."""
    desk = make(auto_apply_credit="never")
    desk.who, desk.whose, desk.wares = desk.customer()["Id"], desk.vendor()["Id"], desk.item()["Id"]
    return desk


def test_an_invoice_earns_nothing_until_it_is_paid_and_then_in_proportion(books):
    made = books.invoice(books.who, books.wares, 90, TxnDate="2026-01-02")
    assert profit(books, "2026-12-31") == ""
    pay(books, books.who, "2026-02-01", 30, ("Invoice", made["Id"], 30))
    pay(books, books.who, "2026-03-01", 60, ("Invoice", made["Id"], 60))
    assert [profit(books, end) for end in ("2026-01-31", "2026-02-28", "2026-03-31")] == ["", "30.00", "90.00"]
    assert profit(books, "2026-03-31", "Sales of Product Income") == "90.00"


def test_the_cents_of_a_settlement_in_parts_come_to_the_whole(books):
    first, second = sale(books.wares, 10), sale(books.item("Other")["Id"], 20.01)
    made = books.post("invoice", {"CustomerRef": {"value": books.who}, "TxnDate": "2026-01-02", "Line": [first, second]})
    for day in ("2026-01-03", "2026-01-04", "2026-01-05"):
        pay(books, books.who, day, 10.01 if day.endswith("5") else 10, ("Invoice", made["Id"], 10.01 if day.endswith("5") else 10))
    assert profit(books, "2026-01-31", "Total Income") == "30.01"
    sheet = report(books, "BalanceSheet", start_date="2026-01-01", end_date="2026-01-31", **CASH)
    assert not [row for row in sheet.rows if row.group == "AR"]


def test_a_bill_costs_when_it_is_paid(books):
    made = books.bill(books.whose, 50, TxnDate="2026-01-02")
    assert profit(books, "2026-01-31") == ""
    books.post(
        "billpayment",
        {"VendorRef": {"value": books.whose}, "TxnDate": "2026-02-01", "PayType": "Check", "TotalAmt": 20,
         "CheckPayment": {"BankAccountRef": books.account("Checking")},
         "Line": [{"Amount": 20, "LinkedTxn": [{"TxnId": made["Id"], "TxnType": "Bill"}]}]},
    )  # fmt: skip
    assert profit(books, "2026-02-28", "Total Expenses") == "20.00"


def test_money_that_pays_nothing_is_income_of_its_own_until_it_does(books):
    made = books.invoice(books.who, books.wares, 40, TxnDate="2026-03-01")
    pay(books, books.who, "2026-02-01", 55, ("Invoice", made["Id"], 40))
    assert profit(books, "2026-02-28", "Unapplied Cash Payment Income") == "55.00"
    assert profit(books, "2026-03-31", "Unapplied Cash Payment Income") == "15.00"
    assert profit(books, "2026-03-31", "Sales of Product Income") == "40.00"


def test_a_credit_counts_when_it_is_used(books):
    made = books.invoice(books.who, books.wares, 40, TxnDate="2026-01-01")
    line = sale(books.wares, 40)
    credit = books.post("creditmemo", {"CustomerRef": {"value": books.who}, "TxnDate": "2026-01-02", "Line": [line]})
    pay(books, books.who, "2026-02-01", 0, ("Invoice", made["Id"], 40), ("CreditMemo", credit["Id"], 40))
    found = report(books, "ProfitAndLossDetail", start_date="2026-01-01", end_date="2026-02-28", **CASH)
    assert [(row.texts[0], row.texts[1], row.texts[-2]) for row in found.rows if not row.summary] == [
        ("2026-02-01", "Invoice", "40.00"), ("2026-02-01", "Credit Memo", "-40.00"),
    ]  # fmt: skip
    assert profit(books, "2026-01-31") == ""


def test_what_is_paid_at_once_counts_at_once(books):
    books.post("salesreceipt", {"CustomerRef": {"value": books.who}, "TxnDate": "2026-01-02", "Line": [sale(books.wares, 40)]})
    supplies = cost(books.account("Supplies"), 15)
    books.post("purchase", {"PaymentType": "Cash", "AccountRef": books.account("Checking"), "TxnDate": "2026-01-02", "Line": [supplies]})
    assert profit(books, "2026-01-31") == "25.00"


def test_the_companys_own_basis_holds_where_none_is_asked_for(books):
    books.invoice(books.who, books.wares, 40, TxnDate="2026-01-02")
    books.act("set_preferences", changes={"ReportPrefs": {"ReportBasis": "Cash"}})
    found = report(books, "ProfitAndLoss", start_date="2026-01-01", end_date="2026-12-31")
    assert (found.header["ReportBasis"], found.option("NoReportData")) == ("Cash", "true")
    other = report(books, "ProfitAndLoss", start_date="2026-01-01", end_date="2026-12-31", accounting_method="Accrual")
    assert other.of("Net Income").texts[1] == "40.00"
    assert "ReportBasis" not in report(books, "AgedReceivables").header


def test_the_ledger_shows_income_on_the_day_of_its_payment(books):
    made = books.invoice(books.who, books.wares, 40, TxnDate="2026-01-02")
    pay(books, books.who, "2026-01-09", 40, ("Invoice", made["Id"], 40))
    found = report(books, "ProfitAndLossDetail", start_date="2026-01-01", end_date="2026-01-31", **CASH)
    (row,) = [row for row in found.rows if not row.summary]
    assert (row.texts[0], row.texts[1], row.ids[1], row.texts[-1]) == ("2026-01-09", "Invoice", made["Id"], "40.00")
