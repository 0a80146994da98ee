"""Postings of what moves money between accounts: JournalEntry, Deposit, Transfer and CreditCardPayment."""

from __future__ import annotations

from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.postings import accounts
from syncengine.emulator.postings.posting import Entry, Name, Posting, number
from syncengine.emulator.rules.draft import value_of
from syncengine.emulator.rules.payments import source

Line = dict[str, Any]


def journal_entry(books: Books, obj: Line) -> list[Posting]:
    """JournalEntry: each line as it says."""
    entry = Entry(books, obj)
    for line in obj.get("Line") or ():
        detail = line.get("JournalEntryLineDetail")
        account = value_of(detail, "AccountRef") if detail else None
        if account:
            sign = 1 if detail.get("PostingType") == "Debit" else -1
            entry.add(account, sign * number(line.get("Amount")), line=line, detail=detail, name=_named(detail))
    return entry.closed()


def _named(detail: Line) -> Name:
    entity = detail.get("Entity") or {}
    id_ = value_of(entity, "EntityRef")
    return (str(entity.get("Type") or entity["EntityRef"].get("type") or "Customer"), id_) if id_ else None


def deposit(books: Books, obj: Line) -> list[Posting]:
    """Deposit: the money moves to the bank from where it lay; what is taken out in cash goes elsewhere."""
    entry = Entry(books, obj)
    bank = value_of(obj, "DepositToAccountRef") or accounts.account(books, accounts.UNDEPOSITED)
    cash = obj.get("CashBack") or {}
    entry.add(bank, number(obj.get("TotalAmt")))
    if isinstance(cash, dict) and number(cash.get("Amount")):
        back = {"Description": cash.get("Memo")}
        taker = value_of(cash, "AccountRef") or accounts.account(books, accounts.UNDEPOSITED)
        entry.add(taker, number(cash.get("Amount")), line=back)
    for line in obj.get("Line") or ():
        detail = line.get("DepositLineDetail") or {}
        account = _source(books, line) or value_of(detail, "AccountRef") or accounts.account(books, accounts.UNDEPOSITED)
        entry.add(account, -number(line.get("Amount")), line=line, detail=detail, name=_from_whom(books, line, detail))
    return entry.closed()


def _held(books: Books, line: Line) -> tuple[str, Line]:
    for linked in line.get("LinkedTxn") or ():
        held = books.known(str(linked.get("TxnType")), str(linked.get("TxnId")))
        if held is not None:
            return str(linked["TxnType"]), held
    return "", {}


def _source(books: Books, line: Line) -> str | None:
    """The account on which a linked transaction put its money."""
    type_, held = _held(books, line)
    if not held:
        return None
    if type_ == "Transfer":
        return value_of(held, "ToAccountRef")
    if type_ == "BillPayment":
        return value_of(held, *source(held))
    if type_ == "JournalEntry":
        return accounts.account(books, accounts.UNDEPOSITED)
    return value_of(held, "DepositToAccountRef") or accounts.account(books, accounts.UNDEPOSITED)


def _from_whom(books: Books, line: Line, detail: Line) -> Name:
    entity = detail.get("Entity") or {}
    if entity.get("value"):
        return str(entity.get("type") or "Customer"), str(entity["value"])
    _, held = _held(books, line)
    customer = value_of(held, "CustomerRef")
    return ("Customer", customer) if customer else None


def transfer(books: Books, obj: Line) -> list[Posting]:
    """Transfer: one account gives, the other takes."""
    return _between(books, obj, value_of(obj, "FromAccountRef"), value_of(obj, "ToAccountRef"))


def card_payment(books: Books, obj: Line) -> list[Posting]:
    """CreditCardPayment: the bank pays what is owed on a card."""
    return _between(books, obj, value_of(obj, "BankAccountRef"), value_of(obj, "CreditCardAccountRef"))


def _between(books: Books, obj: Line, giver: str | None, taker: str | None) -> list[Posting]:
    entry = Entry(books, obj)
    if giver and taker:
        entry.add(taker, number(obj.get("Amount")))
        entry.add(giver, -number(obj.get("Amount")))
    return entry.closed()
