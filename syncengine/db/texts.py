"""Looking for a text within a column, the same way on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class _Like(FunctionElement[bool]):
    """A column and a pattern, whatever the case of either."""

    type = Boolean()
    inherit_cache = True


@compiles(_Like)
def _ilike(element: _Like, compiler: Any, **options: Any) -> str:
    column, pattern = element.clauses
    return f"({compiler.process(column, **options)} ILIKE {compiler.process(pattern, **options)} ESCAPE '/')"


@compiles(_Like, "sqlite")
def _like(element: _Like, compiler: Any, **options: Any) -> str:
    column, pattern = element.clauses
    return f"({compiler.process(column, **options)} LIKE {compiler.process(pattern, **options)} ESCAPE '/')"


def holds(column: Any, sought: str, *, before: str = "%") -> ColumnElement[bool]:
    """Whether a column holds a text, whatever its case; with an empty `before`, whether it begins with it.

    SQLite's own LIKE does not look at the case of plain letters, and lower() would triple the cost.
    """
    return like(column, literal(pattern(sought, before=before)))


def pattern(sought: str, *, before: str = "%") -> str:
    """The pattern by which `like` finds a text.

    >>> pattern("50%"), pattern("N-", before="")
    ('%50/%%', 'N-%')
    """
    return before + "".join(f"/{each}" if each in "/%_" else each for each in sought) + "%"


def like(column: Any, wanted: ColumnElement[str]) -> ColumnElement[bool]:
    """The same as `holds` with a `pattern` that may be told later, as a parameter."""
    return _Like(column, wanted)
