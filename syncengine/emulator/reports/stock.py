"""What is in stock and what it cost: inventory valuation, in sum and movement by movement."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from syncengine.emulator.reports.aging import report_day
from syncengine.emulator.reports.details import Transactions
from syncengine.emulator.reports.entries import Entries, Line, shown_name, titles
from syncengine.emulator.reports.sheet import Cell, Column, Report, Row, cell, cells, data, money, quantity, section

_MOVES = "p.stock > 0"
_BEGINNING = date(1900, 1, 1)


def _unit(value: int, number: int) -> str:
    """What one unit costs."""
    if number <= 0 or value < 0:
        return ""
    return money((value * 20_000_000 + number) // (2 * number))


def _by_item(entries: Entries, until: date) -> dict[str, list[Line]]:
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in entries.lines(_BEGINNING, until, _MOVES):
        found[str(line.item)].append(line)
    return found


def summary(entries: Entries) -> Report:
    """Inventory valuation: how many of each item there are, and what they cost."""
    columns = [
        Column("", "ProductsAndService", "item"), Column("SKU", "String", "sku"), Column("Qty", "Money", "qty"),
        Column("Asset Value", "Money", "asset_value"), Column("Avg Cost", "Money", "avg_cost"),
    ]  # fmt: skip
    report, whole = Report(columns), 0
    held = _by_item(entries, report_day(entries))
    for name, id_ in titles(entries.books, "Item", held):
        number = sum(line.quantity or 0 for line in held[id_])
        value = sum(line.amount for line in held[id_])
        whole += value
        sku = str((entries.books.known("Item", id_) or {}).get("Sku") or "")
        report.rows.append({"ColData": [cell(name, id_), *cells([sku, quantity(number), money(value), _unit(value, number)])]})
    if entries.wish.descending:
        report.rows.reverse()
    report.options.append(("report_date", report_day(entries).isoformat()))
    report.empty = not report.rows
    if report.rows:
        report.rows.append({"ColData": cells(["TOTAL", "", "", money(whole), ""]), "group": "GrandTotal"})
    return report


def detail(entries: Entries) -> Report:
    """Inventory valuation movement by movement: each with what it left."""
    kinds = (
        ("tx_date", "Date", "Date"), ("txn_type", "Transaction Type", "String"), ("doc_num", "Num", "String"),
        ("name", "Name", "String"), ("quantity", "Qty", "Numeric"), ("rate", "Rate", "Money"),
        ("home_amount", "Inventory Cost", "Money"), ("qty_on_hand", "Qty on Hand", "Numeric"),
        ("home_asset_value", "Asset Value", "Money"),
    )  # fmt: skip
    report = Report([Column(title, type_, key) for key, title, type_ in kinds])
    transactions = Transactions(entries.books, entries.chart, entries.table)
    held = _by_item(entries, entries.wish.period.end)
    for name, id_ in titles(entries.books, "Item", held):
        rows = _movements(entries, transactions, held[id_])
        if rows:
            head = [cell(name, id_), *cells([""] * (len(kinds) - 1))]
            number, value = sum(line.quantity or 0 for line in held[id_]), sum(line.amount for line in held[id_])
            closing = [cell(f"Total for {name}"), *cells([""] * 6), *cells([quantity(number), money(value)])]
            report.rows.append(section(head, rows, closing))
    report.empty = not report.rows
    return report


def _movements(entries: Entries, transactions: Transactions, lines: list[Line]) -> list[Row]:
    rows: list[Row] = []
    number = value = 0
    for line in lines:
        number, value = number + (line.quantity or 0), value + line.amount
        if line.date >= entries.wish.period.start.isoformat():
            shown = transactions.shown(line, line.amount)
            named: Cell = cell("", "")
            if line.name and line.name_type:
                named = cell(shown_name(entries.books, line.name_type, line.name), line.name)
            moved = [quantity(line.quantity), _unit(abs(line.amount), abs(line.quantity or 0)), money(line.amount)]
            kind = cell(shown.label, "" if line.entity == "Item" else line.id)
            rows.append(data([cell(line.date), kind, cell(shown.number), named, *cells([*moved, quantity(number), money(value)])]))
    return rows
