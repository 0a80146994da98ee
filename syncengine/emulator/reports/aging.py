"""Who owes what and since when: aged receivables and payables, and the balances of customers and vendors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from syncengine.emulator.reports.details import Details, Shown, Transactions, chosen
from syncengine.emulator.reports.entries import Entries, titles
from syncengine.emulator.reports.open_items import RECEIVABLES, Item, Side, items
from syncengine.emulator.reports.sheet import Column, Report, Row, cell, cells, money, section
from syncengine.emulator.reports.wish import day
from syncengine.emulator.rules.draft import value_of

#: Days of one bucket and how many of them there are, unless the request says otherwise.
_DAYS, _BUCKETS = 30, 4


@dataclass(frozen=True)
class Buckets:
    """How long ago something may have been due: not yet, then by so many days each, the last one without end."""

    size: int
    count: int

    def place(self, days: int) -> int:
        """The bucket of what has been due for so many days."""
        return 0 if days <= 0 else min((days - 1) // self.size + 1, self.count)

    def titles(self, last: str = "{} and over", suffix: str = "") -> list[str]:
        """What the buckets are called."""
        between = [f"{place * self.size + 1} - {(place + 1) * self.size}{suffix}" for place in range(self.count - 1)]
        return ["Current", *between, last.format((self.count - 1) * self.size + 1)]


def report_day(entries: Entries) -> date:
    """The day as of which the report is: `report_date`, else the end of its period."""
    return day(entries.wish.texts, "report_date") if entries.wish.texts.get("report_date") else entries.wish.period.end


def _aged_on(entries: Entries) -> date:
    """The day from which ages are counted: the report's own, or today."""
    return entries.wish.today if entries.wish.texts.get("aging_method") == "Current" else report_day(entries)


def _age(entries: Entries, item: Item) -> int:
    from_date = entries.books.preference("ReportPrefs", "CalcAgingReportFromTxnDate")
    return (_aged_on(entries) - date.fromisoformat(item.line.date if from_date else item.due)).days


def _buckets(entries: Entries) -> Buckets:
    return Buckets(entries.wish.whole("aging_period", _DAYS), entries.wish.whole("num_periods", _BUCKETS))


def _open(entries: Entries, side: Side) -> list[Item]:
    """The items that are open and are due when the request says."""
    texts = entries.wish.texts
    first, last = texts.get("start_duedate", ""), texts.get("end_duedate", "9")
    found = [item for item in items(entries, side, report_day(entries)) if item.line.name and first <= item.due <= last]
    paid = texts.get("arpaid" if side is RECEIVABLES else "appaid") or "Unpaid"
    return [item for item in found if paid == "All" or (paid == "Paid") == item.settled]


def _as_of(entries: Entries, report: Report) -> Report:
    report.options.insert(0, ("report_date", report_day(entries).isoformat()))
    report.empty = not report.rows
    return report


# Summaries


def aged(side: Side) -> Callable[[Entries], Report]:
    """Aged receivables or payables: a row for each name, a column for each bucket."""

    def report(entries: Entries) -> Report:
        buckets = _buckets(entries)
        amounts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (buckets.count + 1))
        for item in _open(entries, side):
            amounts[str(item.line.name)][buckets.place(_age(entries, item))] += item.open
        titles = [Column(title, "Money", str(place)) for place, title in enumerate(buckets.titles())]
        found = Report([Column("", side.name_type, side.parameter), *titles, Column("Total", "Money", "total")])
        found.rows = _summary(entries, side, {id_: each for id_, each in amounts.items() if any(each)}, total=True)
        return _as_of(entries, found)

    return report


def balances(side: Side) -> Callable[[Entries], Report]:
    """The balance of each customer or vendor."""

    def report(entries: Entries) -> Report:
        amounts: defaultdict[str, list[int]] = defaultdict(lambda: [0])
        for item in _open(entries, side):
            amounts[str(item.line.name)][0] += item.open
        found = Report([Column("", side.name_type, side.parameter), Column("Total", "Money", "total")])
        found.rows = _summary(entries, side, {id_: each for id_, each in amounts.items() if any(each)}, total=False)
        return _as_of(entries, found)

    return report


def _summary(entries: Entries, side: Side, amounts: dict[str, list[int]], *, total: bool) -> list[Row]:
    """A row for each name, customers below the one that they belong to, and what all come to."""
    if not amounts:
        return []
    below: defaultdict[str | None, list[str]] = defaultdict(list)
    for id_ in _with_parents(entries, side, amounts):
        below[_parent(entries, side, id_)].append(id_)

    def shown(values: Sequence[int], *, blank_zero: bool) -> list[dict[str, str]]:
        texts = [money(each, blank_zero=blank_zero) for each in values]
        return cells([*texts, money(sum(values))] if total else texts)

    def rows(parent: str | None) -> tuple[list[Row], list[int]]:
        found, whole = [], [0] * len(next(iter(amounts.values())))
        for id_ in sorted(below[parent], key=lambda each: _name(entries, side, each).casefold()):
            own = amounts.get(id_, [0] * len(whole))
            inner, inside = rows(id_)
            both = [a + b for a, b in zip(own, inside, strict=True)]
            whole = [a + b for a, b in zip(whole, both, strict=True)]
            named = cell(_name(entries, side, id_), id_)
            if not inner:
                found.append({"ColData": [named, *shown(own, blank_zero=True)]})
                continue
            closing = [cell(f"Total {named['value']}"), *shown(both, blank_zero=True)]
            found.append(section([named, *shown(own, blank_zero=True)], inner, closing))
        return (found[::-1] if entries.wish.descending else found), whole

    found, whole = rows(None)
    return [*found, section(None, None, [cell("TOTAL"), *shown(whole, blank_zero=False)], "GrandTotal")]


def _with_parents(entries: Entries, side: Side, amounts: dict[str, list[int]]) -> list[str]:
    found = dict.fromkeys(amounts)
    for id_ in list(found):
        parent = _parent(entries, side, id_)
        while parent is not None and parent not in found:
            found[parent] = None
            parent = _parent(entries, side, parent)
    return list(found)


def _parent(entries: Entries, side: Side, id_: str) -> str | None:
    return value_of(entries.books.known(side.name_type, id_) or {}, "ParentRef")


def _name(entries: Entries, side: Side, id_: str) -> str:
    return str((entries.books.known(side.name_type, id_) or {}).get("DisplayName", ""))


# Details


def _keys(side: Side, *, past_due: bool) -> tuple[str, ...]:
    named = "cust_name" if side is RECEIVABLES else "vend_name"
    amounts = ("subt_amount", "subt_open_bal") if side is RECEIVABLES else ("subt_neg_amount", "subt_neg_open_bal")
    return ("tx_date", "txn_type", "doc_num", named, "dept_name", "due_date", *(("past_due",) if past_due else ()), *amounts)


def _lines(entries: Entries, details: Details, found: Sequence[Item]) -> list[tuple[Item, Shown]]:
    transactions = Transactions(entries.books, entries.chart, entries.table)
    lines = []
    for item in found:
        shown = transactions.shown(item.line, item.amount)
        age = (_aged_on(entries) - date.fromisoformat(item.due)).days
        lines.append((item, Shown(**{**shown.__dict__, "open": item.open, "due": item.due, "past_due": age})))
    order = [shown for _, shown in lines]
    places = {id(shown): place for place, shown in enumerate(details.ordered(order, entries.wish))}
    return sorted(lines, key=lambda each: places[id(each[1])])


def aged_detail(side: Side) -> Callable[[Entries], Report]:
    """Aged receivables or payables item by item, what has been due longest first."""

    def report(entries: Entries) -> Report:
        details = chosen(entries, _keys(side, past_due=side is not RECEIVABLES))
        buckets = _buckets(entries)
        sorted_in: defaultdict[int, list[Shown]] = defaultdict(list)
        lines = _lines(entries, details, _open(entries, side))
        for item, shown in lines:
            sorted_in[buckets.place(_age(entries, item))].append(shown)
        titles = buckets.titles("{} or more days past due", " days past due")
        rows = [details.group(titles[place], sorted_in[place]) for place in range(buckets.count, -1, -1) if sorted_in[place]]
        if rows:
            rows.append(section(None, None, details.summary("TOTAL", [shown for _, shown in lines])))
        return _as_of(entries, Report(details.columns, rows))

    return report


def balance_detail(side: Side) -> Callable[[Entries], Report]:
    """The balance of each customer or vendor item by item."""

    def report(entries: Entries) -> Report:
        keys = tuple(key for key in _keys(side, past_due=False) if key not in {"cust_name", "vend_name"})
        details = chosen(entries, keys)
        named: defaultdict[str, list[Shown]] = defaultdict(list)
        lines = _lines(entries, details, _open(entries, side))
        for item, shown in lines:
            named[str(item.line.name)].append(shown)
        titled = titles(entries.books, side.name_type, named)
        rows = [details.group(name, named[id_], id_) for name, id_ in titled]
        if rows:
            rows.append(section(None, None, details.summary("TOTAL", [shown for _, shown in lines])))
        return _as_of(entries, Report(details.columns, rows))

    return report
