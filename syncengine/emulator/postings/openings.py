"""Postings of what accounts and items began with, and of counted stock; kept in a table, for the objects show only the outcome."""

from __future__ import annotations

from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.books import Books
from syncengine.emulator.postings import accounts
from syncengine.emulator.postings.posting import COST_OF_ISSUE, ISSUE, RECEIPT, Posting, cents, number, quanta
from syncengine.emulator.rules.draft import value_of


def note(books: Books, entity: str, id_: str, date: str, amount: int, quantity: int | None = None) -> None:
    """Note an opening (the first one) or a count: cents, debit positive, quantity in 1e-7 units."""
    key = (books.company.key, entity, id_)
    books.state.execute(
        "INSERT INTO opening (company, entity, id, n, date, amount, quantity)"
        " SELECT ?, ?, ?, count(*), ?, ?, ? FROM opening WHERE company = ? AND entity = ? AND id = ?",
        (*key, date, amount, quantity, *key),
    )


def begin(books: Books, entity: str, old: dict[str, Any] | None, new: dict[str, Any]) -> None:
    """Note what an account or item begins with, or what a count of an item's stock changes; `new` then shows what it had before.

    QuickBooks takes the quantity that an update of an item sends for a count of today.
    """
    if entity == "Account" and old is None:
        amount = number(new.get("OpeningBalance"))
        if amount and new.get("Classification") not in {"Revenue", "Expense", ""}:
            sign = 1 if new.get("Classification") == "Asset" else -1
            note(books, entity, new["Id"], str(new.get("OpeningBalanceDate") or books.today), sign * cents(amount))
    elif entity == "Item" and new.get("Type") == "Inventory":
        _count(books, old or {}, new)


def _count(books: Books, old: dict[str, Any], new: dict[str, Any]) -> None:
    before = number(old.get("QtyOnHand"))
    change = number(new.get("QtyOnHand")) - before
    first = not _noted(books, "Item", new["Id"]) and old.get("Type") != "Inventory"
    if change or first:
        date = str(new.get("InvStartDate") or books.today) if first else books.today
        note(books, "Item", new["Id"], date, cents(change * number(new.get("PurchaseCost"))), quanta(change))
    elif old.get("InvStartDate") != new.get("InvStartDate"):
        values = (new.get("InvStartDate"), books.company.key, new["Id"])
        books.state.execute("UPDATE opening SET date = ? WHERE company = ? AND entity = 'Item' AND id = ? AND n = 0", values)
    new["QtyOnHand"] = wire.plain(before)


def merged(books: Books, entity: str, loser: str, survivor: str) -> None:
    """What the loser of a merger began with, the survivor began with."""
    for _, date, amount, quantity in _noted(books, entity, loser):
        note(books, entity, survivor, date, amount, quantity)
    books.state.execute("DELETE FROM opening WHERE company = ? AND entity = ? AND id = ?", (books.company.key, entity, loser))


def account(books: Books, obj: dict[str, Any]) -> list[Posting]:
    """Account: its opening balance, against opening balance equity."""
    rows = []
    for _, date, amount, _ in _noted(books, "Account", obj["Id"]):
        equity = accounts.account(books, accounts.OPENING)
        rows += [Posting(date, obj["Id"], amount, memo="Opening Balance"), Posting(date, equity, -amount)]
    return rows


def item(books: Books, obj: dict[str, Any]) -> list[Posting]:
    """Item: what was in stock at the start, against opening balance equity; later counts against inventory shrinkage."""
    rows = []
    for n, date, amount, quantity in _noted(books, "Item", obj["Id"]):
        asset = value_of(obj, "AssetAccountRef") or accounts.account(books, accounts.INVENTORY)
        if not quantity:
            continue
        if quantity > 0:
            other = accounts.account(books, accounts.SHRINKAGE if n else accounts.OPENING)
            rows += [
                Posting(date, asset, amount, item=obj["Id"], quantity=quantity, stock=RECEIPT),
                Posting(date, other, -amount, item=obj["Id"]),
            ]
        else:
            rows += [
                Posting(date, asset, 0, item=obj["Id"], quantity=quantity, stock=ISSUE),
                Posting(date, accounts.account(books, accounts.SHRINKAGE), 0, item=obj["Id"], stock=COST_OF_ISSUE),
            ]
    return rows


def _noted(books: Books, entity: str, id_: str) -> list[tuple[int, str, int, int]]:
    return books.state.execute(
        "SELECT n, date, amount, quantity FROM opening WHERE company = ? AND entity = ? AND id = ? ORDER BY n",
        (books.company.key, entity, id_),
    ).fetchall()
