"""The bank feed, as far as other programs notice it: a transaction that a line of it is matched with cannot be deleted (6480)."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import faults
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.postings import ledger

#: The accounts that banks tell of.
_FED = frozenset({"Bank", "Credit Card"})


def match(books: Books, entity: Entity, obj: dict[str, Any]) -> dict[str, Any]:
    """Match a line of the bank feed with a transaction, which itself stays as it is.

    Raises:
        ValueError: it moves no money in a bank or card account, so that no bank could tell of it.
    """
    moved = {row.account for row in ledger.posted(books, entity.name, obj["Id"])}
    if not any((books.known("Account", each) or {}).get("AccountType") in _FED for each in moved):
        raise ValueError("match takes a transaction that moves money in a bank or card account")
    books.state.execute("INSERT OR REPLACE INTO matched VALUES (?, ?, ?)", (books.company.key, entity.name, obj["Id"]))
    return obj


def unmatch(books: Books, entity: Entity, obj: dict[str, Any]) -> dict[str, Any]:
    """Take the match back; nothing happens where there is none."""
    books.state.execute(
        "DELETE FROM matched WHERE company = ? AND entity = ? AND id = ?", (books.company.key, entity.name, obj["Id"])
    )
    return obj


def not_matched(books: Books, entity: Entity, obj: dict[str, Any]) -> None:
    """6480: what is matched stays until the match is taken back."""
    found = books.state.execute(
        "SELECT 1 FROM matched WHERE company = ? AND entity = ? AND id = ?", (books.company.key, entity.name, obj["Id"])
    ).fetchone()
    if found:
        raise faults.matched()
