"""JSON as QuickBooks speaks it: money in and out as Decimal, bytes that are the same for the same payload."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_text = json.JSONEncoder(ensure_ascii=False).encode

#: A JSON object as it travels: values are dicts, lists, str, int, bool, None and Decimal, never float.
Payload = dict[str, Any]


def dumps(payload: Any) -> bytes:
    """Canonical UTF-8 bytes: keys sorted, no blanks, each Decimal with exactly the digits that it holds.

    Equal payloads give equal bytes, whatever order their keys came in, so a repeated attempt can be compared with the
    first one byte for byte. Raises TypeError for a float (binary fractions of a cent have no place here) and for
    anything that JSON does not know, ValueError for NaN, Infinity and text that is no Unicode (half of a surrogate pair).
    """
    return _written(payload).encode()


def loads(body: bytes | str) -> Any:
    """The document in `body`: fractions as Decimal, whole numbers as int; a byte order mark is skipped.

    Raises ValueError for whatever is not one whole JSON document in UTF-8.
    """
    text = body.decode("utf-8-sig") if isinstance(body, bytes) else body.removeprefix("\ufeff")
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (RecursionError, ArithmeticError):  # the latter: an exponent beyond what Decimal holds
        raise ValueError("nested too deeply, or a number beyond all measure") from None


def moment(text: Any) -> datetime | None:
    """The instant that a time on the wire names, in UTC, or None where it names none (no text, no offset, no date)."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else None
    except (TypeError, ValueError, OverflowError):  # the last: a date at the very end of the calendar
        return None


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _written(value: Any) -> str:
    if isinstance(value, dict | Mapping):  # dict first: the general test costs ten times as much
        return f"{{{','.join([_member(name, value[name]) for name in sorted(value)])}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join([_written(member) for member in value])}]"
    return _scalar(value)


def _member(name: Any, value: Any) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a property's name is text, not {type(name).__name__}")
    return f"{_text(name)}:{_written(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Decimal):
        return _number(value)
    if value is None or isinstance(value, int):  # a bool is an int, and json writes it as true or false
        return json.dumps(value)
    raise TypeError(f"{type(value).__name__} {value!r} cannot go to QuickBooks")


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is no JSON number")
    # A zero that was rounded from below keeps its sign in Decimal; nobody wants to read -0.00 in a ledger.
    return format(value or value.copy_abs(), "f")
