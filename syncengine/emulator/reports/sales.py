"""What was sold to whom, and what was spent on whom: sales by customer, item, class and location, income and expenses by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from syncengine.emulator.reports.chart import YEARLY
from syncengine.emulator.reports.entries import Columns, Entries, Grouped, titles
from syncengine.emulator.reports.sheet import Cell, Column, Report, Row, cell, cells, money, quantity, section

#: A line of a sales form that is neither tax nor cost of stock.
_SOLD = (
    "p.entity IN ('Invoice', 'SalesReceipt', 'CreditMemo', 'RefundReceipt') AND p.line IS NOT NULL AND p.stock IS NULL"
)
#: What such lines cost, where they took something out of stock.
_COST = "p.entity IN ('Invoice', 'SalesReceipt', 'CreditMemo', 'RefundReceipt') AND p.stock = 0"
_INCOME, _SPENT = frozenset({"Income", "Other Income"}), YEARLY - {"Income", "Other Income"}


def _of_types(entries: Entries, types: frozenset[str]) -> list[str]:
    return [account.id for account in entries.chart.accounts.values() if account.type in types]


def _listed(
    entries: Entries, entity: str, columns: list[Column], rows: Mapping[str | None, list[Cell]], total: list[Cell]
) -> Report:
    """A row for each member by name, what belongs to none of them, and the total."""
    found: list[Row] = [{"ColData": [cell(name, id_), *rows[id_]]} for name, id_ in titles(entries.books, entity, rows)]
    if entries.wish.descending:
        found.reverse()
    if None in rows:
        found.append({"ColData": [cell("Not Specified"), *rows[None]], "group": "**"})
    if found:
        found.append(section(None, None, [cell("TOTAL"), *total], "GrandTotal"))
    return Report(columns, found, empty=not found)


def sold_by(entity: str, member: str, kind: str) -> Callable[[Entries], Report]:
    """Sales by the members of a list.

    Args:
        entity: the list.
        member: the column of the postings that names its members.
        kind: the type of the report's first column.
    """

    def report(entries: Entries) -> Report:
        columns = entries.columns()
        sums = entries.grouped(columns, member, _SOLD)
        return _amounts(entries, entity, kind, columns, sums)

    return report


def _amounts(entries: Entries, entity: str, kind: str, columns: Columns, sums: Grouped) -> Report:
    rows = {id_: cells(money(each, blank_zero=True) for each in columns.completed(amounts)) for id_, amounts in sums.items()}
    whole = [sum(each) for each in zip(*sums.values(), strict=True)] if sums else [0] * columns.count
    total = cells(money(each) for each in columns.completed(whole))
    return _listed(entries, entity, [Column("", kind, kind.lower()), *columns.shown], rows, total)


BY_CUSTOMER = "CASE WHEN p.name_type = 'Customer' THEN p.name END"
#: The vendor of a transaction: a journal entry's line names its own, every other one that of the whole.
_BY_VENDOR = (
    "CASE WHEN p.entity = 'JournalEntry' THEN CASE WHEN p.name_type = 'Vendor' THEN p.name END ELSE (SELECT h.name FROM {0} h WHERE"
    " h.company = p.company AND h.entity = p.entity AND h.id = p.id AND h.n = 0 AND h.name_type = 'Vendor') END"
)


def vendor_expenses(entries: Entries) -> Report:
    """Expenses by vendor."""
    columns = entries.columns()
    sums = entries.grouped(columns, _BY_VENDOR.format(entries.table), "1", _of_types(entries, _SPENT))
    spent: Grouped = {id_: [-each for each in amounts] for id_, amounts in sums.items() if id_}
    return _amounts(entries, "Vendor", "Vendor", columns, spent)


def customer_income(entries: Entries) -> Report:
    """Income and expenses by customer, and what is left."""
    one = Columns((Column("Total", "Money"),))
    income = entries.grouped(one, BY_CUSTOMER, "1", _of_types(entries, _INCOME))
    spent = entries.grouped(one, BY_CUSTOMER, "1", _of_types(entries, _SPENT))
    columns = [Column("", "Customer", "customer"), *(Column(title, "Money", title.lower().replace(" ", "_")) for title in
               ("Income", "Expenses", "Net Income"))]  # fmt: skip
    rows: dict[str | None, list[Cell]] = {}
    totals = [0, 0, 0]
    for id_ in sorted({*income, *spent}, key=str):
        earned, cost = income.get(id_, [0])[0], -spent.get(id_, [0])[0]
        if id_:
            rows[id_] = cells(money(each) for each in (earned, cost, earned - cost))
            totals = [held + each for held, each in zip(totals, (earned, cost, earned - cost), strict=True)]
    return _listed(entries, "Customer", columns, rows, cells(money(each) for each in totals))


def item_sales(entries: Entries) -> Report:
    """Sales by item: quantity, amount, share, price, cost and margin of each."""
    one = Columns((Column("Total", "Money"),))
    amounts = entries.grouped(one, "p.item", _SOLD)
    costs = {id_: -each[0] for id_, each in entries.grouped(one, "p.item", _COST).items()}
    numbers = entries.quantities(_SOLD)
    whole = sum(each[0] for each in amounts.values())
    rows = {
        id_: _sold(amounts.get(id_, [0])[0], numbers.get(id_), costs.get(id_), whole) for id_ in {*amounts, *costs, *numbers}
    }  # fmt: skip
    total = _sold(whole, None, sum(costs.values()) if costs else None, whole)
    period = entries.wish.period
    dated = {"Quantity", "Amount", "COGS"}
    inner = tuple(
        Column(title, "Money", "", *((period.start.isoformat(), period.end.isoformat()) if title in dated else ()))
        for title in ("Quantity", "Amount", "% of Sales", "Avg Price", "COGS", "Gross Margin", "Gross Margin %")
    )
    columns = [Column("", "ProductsAndService", "productsandservice"), Column("Total", "Money", inner=inner)]
    return _listed(entries, "Item", columns, rows, total)


def _sold(amount: int, number: int | None, cost: int | None, whole: int) -> list[Cell]:
    price = money((abs(amount) * 20_000_000 + abs(number)) // (2 * abs(number))) if number else ""
    texts = [quantity(number), money(amount), _percent(amount, whole), price]
    if cost is None:
        return cells([*texts, "", "", ""])
    return cells([*texts, money(cost), money(amount - cost), _percent(amount - cost, amount)])


def _percent(part: int, whole: int) -> str:
    """A share in hundredths of a percent, `0.56 %`; "" of nothing."""
    if not whole:
        return ""
    share = (abs(part) * 20_000 + abs(whole)) // (2 * abs(whole))
    sign = "-" if (part < 0) != (whole < 0) and share else ""
    return f"{sign}{share // 100}.{share % 100:02d} %"


def tax_summary(entries: Entries) -> Report:
    """Sales tax by agency: what the period's transactions owe it."""
    accounts = [account for account in entries.chart.ordered() if account.sub_type in {"GlobalTaxPayable", "SalesTaxPayable"}]
    one = Columns((Column("Total", "Money"),))
    period = entries.wish.period
    sums = entries.moved(one, period.start, period.end)
    report = Report([Column("", "String", "tax"), Column("Total", "Money", "total")])
    total = 0
    for account in accounts:
        amount = -sums.get(account.id, [0])[0]
        total += amount
        if amount:
            report.rows.append({"ColData": [cell(account.full_name, account.id), cell(money(amount))], "group": account.full_name})
    report.empty = not report.rows
    if report.rows:
        report.rows.append(section(None, None, cells(["TOTAL", money(total)]), "GrandTotal"))
    return report
