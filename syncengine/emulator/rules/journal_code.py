"""Rules of journal codes."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import faults, wire
from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import Draft


def journal_code(draft: Draft) -> None:
    """JournalCode: French companies have them (5030); the description repeats the type."""
    if (draft.books.known("CompanyInfo", "1") or {}).get("Country") != "FR":
        raise faults.feature("Journal codes are available in France only.")
    draft.default("Description", draft.obj["Type"])


def unused(books: Books, obj: dict[str, Any]) -> None:
    """A code that a journal entry bears cannot go (800)."""
    needle = f'"JournalCodeRef":{{"value":{wire.dumps(obj["Id"])}'
    found = books.state.execute(
        "SELECT id FROM object WHERE company = ? AND entity = 'JournalEntry' AND deleted = 0 AND instr(body, ?) > 0",
        (books.company.key, needle),
    ).fetchone()
    if found:
        raise faults.dependencies(f"JournalEntry {found[0]}")
