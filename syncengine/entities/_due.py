"""When a bill is due: the record's own day, or reckoned from its terms."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from syncengine.entities._fields import Day, Record, References, fail
from syncengine.entities._posted import id_in

#: The day that the due date is reckoned from, by the rule's name.
_FROM = {"receipt": "txn_date", "vendor invoice": "vendor_invoice_date"}
#: No terms of payment are longer.
_LONGEST = 36_500


@dataclass(frozen=True)
class DueDate(Day):
    """The due date: the record's own, else the first day of its rule plus its terms; without terms QuickBooks fills it in."""

    def put(self, record: Record, refs: References) -> Any:
        """ISO text; None where neither the record nor its terms say when it is due."""
        own, term_id = super().put(record, refs), id_in(record, "term_id")
        if own is not None or term_id is None:
            return own
        first = _first_day(record, refs)
        term = refs.look("term", term_id)
        due = _after(first, term) if first is not None and term is not None else None
        return None if due is None else due.isoformat()


def _first_day(record: Record, refs: References) -> date | None:
    """The day that the rule names; where the vendor's invoice has no date, the receipt's."""
    rule = str(record.get("due_from") or refs.setting("due_date_from")).strip().casefold()
    if rule not in _FROM:
        raise fail("due_from", rule, f"It must be one of {', '.join(_FROM)}.", "Choose one of them.")
    columns = dict.fromkeys((_FROM[rule], "txn_date"))
    return next((day for column in columns if (day := _day(column, record, refs)) is not None), None)


def _day(column: str, record: Record, refs: References) -> date | None:
    text = Day("DueDate", column).put(record, refs)
    return date.fromisoformat(text) if text else None


def _after(first: date, term: Record) -> date | None:
    try:
        return after(first, term)
    except (OverflowError, ValueError):  # beyond the year 9999
        raise fail("txn_date", first, "With its terms it would be due after the last day of the calendar.", "Correct it.") from None


def after(first: date, term: Record) -> date | None:
    """The day on which what is reckoned from `first` is due under `term`; None where the terms say nothing.

    Terms by day of the month mean the next such day from `first` on, or the one a month later where fewer than
    `due_next_month_days` days lie between; a month that is too short has it on its last day.
    """
    day, days = _whole(term, "day_of_month_due"), _whole(term, "due_days")
    if day is not None:
        due = _in_month(first.year, first.month, day)
        if due < first or (due - first).days < (_whole(term, "due_next_month_days") or 0):
            due = _in_month(first.year + first.month // 12, first.month % 12 + 1, day)
        return due
    return None if days is None else first + timedelta(days=days)


def _whole(term: Record, column: str) -> int | None:
    found = term.get(column)
    if found is None or (isinstance(found, int) and 0 <= found <= _LONGEST):
        return found
    cause = f"The terms {term.get('name') or ''} say this, which is no number of days."
    raise fail(column, found, cause, "Correct the terms.")


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(max(day, 1), monthrange(year, month)[1]))
