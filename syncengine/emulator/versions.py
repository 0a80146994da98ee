"""The history of every object: a row for each version, written in the transaction of the change that made it."""

from __future__ import annotations

from dataclasses import dataclass

from syncengine.emulator.books import Books, Company
from syncengine.emulator.journal import Journal
from syncengine.emulator.state import State
from syncengine.emulator.switches import Switches

#: Who wrote what was there from the start.
SETUP = "setup"
#: The change by which a history begins that was not kept from the object's first day on.
FOUND = "found"


@dataclass(frozen=True)
class Kept:
    """One version of an object.

    Attributes:
        n: its number, which rises with time.
        at: when it was written, epoch seconds.
        who: an app's client id, `bookkeeper` or `setup`.
        change: create, update, deactivate, emailed, void, delete, merge, full_name, or `found`.
        line: number of the journal's line, None where there is none.
        text: the object's JSON; of a deleted one the stub.
    """

    n: int
    at: int
    who: str
    change: str
    line: int | None
    text: str


class Versions:
    """Keeps versions while the switch `history` says so; whoever uses it holds the state's lock."""

    def __init__(self, state: State, switches: Switches, journal: Journal) -> None:
        self._state = state
        self._switches = switches
        self._journal = journal
        if switches["history"]:
            self._begin()

    def _begin(self) -> None:
        """A state file from before there was a history begins one with its objects as they are."""
        with self._state.transaction():
            if self._state.execute("SELECT 1 FROM version LIMIT 1").fetchone() is None:
                self._state.execute(
                    "INSERT INTO version (company, entity, id, at, who, change, text)"
                    " SELECT company, entity, id, updated, '', ?, body FROM object ORDER BY updated, company, entity, id",
                    (FOUND,),
                )

    def record(self, books: Books, who: str) -> None:
        """Note what was written; one of `Parts.recorders`."""
        line = self._journal.next_number() if self._switches["journal"] else None
        self._note(books, who, line)

    def record_setup(self, books: Books) -> None:
        """Note what a company was set up with; one of `Register.built`."""
        self._note(books, SETUP, None)

    def _note(self, books: Books, who: str, line: int | None) -> None:
        if not self._switches["history"]:
            return
        company = books.company.key
        self._state.executemany(
            "INSERT INTO version (company, entity, id, at, who, change, line, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(company, each.entity, each.id, each.epoch, who, each.change, line, each.text) for each in books.versions],
        )

    def record_found(self, books: Books) -> None:
        """Begin a history for the company's objects that have none yet."""
        if self._switches["history"]:
            self._state.execute(
                "INSERT INTO version (company, entity, id, at, who, change, text)"
                " SELECT company, entity, id, updated, '', ?, body FROM object o WHERE company = ? AND NOT EXISTS (SELECT 1 FROM"
                " version v WHERE v.company = o.company AND v.entity = o.entity AND v.id = o.id) ORDER BY o.rowid",
                (FOUND, books.company.key),
            )

    def of(self, company: Company, entity: str, id_: str, limit: int = 200) -> list[Kept]:
        """The last versions of an object, newest first."""
        rows = self._state.execute(
            "SELECT n, at, who, change, line, text FROM version WHERE company = ? AND entity = ? AND id = ?"
            " ORDER BY n DESC LIMIT ?",
            (company.key, entity, id_, limit),
        )
        return [Kept(*row) for row in rows]
