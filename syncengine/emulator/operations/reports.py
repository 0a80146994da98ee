"""Reports, computed when they are asked for."""

from __future__ import annotations

from syncengine.emulator import faults, moments, wire
from syncengine.emulator.books import Books
from syncengine.emulator.operations.operation import Asked, Operation, Outcome, Pattern
from syncengine.emulator.reports import registry


def report(books: Books, asked: Asked) -> Outcome:
    """One report; what is not known by that name is an unsupported operation."""
    known = registry.REPORTS.get(asked.id)
    if known is None:
        target = asked.request.target.partition("?")[0].removeprefix(f"/v3/company/{books.company.realm}")
        raise faults.unsupported_operation(target, books.company.realm)
    time = moments.second(books.epoch, books.company.zone)
    shown = registry.made(books, known, asked.request.query, time)
    return Outcome(wire.dumps(shown), coreplus=1, rows=1)


PATTERNS: tuple[Pattern, ...] = (("GET", "reports/{id}", Operation("report", report, reads=True, quota="report")),)
