"""The statements: profit and loss, balance sheet, trial balance and cash flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from syncengine.emulator.reports.chart import YEARLY, Account, Chart
from syncengine.emulator.reports.entries import Columns, Entries, Sums
from syncengine.emulator.reports.sheet import Cell, Column, Report, Row, cell, cells, data, money, section

_ACCOUNT = Column("", "Account", "account")
_DAY, _BEGINNING = timedelta(days=1), date(1900, 1, 1)


class Statement:
    """Rows of accounts over one set of amount columns.

    Args:
        chart: the chart of accounts.
        columns: the amount columns.
        sums: debits less credits by account, a value for each column that is filled from postings.
    """

    def __init__(self, chart: Chart, columns: Columns, sums: Sums) -> None:
        self.chart = chart
        self.columns = columns
        self._sums = sums

    def amounts(self, values: Sequence[int] | None, *, blank_zero: bool = False) -> list[Cell]:
        """The cells of one amount for each column; blank for None."""
        if values is None:
            return cells([""] * len(self.columns.shown))
        return cells(money(each, blank_zero=blank_zero) for each in self.columns.completed(values))

    def total(self, title: str, values: Sequence[int], group: str = "") -> Row:
        """A line of the statement that sums up what stands above it."""
        return section(None, None, [cell(title), *self.amounts(values)], group)

    def zero(self) -> list[int]:
        """An amount of nothing for each column."""
        return [0] * self.columns.count

    def added(self, *parts: Sequence[int]) -> list[int]:
        """The sum of amounts, column by column."""
        return [sum(each) for each in zip(*parts, strict=True)]

    def tree(self, accounts: Sequence[Account], sign: int) -> tuple[list[Row], list[int]]:
        """The rows of accounts and those below them, and what they come to; accounts with nothing in them are left out.

        Args:
            accounts: the uppermost ones.
            sign: 1 where debits are shown as positive, -1 where credits are.
        """
        rows, total = [], self.zero()
        for account in accounts:
            own = [sign * each for each in self._sums.get(account.id, self.zero())]
            inner, below = self.tree(self.chart.below(account), sign)
            if not any(own) and not inner:
                continue
            total = self.added(total, own, below)
            named = cell(account.name, account.shown_id)
            if not inner:
                rows.append(data([named, *self.amounts(own, blank_zero=True)]))
                continue
            head = [named, *self.amounts(own if any(own) else None, blank_zero=True)]
            rows.append(section(head, inner, [cell(f"Total {account.name}"), *self.amounts(self.added(own, below))]))
        return rows, total

    def part(self, title: str, accounts: Sequence[Account], sign: int, group: str) -> tuple[Row | None, list[int]]:
        """A section of accounts under a title, None where there is nothing in them."""
        rows, total = self.tree(accounts, sign)
        return (self.titled(title, rows, total, group) if rows else None), total

    def titled(self, title: str, rows: Sequence[Row], total: Sequence[int], group: str, closing: str = "") -> Row:
        """A section under a title with what it comes to."""
        head = [cell(title), *self.amounts(None)]
        return section(head, rows, [cell(closing or f"Total {title}"), *self.amounts(total)], group)

    @property
    def head(self) -> list[Column]:
        """The columns of the report."""
        return [_ACCOUNT, *self.columns.shown]


def profit_and_loss(entries: Entries) -> Report:
    """Profit and loss of a period."""
    columns = entries.columns()
    period = entries.wish.period
    sums = entries.moved(columns, period.start, period.end)
    statement = Statement(entries.chart, columns, sums)
    yearly = {account.id for account in entries.chart.accounts.values() if account.type in YEARLY}
    empty = not any(any(amounts) for id_, amounts in sums.items() if id_ in yearly)
    report = Report(statement.head, options=[("AccountingStandard", "GAAP")], empty=empty)
    report.rows = _blank(statement) if empty else _profit(statement)
    return report


def _blank(statement: Statement) -> list[Row]:
    """What a statement without any data shows: the frame alone (recorded)."""

    def titled(title: str, group: str) -> Row:
        return section([cell(title), *statement.amounts(None)], None, [cell(f"Total {title}"), *statement.amounts(None)], group)

    def line(title: str, group: str) -> Row:
        return section(None, None, [cell(title), *statement.amounts(None)], group)

    return [
        titled("Income", "Income"), line("Gross Profit", "GrossProfit"), titled("Expenses", "Expenses"),
        line("Net Operating Income", "NetOperatingIncome"), line("Net Income", "NetIncome"),
    ]  # fmt: skip


def _profit(statement: Statement) -> list[Row]:
    roots = statement.chart.roots
    rows: list[Row] = []

    def part(title: str, type_: str, sign: int, group: str, *, always: bool = False) -> list[int]:
        row, total = statement.part(title, roots(type_), sign, group)
        if row or always:
            rows.append(row or statement.titled(title, (), total, group))
        return total

    income = part("Income", "Income", -1, "Income", always=True)
    cost = part("Cost of Goods Sold", "Cost of Goods Sold", 1, "COGS")
    gross = statement.added(income, [-each for each in cost])
    rows.append(statement.total("Gross Profit", gross, "GrossProfit"))
    expenses = part("Expenses", "Expense", 1, "Expenses", always=True)
    operating = statement.added(gross, [-each for each in expenses])
    rows.append(statement.total("Net Operating Income", operating, "NetOperatingIncome"))
    other = part("Other Income", "Other Income", -1, "OtherIncome")
    count = len(rows)
    spent = part("Other Expenses", "Other Expense", 1, "OtherExpenses")
    net_other = statement.added(other, [-each for each in spent])
    if any(other) or len(rows) > count:
        rows.append(statement.total("Net Other Income", net_other, "NetOtherIncome"))
    rows.append(statement.total("Net Income", statement.added(operating, net_other), "NetIncome"))
    return rows


def balance_sheet(entries: Entries) -> Report:
    """Balance sheet at the end of a period, or at the ends of several."""
    columns = entries.columns(total_of_periods=False)
    sums = entries.balances(columns)
    statement = Statement(entries.chart, columns, sums)
    report = Report(statement.head, options=[("AccountingStandard", "GAAP")])
    assets, liabilities = _assets(statement), _liabilities(statement)
    equity = _equity(statement, sums)
    right = [row for row in (liabilities[0], equity[0]) if row]
    both = statement.added(liabilities[1], equity[1])
    report.rows = [
        statement.titled("ASSETS", assets[0], assets[1], "TotalAssets", "TOTAL ASSETS"),
        statement.titled("LIABILITIES AND EQUITY", right, both, "TotalLiabilitiesAndEquity", "TOTAL LIABILITIES AND EQUITY"),
    ]
    report.empty = not any(any(amounts) for amounts in sums.values())
    return report


#: (title, account type, group) of the parts of current assets and liabilities.
_CURRENT_ASSETS = (
    ("Bank Accounts", "Bank", "BankAccounts"), ("Accounts Receivable", "Accounts Receivable", "AR"),
    ("Other Current Assets", "Other Current Asset", "OtherCurrentAssets"),
)  # fmt: skip
_CURRENT_LIABILITIES = (
    ("Accounts Payable", "Accounts Payable", "AP"), ("Credit Cards", "Credit Card", "CreditCards"),
    ("Other Current Liabilities", "Other Current Liability", "OtherCurrentLiabilities"),
)  # fmt: skip


def _grouped(statement: Statement, parts: Sequence[tuple[str, str, str]], sign: int) -> tuple[list[Row], list[int]]:
    rows, total = [], statement.zero()
    for title, type_, group in parts:
        row, amounts = statement.part(title, statement.chart.roots(type_), sign, group)
        total = statement.added(total, amounts)
        if row:
            rows.append(row)
    return rows, total


def _assets(statement: Statement) -> tuple[list[Row], list[int]]:
    current, total = _grouped(statement, _CURRENT_ASSETS, 1)
    rows = [statement.titled("Current Assets", current, total, "CurrentAssets")] if current else []
    others, amounts = _grouped(
        statement, (("Fixed Assets", "Fixed Asset", "FixedAssets"), ("Other Assets", "Other Asset", "OtherAssets")), 1
    )
    return [*rows, *others], statement.added(total, amounts)


def _liabilities(statement: Statement) -> tuple[Row | None, list[int]]:
    current, total = _grouped(statement, _CURRENT_LIABILITIES, -1)
    rows = [statement.titled("Current Liabilities", current, total, "CurrentLiabilities")] if current else []
    others, amounts = _grouped(statement, (("Long-Term Liabilities", "Long Term Liability", "LongTermLiabilities"),), -1)
    rows += others
    total = statement.added(total, amounts)
    return (statement.titled("Liabilities", rows, total, "Liabilities") if rows else None), total


def _equity(statement: Statement, sums: Sums) -> tuple[Row | None, list[int]]:
    """Equity: its accounts, past profits (also where the company has no account for them) and the profit of the year so far."""
    rows, total = statement.tree(statement.chart.roots("Equity"), -1)
    past = [-each for each in sums.get("", statement.zero())]
    if any(past):
        rows.append(data([cell("Retained Earnings"), *statement.amounts(past)]))
    profit = net_income(statement, sums)
    rows.append(data([cell("Net Income"), *statement.amounts(profit, blank_zero=True)], "NetIncome"))
    total = statement.added(total, past, profit)
    return statement.titled("Equity", rows, total, "Equity"), total


def net_income(statement: Statement, sums: Sums) -> list[int]:
    """Income less expenses of what `sums` holds."""
    profit = statement.zero()
    for id_, amounts in sums.items():
        account = statement.chart.accounts.get(id_)
        if account is not None and account.type in YEARLY:
            profit = statement.added(profit, [-each for each in amounts])
    return profit


def trial_balance(entries: Entries) -> Report:
    """Trial balance: what each account has come to, as a debit or a credit."""
    columns = Columns((Column("Total", "Money", "total"),))
    sums = entries.balances(columns)
    report = Report([_ACCOUNT, Column("Debit", "Money", "debit"), Column("Credit", "Money", "credit")])
    debits = credits_ = 0
    named = [(account.full_name, account.id, account.shown_id) for account in entries.chart.ordered()]
    for name, id_, shown in [*named, ("Retained Earnings", "", None)]:
        amount = sums.get(id_, [0])[0]
        if amount:
            debits, credits_ = debits + max(amount, 0), credits_ + max(-amount, 0)
            sides = cells([money(max(amount, 0), blank_zero=True), money(max(-amount, 0), blank_zero=True)])
            report.rows.append({"ColData": [cell(name, shown), *sides]})
    report.empty = not report.rows
    if report.rows:
        report.rows.append(section(None, None, cells(["TOTAL", money(debits), money(credits_)]), "GrandTotal"))
    return report


# Cash flow

_FIXED = ("AccumulatedDepreciation", "AccumulatedAmortization", "AccumulatedDepletion")


def cash_flow(entries: Entries) -> Report:
    """Cash flow of a period: how its profit became cash, account by account."""
    columns = entries.columns()
    period = entries.wish.period
    sums = entries.moved(columns, period.start, period.end)
    statement = Statement(entries.chart, columns, sums)
    report = Report(statement.head, empty=not any(any(amounts) for amounts in sums.values()))
    if not report.empty:
        report.rows = _flow(statement, entries, sums)
    return report


def _is_cash(account: Account) -> bool:
    return account.type == "Bank" or account.sub_type == "UndepositedFunds"


def _operates(account: Account) -> bool:
    working = {
        "Accounts Receivable", "Other Current Asset", "Accounts Payable", "Credit Card", "Other Current Liability",
    }  # fmt: skip
    return (account.type in working and not _is_cash(account)) or account.sub_type in _FIXED


def _flow(statement: Statement, entries: Entries, sums: Sums) -> list[Row]:
    profit = net_income(statement, sums)
    adjusting, adjusted = _lines(statement, sums, _operates)
    title = "Adjustments to reconcile Net Income to Net Cash provided by operations:"
    rows = [data([cell("Net Income"), *statement.amounts(profit)], "NetIncome")]
    if adjusting:
        rows.append(statement.titled(title, adjusting, adjusted, "OperatingAdjustments"))
    operating = statement.added(profit, adjusted)
    closing = "Net cash provided by operating activities"
    found = [statement.titled("OPERATING ACTIVITIES", rows, operating, "OperatingActivities", closing)]
    increase = operating
    for word, types in (("Investing", {"Fixed Asset", "Other Asset"}), ("Financing", {"Long Term Liability", "Equity"})):
        inner, amounts = _lines(statement, sums, lambda each, of=types: each.type in of and each.sub_type not in _FIXED)  # type: ignore[misc]
        increase = statement.added(increase, amounts)
        if inner:
            closing = f"Net cash provided by {word.lower()} activities"
            found.append(statement.titled(f"{word.upper()} ACTIVITIES", inner, amounts, f"{word}Activities", closing))
    found.append(statement.total("Net cash increase for period", increase, "CashIncrease"))
    return [*found, *_cash(statement, entries, increase)]


def _lines(statement: Statement, sums: Sums, wanted: Callable[[Account], bool]) -> tuple[list[Row], list[int]]:
    """One row for each account that moved: credits are where cash comes from."""
    rows, total = [], statement.zero()
    for account in statement.chart.ordered():
        amounts = [-each for each in sums.get(account.id, statement.zero())]
        if wanted(account) and any(amounts):
            total = statement.added(total, amounts)
            rows.append(data([cell(account.full_name, account.shown_id), *statement.amounts(amounts, blank_zero=True)]))
    return rows, total


def _cash(statement: Statement, entries: Entries, increase: Sequence[int]) -> list[Row]:
    """Cash at the beginning and at the end; over several periods that of each."""
    before = entries.moved(Columns((Column("Total", "Money"),)), _BEGINNING, entries.wish.period.start - _DAY)
    held = sum(amounts[0] for id_, amounts in before.items() if _is_cash(entries.chart.accounts[id_]))
    begin, end = [], []
    for amount in increase:
        begin.append(held)
        held += amount if statement.columns.starts else 0
        end.append(begin[-1] + amount)
    if statement.columns.members:
        return []
    first, last = cells(money(each) for each in begin), cells(money(each) for each in end)
    if statement.columns.total:
        first, last = [*first, cell(money(begin[0]))], [*last, cell(money(end[-1]))]
    rows = [section(None, None, [cell("Cash at end of period"), *last], "EndingCash")]
    return [section(None, None, [cell("Cash at beginning of period"), *first], "BeginningCash"), *rows] if any(begin) else rows
