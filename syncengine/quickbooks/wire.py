"""JSON as QuickBooks speaks it: money in and out as Decimal, bytes that are the same for the same payload."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

#: A JSON object as it travels: values are dicts, lists, str, int, bool, None and Decimal, never float.
Payload = dict[str, Any]


def dumps(payload: Any) -> bytes:
    """Canonical UTF-8 bytes: keys sorted, no blanks, each Decimal with exactly the digits that it holds.

    Equal payloads give equal bytes, whatever order their keys came in, so a repeated attempt can be compared with the
    first one byte for byte. Raises TypeError for a float (binary fractions of a cent have no place here) and for
    anything that JSON does not know, ValueError for NaN, Infinity and text that is no Unicode (half of a surrogate pair).
    """
    return "".join(_written(payload)).encode()


def loads(body: bytes | str) -> Any:
    """The document in `body`: fractions as Decimal, whole numbers as int; a byte order mark is skipped.

    Raises ValueError for whatever is not one whole JSON document in UTF-8.
    """
    text = body.decode("utf-8-sig") if isinstance(body, bytes) else body.removeprefix("\ufeff")
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def moment(text: Any) -> datetime | None:
    """The instant that a time on the wire names, in UTC, or None where it names none (no text, no offset, no date)."""
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _written(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _object(value)
    elif isinstance(value, list | tuple):
        yield from _array(value)
    else:
        yield _scalar(value)


def _object(value: Mapping[Any, Any]) -> Iterator[str]:
    lead = "{"
    for key in sorted(value):
        if not isinstance(key, str):
            raise TypeError(f"a property's name is text, not {type(key).__name__}")
        yield f"{lead}{json.dumps(key, ensure_ascii=False)}:"
        yield from _written(value[key])
        lead = ","
    yield "{}" if lead == "{" else "}"


def _array(value: list[Any] | tuple[Any, ...]) -> Iterator[str]:
    lead = "["
    for member in value:
        yield lead
        yield from _written(member)
        lead = ","
    yield "[]" if lead == "[" else "]"


def _scalar(value: Any) -> str:
    if isinstance(value, Decimal):
        return _number(value)
    if value is None or isinstance(value, str | int):  # a bool is an int, and json writes it as true or false
        return json.dumps(value, ensure_ascii=False)
    raise TypeError(f"{type(value).__name__} {value!r} cannot go to QuickBooks")


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is no JSON number")
    # A zero that was rounded from below keeps its sign in Decimal; nobody wants to read -0.00 in a ledger.
    return format(value or value.copy_abs(), "f")
