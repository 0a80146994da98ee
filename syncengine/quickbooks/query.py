"""The query language: the one place where text becomes part of a statement, and so the one that escapes it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

#: One condition: property, operator, value. Conditions can only be joined by AND; the language knows no OR.
Condition = tuple[str, str, Any]

#: Rows on one page at most; QuickBooks cuts a greater wish down without saying so.
PAGE_MAX = 1000

_OPERATORS = frozenset({"=", "!=", "<", ">", "<=", ">=", "IN", "LIKE"})
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z][A-Za-z0-9]*)*", re.ASCII)


def quote(value: Any) -> str:
    """`value` as a literal: single quotes for text, numbers, dates and times, bare `true` and `false`.

    A quote is escaped by a backslash (the documented escape) and a backslash by another, so that a value that ends in
    one cannot swallow the closing quote. Raises TypeError for None, float and anything else without a literal form,
    ValueError for a time without an offset, which QuickBooks would read in the company's own zone.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time in a query needs an offset")
        return f"'{value.isoformat(timespec='seconds')}'"
    if isinstance(value, Decimal):
        return f"'{value:f}'"
    if isinstance(value, str | int | date):
        escaped = str(value).replace("\\", "\\\\").replace("'", "\\'")
        return f"'{escaped}'"
    raise TypeError(f"{type(value).__name__} has no literal form in a query")


def select(
    entity: str,
    *,
    where: Iterable[Condition] = (),
    order: Iterable[str | tuple[str, str]] = (),
    start: int | None = None,
    max: int | None = None,  # noqa: A002 -- the language's own word is MAXRESULTS
) -> str:
    r"""The statement that asks for whole objects of `entity`.

    `order` holds properties, or pairs of property and "ASC" or "DESC"; without it QuickBooks promises no order at
    all. `start` counts from 1. Raises ValueError for a name, operator or number that the language does not know.

    >>> select("Customer", where=[("DisplayName", "=", "Bob's"), ("Active", "IN", (True, False))], max=1)
    "SELECT * FROM Customer WHERE DisplayName = 'Bob\\'s' AND Active IN (true, false) MAXRESULTS 1"
    """
    parts = [f"SELECT * FROM {_name(entity)}{_where(where)}"]  # noqa: S608 -- names are checked, values quoted
    columns = [_column(wish) for wish in order]
    if columns:
        parts.append(f"ORDERBY {', '.join(columns)}")
    if start is not None:
        parts.append(f"STARTPOSITION {_bounded(start, 'STARTPOSITION', 2**31 - 1)}")
    if max is not None:
        parts.append(f"MAXRESULTS {_bounded(max, 'MAXRESULTS', PAGE_MAX)}")
    return " ".join(parts)


def count(entity: str, *, where: Iterable[Condition] = ()) -> str:
    """The statement that asks how many objects there are; it is metered like any other read."""
    return f"SELECT COUNT(*) FROM {_name(entity)}{_where(where)}"  # noqa: S608 -- names are checked, values quoted


def entity_of(statement: str) -> str:
    """The entity that a statement asks for, "" where it names none."""
    found = re.search(r"\bFROM\s+([A-Za-z]+)", statement, re.IGNORECASE | re.ASCII)
    return found[1] if found else ""


def _where(conditions: Iterable[Condition]) -> str:
    joined = " AND ".join(_condition(*condition) for condition in conditions)
    return f" WHERE {joined}" if joined else ""


def _condition(name: str, operator: str, value: Any) -> str:
    operator = operator.upper()
    if operator not in _OPERATORS:
        raise ValueError(f"{operator!r} is no operator of the query language")
    if operator != "IN":
        return f"{_name(name)} {operator} {quote(value)}"
    members = ", ".join(quote(member) for member in value)
    if not members:
        raise ValueError(f"{name} IN () asks for nothing")
    return f"{_name(name)} IN ({members})"


def _column(wish: str | tuple[str, str]) -> str:
    name, direction = (wish, "ASC") if isinstance(wish, str) else wish
    if direction not in {"ASC", "DESC"}:
        raise ValueError(f"{direction!r} is neither ASC nor DESC")
    return _name(name) if direction == "ASC" else f"{_name(name)} DESC"


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of an entity or property")
    return name


def _bounded(number: int, word: str, highest: int) -> int:
    if not 1 <= number <= highest:
        raise ValueError(f"{word} goes from 1 to {highest}, not {number}")
    return number
