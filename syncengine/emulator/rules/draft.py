"""A write in progress: the object as it is to be, the object as it was, and the books that both belong to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from syncengine.emulator.books import Books


@dataclass
class Draft:
    """One object on its way into the books.

    Attributes:
        books: the company's books.
        entity: the entity's name.
        obj: the object as it is to be; rules complete it in place.
        old: the object as it was, None for a new one; not to be changed.
        sent: the properties that the request named.
        sparse: what was not named stays as it is.
        template: it is a pattern for transactions to come: nothing is numbered or dated by it.
    """

    books: Books
    entity: str
    obj: dict[str, Any]
    old: dict[str, Any] | None
    sent: frozenset[str]
    sparse: bool = False
    template: bool = False

    def reference(self, *path: str) -> str | None:
        """The id that a reference of the object points to (`reference("CustomerRef")`), None where it is not set."""
        return value_of(self.obj, *path)

    def pointed(self, entity: str, *path: str) -> dict[str, Any]:
        """The object that a reference points to; empty where it is not set."""
        id_ = self.reference(*path)
        return (self.books.known(entity, id_) if id_ else None) or {}

    def pointed_in(self, holder: dict[str, Any], entity: str, name: str) -> dict[str, Any]:
        """The object that a reference of a line's detail points to; empty where it is not set."""
        id_ = value_of(holder, name)
        return (self.books.known(entity, id_) if id_ else None) or {}

    def default(self, name: str, value: Any) -> None:
        """Set a property that has no value yet."""
        if self.obj.get(name) is None:
            self.obj[name] = value


def value_of(obj: dict[str, Any], *path: str) -> str | None:
    """The id that the reference at the end of `path` points to."""
    found: Any = obj
    for name in path:
        found = found.get(name)
        if not found:
            return None
    value = found.get("value")
    return value if value is None or type(value) is str else str(value)


def amount_of(obj: dict[str, Any], name: str) -> Decimal:
    """An amount or number of an object, 0 where it is not set."""
    return Decimal(obj.get(name) or 0)
