"""What rules look up or add by themselves: the account that a form takes where it names none, and names with values."""

from __future__ import annotations

from typing import Any

from syncengine.emulator.books import Books


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
