"""What stands in a form's field, and what a value that was entered becomes in the object."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from syncengine.emulator import wire
from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.checks import fold
from syncengine.emulator.pages import words
from syncengine.emulator.pages.columns import valued
from syncengine.emulator.pages.fields import Field

_PARTIES = ("Customer", "Vendor", "Employee")
_DIGITS = 12


class Problem(Exception):  # noqa: N818 -- it says what is wrong with what was entered
    """What was entered cannot be sent at all: no number, or the name of nothing."""


# What stands in a field


def shown(books: Books, field: Field, obj: dict[str, Any]) -> str:
    """The text of a field; a flag is `on` or nothing."""
    value = valued(obj, field.path)
    if field.kind == "party":
        value = value.get("EntityRef") if isinstance(value, dict) and "EntityRef" in value else value
    if value in (None, "", [], {}):
        return ""
    if field.kind == "applied":
        return _applied_text(books, value)
    if field.kind == "ref":
        return _ref_text(books, field, value)
    if field.kind == "flag":
        return "on" if value else ""
    if isinstance(value, dict):
        return str(value.get("value" if field.kind == "code" else "name") or value.get("value") or "")
    return wire.dumps(value) if isinstance(value, Decimal | int) else str(value)


def _ref_text(books: Books, field: Field, value: dict[str, Any]) -> str:
    """A reference by the name by which it can be found again, `#id` where its object is gone."""
    known = books.known(field.target, str(value.get("value")))
    return words.number_of(field.target, known) if known else str(value.get("name") or f"#{value.get('value')}")


def _applied_text(books: Books, links: list[dict[str, Any]]) -> str:
    linked = links[0]
    known = books.known(str(linked.get("TxnType")), str(linked.get("TxnId")))
    return words.number_of(str(linked.get("TxnType")), known) if known else f"#{linked.get('TxnId')}"


# What a value becomes


def read(books: Books, field: Field, text: str) -> Any:
    """The value of what was entered; None for nothing.

    Raises:
        Problem: it cannot be one.
    """
    text = text.strip() if field.kind != "long" else text.strip("\n")
    if field.kind == "flag":
        return text == "on"
    if not text:
        return None
    return _READERS.get(field.kind, _as_it_is)(books, field, text)


def _as_it_is(_books: Books, _field: Field, text: str) -> Any:
    return text


def _number(_books: Books, field: Field, text: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "").replace("$", "").strip())
    except InvalidOperation:
        value = Decimal("NaN")
    # No amount has so many digits; arithmetic on what does ends in an error, or not at all.
    if not value.is_finite() or not -_DIGITS < value.adjusted() < _DIGITS or len(value.as_tuple().digits) > 2 * _DIGITS:
        raise Problem(f"{field.label}: “{text}” is not a number.")
    return value


def _code(_books: Books, _field: Field, text: str) -> dict[str, str]:
    return {"value": text}


def _ref(books: Books, field: Field, text: str) -> dict[str, str]:
    id_ = find(books, field.target, text)
    if id_ is None:
        raise Problem(f"{field.label}: there is no {words.one(field.target).lower()} called “{text}”.")
    return {"value": id_}


def _party(books: Books, field: Field, text: str) -> dict[str, Any]:
    for entity in _PARTIES:
        id_ = find(books, entity, text)
        if id_ is not None:
            if field.path.endswith("Entity"):
                return {"Type": entity, "EntityRef": {"value": id_}}
            return {"value": id_, "type": entity}
    raise Problem(f"{field.label}: there is no customer, vendor or employee called “{text}”.")


def _applied(books: Books, field: Field, text: str) -> list[dict[str, str]]:
    id_ = text[1:] if text.startswith("#") and books.known(field.target, text[1:]) else None
    id_ = id_ or next((found for found, _ in books.ids(field.target, "doc", text)), None)
    if id_ is None:
        raise Problem(f"{field.label}: there is no {words.one(field.target).lower()} {text}.")
    return [{"TxnId": id_, "TxnType": field.target}]


_READERS: dict[str, Callable[[Books, Field, str], Any]] = {
    "money": _number, "number": _number, "code": _code, "ref": _ref, "party": _party, "applied": _applied,
}  # fmt: skip


def find(books: Books, entity: str, text: str) -> str | None:
    """The id of the list member with that full name or name, or `#id`; an active one where several bear it."""
    if text.startswith("#") and books.known(entity, text[1:]):
        return text[1:]
    name = fold(text)
    columns = ("full_name", "name") if ENTITIES[entity].hierarchy else ("name",)
    for column in columns:
        found = books.ids(entity, column, name)
        if found:
            return max(found, key=lambda each: each[1])[0]
    return None


def options(books: Books, entity: str, limit: int = 300) -> list[str]:
    """Names of active members to choose from, by name; a long list is cut, for any name may be typed."""
    rows = books.state.execute(
        "SELECT body FROM object WHERE company = ? AND entity = ? AND active = 1 ORDER BY coalesce(full_name, name) LIMIT ?",
        (books.company.key, entity, limit),
    )
    return [words.number_of(entity, wire.loads(body)) for (body,) in rows]


def put(obj: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at the end of a dotted path; None takes it out, and a holder that is empty then as well."""
    first, _, rest = path.partition(".")
    if not rest:
        if value is None:
            obj.pop(first, None)
        else:
            obj[first] = value
        return
    inner = dict(obj.get(first) or {})
    put(inner, rest, value)
    put(obj, first, inner or None)
