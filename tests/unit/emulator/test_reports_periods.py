"""Date macros, columns by time, and parameters that make no sense."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from syncengine.emulator.reports import periods
from syncengine.emulator.reports.periods import Period
from tests.unit.emulator.desk import cost
from tests.unit.emulator.reading import report

#: A Wednesday.
TODAY = date(2026, 3, 18)


def dates(macro, first_month=1, today=TODAY):
    found = periods.named(macro, today, first_month)
    return found and (found.start.isoformat(), found.end.isoformat())


@pytest.mark.parametrize(
    ("macro", "start", "end"),
    [
        ("today", "2026-03-18", "2026-03-18"), ("yesterday", "2026-03-17", "2026-03-17"),
        ("this week", "2026-03-15", "2026-03-21"), ("last week", "2026-03-08", "2026-03-14"),
        ("this week-to-date", "2026-03-15", "2026-03-18"), ("last week-to-date", "2026-03-08", "2026-03-11"),
        ("next week", "2026-03-22", "2026-03-28"), ("next 4 weeks", "2026-03-22", "2026-04-18"),
        ("this month", "2026-03-01", "2026-03-31"), ("last month", "2026-02-01", "2026-02-28"),
        ("this month-to-date", "2026-03-01", "2026-03-18"), ("last month-to-date", "2026-02-01", "2026-02-18"),
        ("next month", "2026-04-01", "2026-04-30"), ("this fiscal quarter", "2026-01-01", "2026-03-31"),
        ("last fiscal quarter", "2025-10-01", "2025-12-31"), ("last fiscal quarter-to-date", "2025-10-01", "2025-12-18"),
        ("next fiscal quarter", "2026-04-01", "2026-06-30"), ("this fiscal year", "2026-01-01", "2026-12-31"),
        ("last fiscal year-to-date", "2025-01-01", "2025-03-18"), ("this calendar year-to-date", "2026-01-01", "2026-03-18"),
        ("next year", "2027-01-01", "2027-12-31"), ("all", "1900-01-01", "2026-03-18"),
    ],
)  # fmt: skip
def test_a_macro_names_its_days(macro, start, end):
    assert dates(macro) == (start, end)


def test_fiscal_years_and_quarters_begin_with_their_month_and_calendar_ones_do_not():
    assert dates("this fiscal year", 4) == ("2025-04-01", "2026-03-31")
    assert dates("this fiscal quarter", 2) == ("2026-02-01", "2026-04-30")
    assert dates("last fiscal year", 4) == ("2024-04-01", "2025-03-31")
    assert dates("this calendar year", 4) == ("2026-01-01", "2026-12-31")


def test_a_day_that_the_month_before_lacks_becomes_its_last_one():
    assert dates("last month-to-date", today=date(2026, 3, 31)) == ("2026-02-01", "2026-02-28")


@pytest.mark.parametrize("macro", ["", "this", "this decade", "next month-to-date", "fiscal year", "this fiscal month", "next 4 days"])
def test_what_is_no_macro_names_nothing(macro):
    assert dates(macro) is None


@pytest.mark.parametrize("unit", ["day", "week", "month", "quarter", "year"])
def test_columns_cover_each_day_of_the_period_once(unit):
    whole = Period(date(2025, 11, 17), date(2026, 2, 10))
    found = list(periods.split(whole, unit, 4))
    assert (found[0].start, found[-1].end) == (whole.start, whole.end)
    assert all((later.start - earlier.end).days == 1 for earlier, later in pairwise(found))


def test_columns_are_called_by_their_days():
    def title(unit, start, end):
        return periods.title(Period(date.fromisoformat(start), date.fromisoformat(end)), unit)

    assert title("month", "2026-01-01", "2026-01-31") == "Jan 2026"
    assert title("month", "2026-01-05", "2026-01-31") == "Jan 5 - 31, 2026"
    assert title("quarter", "2026-01-01", "2026-03-31") == "Jan - Mar, 2026"
    assert title("week", "2025-12-28", "2026-01-03") == "Dec 28, 2025 - Jan 3, 2026"
    assert title("year", "2026-01-01", "2026-12-31") == "Jan - Dec 2026"


def test_a_report_by_days_has_at_most_200_columns(desk):
    shown = report(desk, "ProfitAndLoss", start_date="2025-01-01", end_date="2025-12-31", summarize_column_by="Days")
    assert len(shown.columns) == 1 + 200 + 1


@pytest.mark.parametrize(
    ("query", "code", "element"),
    [
        ("start_date=2026-02-30&end_date=2026-03-01", "2070", "start_date"), ("report_date=tomorrow", "2060", "report_date"),
        ("start_date=2026-02-02&end_date=2026-02-01", "2190", "start_date"), ("date_macro=This%20Decade", "2170", "date_macro"),
        ("accounting_method=Modified", "2170", "accounting_method"), ("summarize_column_by=Moons", "2170", "summarize_column_by"),
        ("sort_order=sideways", "2170", "sort_order"), ("aging_period=-3", "2090", "aging_period"), ("num_periods=x", "2090", "num_periods"),
    ],
)  # fmt: skip
def test_a_parameter_that_makes_no_sense_is_refused_by_its_name(desk, query, code, element):
    error = desk.refused(f"reports/AgedReceivables?{query}", None, "GET")
    assert (error["code"], error["element"]) == (code, element)


def test_dates_hold_only_together_and_only_without_a_macro(desk):
    alone = report(desk, "ProfitAndLoss", end_date="2020-01-01")
    assert alone.header["DateMacro"] == "this calendar year-to-date"
    both = report(desk, "ProfitAndLoss", start_date="2020-01-01", end_date="2020-02-01", date_macro="Last Month")
    assert (both.header["DateMacro"], both.header["StartPeriod"]) == ("last month", "2025-12-01")


def test_today_is_the_companys_own_day(desk, clock):
    clock.advance(11 * 3600)  # past midnight in UTC, not in California
    desk.tokens = desk.emulator.connect(desk.realm, "app", "secret")
    assert report(desk, "AgedPayables").header["EndPeriod"] == "2026-01-15"


def test_the_fiscal_year_of_the_company_parts_profit_from_retained_earnings(desk):
    desk.act("set_preferences", changes={"AccountingInfoPrefs": {"FirstMonthOfFiscalYear": "October"}})
    vendor = desk.vendor()["Id"]
    for day, amount in (("2025-09-30", 7), ("2025-10-01", 5)):
        desk.post("bill", {"VendorRef": {"value": vendor}, "TxnDate": day, "Line": [cost(desk.account("Supplies"), amount)]})
    sheet = report(desk, "BalanceSheet", start_date="2025-01-01", end_date="2025-12-31")
    assert (sheet.of("Retained Earnings").texts[1], sheet.of("Net Income").texts[1]) == ("-7.00", "-5.00")
    assert report(desk, "ProfitAndLoss", date_macro="This Fiscal Year").header["StartPeriod"] == "2025-10-01"
