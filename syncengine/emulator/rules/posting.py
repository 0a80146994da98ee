"""Where amounts are booked: the accounts that QuickBooks takes by itself, and the sign of a balance."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.rules.draft import Move, amount_of, value_of


def account_of(books: Books, type_: str, sub_type: str | None = None) -> dict[str, Any] | None:
    """The company's first active account of a type (and sub-type), None where it has none."""
    key = (f"Account of {type_}", sub_type or "")
    found = books.company.cache.get(key)
    if found is not None:
        current = books.known("Account", found["Id"])
        if current is not None and current.get("Active", True):
            return current
    row = books.state.execute(
        "SELECT id FROM object WHERE company = ? AND entity = 'Account' AND active = 1 AND json_extract(body, '$.AccountType') = ?"
        " AND (? IS NULL OR json_extract(body, '$.AccountSubType') = ?) ORDER BY CAST(id AS INTEGER) LIMIT 1",
        (books.company.key, type_, sub_type, sub_type),
    ).fetchone()
    account = books.known("Account", row[0]) if row else None
    if account is not None:
        books.company.cache[key] = account
    return account


def debit(books: Books, account_id: str | None, amount: Decimal) -> Iterator[Move]:
    """The move of an account's balance by a debit (a negative amount is a credit).

    Income and expense accounts carry no CurrentBalance in QuickBooks; liabilities and equity grow by credits.
    """
    account = books.known("Account", account_id) if account_id else None
    if account is None or account.get("Classification") in {"Revenue", "Expense"}:
        return
    yield "Account", account["Id"], amount if account.get("Classification") == "Asset" else -amount


def credit(books: Books, account_id: str | None, amount: Decimal) -> Iterator[Move]:
    """The move of an account's balance by a credit."""
    yield from debit(books, account_id, -amount)


def stocked(books: Books, detail: dict[str, Any], sign: int) -> Iterator[Move]:
    """The move of an inventory item's QtyOnHand by a line's quantity; other items have none."""
    item = books.known("Item", value_of(detail, "ItemRef") or "")
    if item is not None and item.get("Type") == "Inventory":
        yield "Item", item["Id"], sign * amount_of(detail, "Qty")


def extension(name: str, value: str) -> dict[str, Any]:
    """A name and value as QuickBooks' own XML binding leaks them into JSON."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": name, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }
