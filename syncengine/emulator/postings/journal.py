"""Postings of journal entries, deposits and transfers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import Move, amount_of, value_of
from syncengine.emulator.rules.posting import debit


def posted(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """JournalEntry: every line moves its account, and on receivables and payables its customer or vendor."""
    for line in obj.get("Line", ()):
        detail = line.get("JournalEntryLineDetail")
        if not detail:
            continue
        amount = amount_of(line, "Amount") * (1 if detail["PostingType"] == "Debit" else -1)
        account = value_of(detail, "AccountRef")
        yield from debit(books, account, amount)
        entity = detail.get("Entity") or {}
        type_ = (books.known("Account", account or "") or {}).get("AccountType")
        if (entity.get("Type"), type_) == ("Customer", "Accounts Receivable"):
            yield "Customer", str(value_of(entity, "EntityRef")), amount
        elif (entity.get("Type"), type_) == ("Vendor", "Accounts Payable"):
            yield "Vendor", str(value_of(entity, "EntityRef")), -amount


def deposited(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """Deposit: the money moves to the bank from where it lay."""
    yield from debit(books, value_of(obj, "DepositToAccountRef"), amount_of(obj, "TotalAmt"))
    for line in obj.get("Line", ()):
        source = value_of(line, "DepositLineDetail", "AccountRef")
        for linked in line.get("LinkedTxn", ()):
            held = books.known(linked["TxnType"], linked["TxnId"]) or {}
            source = value_of(held, "DepositToAccountRef") or source
        yield from debit(books, source, -amount_of(line, "Amount"))


def transferred(books: Books, obj: dict[str, Any]) -> Iterator[Move]:
    """Transfer: one account gives, the other takes."""
    yield from debit(books, value_of(obj, "ToAccountRef"), amount_of(obj, "Amount"))
    yield from debit(books, value_of(obj, "FromAccountRef"), -amount_of(obj, "Amount"))
