"""Reports, from the emulator's own postings."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from syncengine.emulator.reports.registry import REPORTS
from syncengine.quickbooks import Call, CallKind, FaultClass, FaultError, classify
from tests.unit.quickbooks.emulated.place import sale


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_read_and_each_of_its_rows_has_each_of_its_columns(near, name):
    report = near.client().report(name)
    assert report.name
    assert report.columns
    names = None
    for row in report.flat(totals=True):
        names = names or set(row)
        assert set(row) == names
        assert all(value is None or isinstance(value, Decimal) for column, value in zip(report.columns, row.values(), strict=False) if column.numeric)
    assert (names is None) == report.no_data


def test_a_trial_balance_is_read_to_the_cent(place):
    client = place.client()
    rows = list(client.report("TrialBalance").flat())
    debit, credit = (sum(row[side] or Decimal(0) for row in rows) for side in ("debit", "credit"))
    assert debit == credit > 0


def test_a_sale_raises_the_income_of_its_day(near, clock):
    client, today = near.client(), clock.now().date()

    def income() -> Decimal:
        report = client.report("ProfitAndLoss", start_date=today, end_date=today)
        assert (report.start, report.end) == (today, today)
        return sum((row["total"] for row in report.flat() if row["_path"][:1] == ("Income",)), Decimal(0))

    before = income()
    client.create("Invoice", {**sale(client), "TxnDate": today.isoformat()}, requestid="r-1")
    assert income() == before + 10


def test_a_report_is_one_metered_call(place):
    calls: list[Call] = []
    place.client(on_call=calls.append).report("BalanceSheet", end_date=date(2026, 1, 31))
    assert [(call.kind, call.metered) for call in calls] == [(CallKind.REPORT, 1)]
    assert [line["coreplus"] for line in place.journal() if line["operation"] == "report"] == [1]


def test_a_period_without_data_says_so(near):
    report = near.client().report("ProfitAndLoss", start_date=date(1999, 1, 1), end_date=date(1999, 1, 31))
    assert report.no_data
    assert list(report.flat()) == []


def test_a_report_that_is_not_there_is_refused(place):
    with pytest.raises(FaultError) as refusal:
        place.client().report("NoSuchReport")
    assert classify(refusal.value.fault) is FaultClass.VALIDATION
