"""Postings of documents that are being loaded: written as they come, for as long as nothing that comes later could change them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.postings import audit, ledger, registry

#: What the postings of a document look at besides itself. They may come before the first document, not behind it.
SEEN = frozenset({"Account", "Item", "TaxRate", "TaxAgency", "Preferences"})
#: Documents whose postings look at other documents: they wait until all are there.
_LATE = frozenset({"Payment", "BillPayment", "Deposit"})
#: Documents that can be posted as they come.
STANDING = frozenset(registry.POSTS) - SEEN - _LATE


class Running:
    """Posts what a company without documents is being loaded with, so that it need not all be read again in the end.

    It gives up where that could come to something else than posting all at once would: when something comes that the postings of
    an earlier document would have looked at, when a document cannot be posted yet, or when an account has to be set up for one
    (which Id that gets depends on all that comes first). Then everything is posted in the end; nothing remains of what was done.
    """

    def __init__(self, books: Books) -> None:
        self._books = books
        self._begun = False
        self._holds = not audit.has_documents(books)
        self._roles = {role for (role,) in self._system_accounts()}

    @property
    def standing(self) -> frozenset[str]:
        """The entities whose documents are all posted."""
        return STANDING if self._holds and self._begun else frozenset()

    def take(self, objects: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Post those of the next objects that can be; all of them are in the books."""
        documents: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        late = False
        for entity, obj in objects if self._holds else ():
            if entity in STANDING:
                documents[entity].append(obj)
            else:
                late = late or (self._begun and entity in SEEN)
        if late or (documents and not self._entered(documents)):
            self._give_up()

    def _entered(self, documents: dict[str, list[dict[str, Any]]]) -> bool:
        books = self._books
        if not self._begun:
            self._begun = True
            # What was read before the load may be something else by now.
            books.forget()
        sequences = dict(books.company.sequences)
        try:
            with books.attempt():
                for entity, objects in documents.items():
                    ledger.enter(books, entity, objects)
                _nothing_set_up(books)
        except (_SetUp, *audit.FAILURES):
            books.company.sequences.clear()
            books.company.sequences.update(sequences)
            return False
        return True

    def _give_up(self) -> None:
        self._holds = False
        company = self._books.company.key
        for (role,) in self._system_accounts():
            if role not in self._roles:
                self._books.state.execute("DELETE FROM system_account WHERE company = ? AND role = ?", (company, role))
        self._books.state.execute("DELETE FROM posting WHERE company = ?", (company,))
        self._books.forget()

    def _system_accounts(self) -> list[tuple[str]]:
        return self._books.state.execute("SELECT role FROM system_account WHERE company = ?", (self._books.company.key,)).fetchall()


def _nothing_set_up(books: Books) -> None:
    if books.written:
        raise _SetUp


class _SetUp(Exception):  # noqa: N818 -- it says what happened
    """An account was set up."""
