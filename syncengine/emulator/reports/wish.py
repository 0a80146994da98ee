"""What a request for a report asks for: its period, basis, columns, filters and order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from syncengine.emulator import faults
from syncengine.emulator.books import Books
from syncengine.emulator.faults import Refusal
from syncengine.emulator.reports import periods
from syncengine.emulator.reports.periods import Period

#: What `summarize_column_by` may be, as it is answered -> the unit of time or the column of the postings that it stands for.
BY = {
    "Total": "", "Days": "day", "Week": "week", "Month": "month", "Quarter": "quarter", "Year": "year", "Customers": "Customer",
    "Vendors": "Vendor", "Employees": "Employee", "Classes": "class", "Departments": "department", "ProductsAndServices": "item",
}  # fmt: skip
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIMES = frozenset({"day", "week", "month", "quarter", "year"})
#: Parameter -> what the header of the report calls it, where it lists Ids.
FILTERS = {
    "customer": "Customer", "vendor": "Vendor", "employee": "Employee", "item": "Item", "class": "Class",
    "department": "Department",
}  # fmt: skip
_LISTS = (
    *FILTERS, "account", "source_account", "name", "account_type", "source_account_type", "transaction_type", "term", "columns",
)  # fmt: skip
_CHOICES = {
    "accounting_method": ("Cash", "Accrual"), "sort_order": ("ascend", "descend"), "aging_method": ("Report_Date", "Current"),
    "arpaid": ("All", "Paid", "Unpaid"), "appaid": ("All", "Paid", "Unpaid"), "qzurl": ("true", "false"),
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """One request for a report.

    Attributes:
        period: the days that it is about.
        macro: the date macro that gave them, "" where dates were sent.
        basis: `Accrual` or `Cash`.
        by: `summarize_column_by`, one of BY.
        lists: parameter -> the Ids (names, types) that it lists; only those that were sent.
        texts: the other parameters.
        today: the company's date.
        first_month: the month that its fiscal year begins with.
    """

    period: Period
    macro: str
    basis: str
    by: str
    lists: Mapping[str, tuple[str, ...]]
    texts: Mapping[str, str]
    today: date
    first_month: int

    @property
    def unit(self) -> str:
        """The unit of time of the columns, "" where they stand for something else."""
        return BY[self.by] if BY[self.by] in _TIMES else ""

    @property
    def dimension(self) -> str:
        """What the columns stand for beside time (`Customer`, `class`...), "" for time or one column alone."""
        return "" if self.unit else BY[self.by]

    @property
    def descending(self) -> bool:
        """Whether rows come the other way round."""
        return self.texts.get("sort_order", "").lower() == "descend"

    def fiscal_start(self, day: date) -> date:
        """The first day of the fiscal year that a day lies in."""
        return periods.start_of("year", day, self.first_month)

    def whole(self, name: str, default: int) -> int:
        """A parameter that is a whole number above 0."""
        text = self.texts.get(name, "")
        if not text:
            return default
        if not text.isdecimal() or not 0 < int(text) <= 1000:
            raise faults.invalid_number(name, text)
        return int(text)


def read(books: Books, query: Mapping[str, str], macro: str) -> Wish:
    """The wish that a request's parameters express.

    Args:
        books: the company's books.
        query: the parameters; empty and unknown ones are not looked at.
        macro: the date macro that holds where neither dates nor another macro are sent.

    Raises:
        Refusal: 2060 and 2070 for what is no date, 2190 where the start is behind the end, 2170 for a value of no known kind.
    """
    texts = {name.lower(): value.strip() for name, value in query.items() if value.strip()}
    today = date.fromisoformat(books.today)
    first_month = periods.month_number(str(books.preference("AccountingInfoPrefs", "FirstMonthOfFiscalYear") or ""))
    for name, choices in _CHOICES.items():
        texts[name] = _chosen(name, texts.get(name, ""), choices)
    period, used = _period(texts, today, first_month, macro)
    basis = texts["accounting_method"] or str(books.preference("ReportPrefs", "ReportBasis") or "Accrual")
    by = _chosen("summarize_column_by", texts.get("summarize_column_by", ""), tuple(BY)) or "Total"
    lists = {
        name: tuple(part.strip() for part in texts[name].split(",") if part.strip()) for name in _LISTS if texts.get(name)
    }  # fmt: skip
    return Wish(period, used, basis, by, lists, texts, today, first_month)


def _chosen(name: str, value: str, choices: tuple[str, ...]) -> str:
    """A value in the spelling of its choices, whatever its case; "" where none was sent."""
    for choice in choices:
        if choice.lower() == value.lower():
            return choice
    # The documentation says Days and Week, but also Weeks, Months...
    for choice in choices:
        if name == "summarize_column_by" and value and choice.lower().rstrip("s") == value.lower().rstrip("s"):
            return choice
    if value:
        raise faults.enumeration(value, name)
    return ""


def _period(texts: Mapping[str, str], today: date, first_month: int, default: str) -> tuple[Period, str]:
    """Dates hold only where both are sent; else the macro does, the report's own one where none is sent."""
    for name in ("start_date", "end_date", "report_date", "start_duedate", "end_duedate"):
        if texts.get(name):
            day(texts, name)
    if texts.get("start_date") and texts.get("end_date") and not texts.get("date_macro"):
        start, end = day(texts, "start_date"), day(texts, "end_date")
        if start > end:
            detail = f"The date range is not valid. Supplied value:{start} to {end}"
            raise Refusal("2190", "Invalid Date Range", detail, "start_date")
        return Period(start, end), ""
    macro = " ".join(texts.get("date_macro", default).lower().split())
    found = periods.named(macro, today, first_month)
    if found is None:
        raise faults.enumeration(texts.get("date_macro", default), "date_macro")
    return found, macro


def day(texts: Mapping[str, str], name: str) -> date:
    """A parameter that is a date (2060 for one in another form, 2070 for a day that the calendar does not have)."""
    text = texts[name]
    if not _DATE.fullmatch(text):
        raise faults.date_format(name, text)
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise faults.invalid_date(name, text) from None
    if not 1900 <= found.year <= 9000:
        raise faults.invalid_date(name, text)
    return found


def header(books: Books, wish: Wish, name: str, time: str, *, basis: bool, dated: bool, columns: bool) -> dict[str, Any]:
    """The head of a report but for its options.

    Args:
        books: the company's books.
        wish: what was asked for.
        name: the report's name.
        time: when it was made.
        basis: whether it says its accounting method.
        dated: whether it is about a period.
        columns: whether it says what its columns stand for.
    """
    head: dict[str, Any] = {"Time": time, "ReportName": name}
    if dated and wish.macro:
        head["DateMacro"] = wish.macro
    if basis:
        head["ReportBasis"] = wish.basis
    if dated and wish.macro != "all":
        head["StartPeriod"], head["EndPeriod"] = wish.period.start.isoformat(), wish.period.end.isoformat()
    if columns:
        head["SummarizeColumnsBy"] = wish.by
    head["Currency"] = str((books.preference("CurrencyPrefs", "HomeCurrency") or {}).get("value") or "USD")
    head.update({shown: ",".join(wish.lists[each]) for each, shown in FILTERS.items() if each in wish.lists})
    return head
