"""The reports that there are, by the names that requests use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.reports import aging, cash, ledgers, sales, statements, stock
from syncengine.emulator.reports.chart import Chart
from syncengine.emulator.reports.entries import ACCRUAL, Entries
from syncengine.emulator.reports.open_items import PAYABLES, RECEIVABLES
from syncengine.emulator.reports.sheet import Report
from syncengine.emulator.reports.wish import header, read

_YEAR, _MONTH, _TODAY, _ALL = "this calendar year-to-date", "this month-to-date", "today", "all"


@dataclass(frozen=True)
class Known:
    """One report.

    Attributes:
        name: what its header calls it.
        made: computes it.
        macro: the date macro that holds where a request says nothing of dates.
        basis: whether its header says the accounting method.
        columns: whether its header says what its columns stand for.
        dated: whether it is about a period.
    """

    name: str
    made: Callable[[Entries], Report]
    macro: str = _YEAR
    basis: bool = False
    columns: bool = False
    dated: bool = True


_KNOWN = (
    Known("ProfitAndLoss", statements.profit_and_loss, basis=True, columns=True),
    Known("BalanceSheet", statements.balance_sheet, basis=True, columns=True),
    Known("CashFlow", statements.cash_flow, columns=True),
    Known("TrialBalance", statements.trial_balance, _MONTH, basis=True),
    Known("ProfitAndLossDetail", ledgers.profit_and_loss_detail, _MONTH, basis=True),
    Known("GeneralLedger", ledgers.general_ledger, _MONTH, basis=True),
    Known("JournalReport", ledgers.journal_report, _MONTH),
    Known("TransactionList", ledgers.transaction_list, _MONTH),
    Known("TransactionListByCustomer", ledgers.transactions_by("Customer"), _MONTH),
    Known("TransactionListByVendor", ledgers.transactions_by("Vendor"), _MONTH),
    Known("TransactionListWithSplits", ledgers.transaction_list_with_splits, _MONTH),
    Known("AccountList", ledgers.account_list, dated=False),
    Known("AgedReceivables", aging.aged(RECEIVABLES), _TODAY),
    Known("AgedPayables", aging.aged(PAYABLES), _TODAY),
    Known("AgedReceivableDetail", aging.aged_detail(RECEIVABLES), _TODAY),
    Known("AgedPayableDetail", aging.aged_detail(PAYABLES), _TODAY),
    Known("CustomerBalance", aging.balances(RECEIVABLES), _ALL),
    Known("VendorBalance", aging.balances(PAYABLES), _ALL),
    Known("CustomerBalanceDetail", aging.balance_detail(RECEIVABLES), _ALL),
    Known("VendorBalanceDetail", aging.balance_detail(PAYABLES), _ALL),
    Known("CustomerSales", sales.sold_by("Customer", sales.BY_CUSTOMER, "Customer"), basis=True, columns=True),
    Known("ItemSales", sales.item_sales, basis=True, columns=True),
    Known("ClassSales", sales.sold_by("Class", "p.class", "Class"), basis=True, columns=True),
    Known("DepartmentSales", sales.sold_by("Department", "p.department", "Department"), basis=True, columns=True),
    Known("CustomerIncome", sales.customer_income, basis=True),
    Known("VendorExpenses", sales.vendor_expenses, basis=True, columns=True),
    Known("TaxSummary", sales.tax_summary, columns=True),
    Known("InventoryValuationSummary", stock.summary, _TODAY),
    Known("InventoryValuationDetail", stock.detail, "this month"),
)
#: Name in a request -> report. Some have a second name, which clients use.
REPORTS: Mapping[str, Known] = {
    **{known.name: known for known in _KNOWN},
    "GeneralLedgerDetail": next(known for known in _KNOWN if known.name == "GeneralLedger"),
    "AccountListDetail": next(known for known in _KNOWN if known.name == "AccountList"),
}


def made(books: Books, known: Known, query: Mapping[str, str], time: str) -> dict[str, Any]:
    """One report as it is answered.

    Args:
        books: the company's books.
        known: which one.
        query: the request's parameters.
        time: when it is made, in the company's zone.

    Raises:
        Refusal: a parameter makes no sense.
    """
    wish = read(books, query, known.macro)
    chart = Chart(books)
    table = cash.prepared(books, chart) if known.basis and wish.basis == "Cash" else ACCRUAL
    entries = Entries(books, wish, chart, table)
    report = known.made(entries)
    report.cut(books.switches["report_cells"])
    head = header(books, wish, known.name, time, basis=known.basis, dated=known.dated, columns=known.columns)
    return report.shown(head, typed=books.switches["report_columns"] == "typed")
