"""The reports, drawn from the same JSON that the API answers with."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from syncengine.emulator import moments, wire
from syncengine.emulator.faults import Refusal
from syncengine.emulator.http import Request
from syncengine.emulator.operations.operation import Asked
from syncengine.emulator.operations.routes import resolve
from syncengine.emulator.pages import words
from syncengine.emulator.pages.edit import refusals
from syncengine.emulator.pages.visit import Answer, Missing, Page, Visit
from syncengine.emulator.reports.registry import REPORTS

#: What people look for first; the others follow as the API knows them.
_FIRST = ("TrialBalance", "ProfitAndLoss", "BalanceSheet", "CashFlow", "GeneralLedger", "AgedReceivables", "AgedPayables")
_OPTIONS = ("start_date", "end_date", "accounting_method", "summarize_column_by")


def offered() -> dict[str, str]:
    """The reports that there are."""
    return {name: words.label(name) for name in [*_FIRST, *(name for name in REPORTS if name not in _FIRST)] if name in REPORTS}


def index(_visit: Visit) -> Answer:
    """The list of reports."""
    return Page("reports.html", {"reports": offered()})


def view(visit: Visit) -> Answer:
    """One report, for the dates that are asked for."""
    if visit.id not in offered():
        raise Missing("There is no such report.")
    options = {name: visit.query[name] for name in _OPTIONS if visit.query.get(name)}
    values: dict[str, Any] = {"title": words.label(visit.id), "name": visit.id, "options": options, "problems": []}
    asked = _asked(visit, visit.id, options)
    try:
        report = wire.loads(asked.operation.act(visit.books, asked).body) if asked else {}
    except Refusal as refusal:
        return Page("report.html", {**values, "problems": refusals(refusal), "head": [], "rows": [], "header": {}}, 400)
    head = [str(column.get("ColTitle", "")) for column in report.get("Columns", {}).get("Column", ())]
    return Page("report.html", {**values, "head": head, "rows": list(_rows(report.get("Rows", {}), 0)),
                                "header": report.get("Header", {})})  # fmt: skip


def _asked(visit: Visit, name: str, options: dict[str, str]) -> Asked | None:
    """The API's own request for a report."""
    request = Request("GET", f"/v3/company/{visit.of.realm}/reports/{name}?{urlencode(options)}")
    return resolve(request, f"reports/{name}", moments.millisecond(visit.books.now, visit.of.zone))


def _rows(rows: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    """The rows of a report one after the other, sections opened up, each with its depth and whether it is a sum."""
    for row in rows.get("Row", ()):
        for part, kind in (("Header", "head"), ("", "row"), ("Summary", "sum")):
            data = row.get(part, {}).get("ColData") if part else row.get("ColData")
            if part == "Summary":
                yield from _rows(row.get("Rows", {}), depth + 1)
            if data:
                yield {"kind": kind, "depth": min(depth, 5), "cells": [_cell(cell) for cell in data]}


def _cell(cell: dict[str, Any]) -> str:
    value = str(cell.get("value", ""))
    try:
        return f"{Decimal(value):,.2f}" if "." in value else value
    except InvalidOperation:
        return value


ROUTES = (
    ("GET", "company/{realm}/reports", index),
    ("GET", "company/{realm}/reports/{id}", view),
)
