"""JSON as QuickBooks writes it: Decimal all the way, money with two digits, zero as a bare 0."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from json.encoder import encode_basestring  # type: ignore[attr-defined]  # public in json.encoder, but missing in its type stub
from typing import Any, cast

_CENT = Decimal("0.01")


def loads(body: bytes | str) -> Any:
    """The value of a JSON text; numbers with a fraction become Decimal, never float.

    Raises:
        ValueError: the text is no JSON (bad UTF-8, NaN and too deep a nesting included).
    """
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return cast(str, encode_basestring(name)) + ":"


def dumps(value: Any) -> str:
    """The JSON text of dicts, lists, strings, whole numbers, Decimals, booleans and None, without blanks."""
    kind = type(value)
    if kind is str:
        return cast(str, encode_basestring(value))
    if kind is dict:
        return "{" + ",".join([_key(name) + dumps(item) for name, item in value.items()]) + "}"
    if kind is list:
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    if kind is Decimal:
        return f"{value:f}" if value else "0"
    if value is True:
        return "true"
    if value is False:
        return "false"
    return "null" if value is None else repr(value)


def money(value: Decimal) -> Decimal:
    """Rounded half up to the cent, the form in which amounts travel."""
    return value.quantize(_CENT, ROUND_HALF_UP)


def plain(value: Decimal) -> Decimal:
    """Only the digits it needs (`75`, `22.5`), the form in which quantities and prices travel."""
    short = value.normalize()
    return short if short.as_tuple().exponent <= 0 else short.quantize(Decimal(1))  # type: ignore[operator]  # finite: JSON has no other


def clone(value: Any) -> Any:
    """A deep copy of a JSON value; strings, numbers and flags are shared, for they cannot change."""
    kind = type(value)
    if kind is dict:
        return {name: clone(item) for name, item in value.items()}
    if kind is list:
        return [clone(item) for item in value]
    return value
