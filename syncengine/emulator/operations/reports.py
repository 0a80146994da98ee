"""Reports, computed when they are asked for."""

from __future__ import annotations

from collections.abc import Mapping

from syncengine.emulator import faults, moments, wire
from syncengine.emulator.books import Books
from syncengine.emulator.operations.operation import Asked, Operation, Outcome, Pattern
from syncengine.emulator.reports import registry


def report(books: Books, asked: Asked) -> Outcome:
    """One report; what is not known by that name is an unsupported operation."""
    return Outcome(reported(books, asked.id, asked.request.query), coreplus=1, rows=1)


def reported(books: Books, name: str, query: Mapping[str, str]) -> str:
    """The JSON text of a report.

    Raises:
        Refusal: 500 for a name that is none, or whatever is wrong with the parameters.
    """
    known = registry.REPORTS.get(name)
    if known is None:
        raise faults.unsupported_operation(f"/v3/company/{books.company.realm}/reports/{name}")
    return wire.dumps(registry.made(books, known, query, moments.second(books.epoch, books.company.zone)))


PATTERNS: tuple[Pattern, ...] = (("GET", "reports/{id}", Operation("report", report, reads=True, quota="report")),)
