"""JSON as QuickBooks writes it: Decimal all the way, money with two digits, zero as a bare 0."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

_CENT = Decimal("0.01")
_WHOLE = Decimal(1)
#: The standard library's own quoting, in C where there is one; text beyond ASCII travels as it is.
_quoted = json.encoder.encode_basestring


def loads(body: bytes | str) -> Any:
    """The value of a JSON text; numbers with a fraction become Decimal, never float.

    Raises:
        ValueError: the text is no JSON (bad UTF-8, NaN and too deep a nesting included).
    """
    try:
        # The standard library makes a decoder for each call that asks for Decimals; one serves all.
        if type(body) is str and not body.startswith("\ufeff"):
            return _DECODER.decode(body)
        return json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)


@lru_cache(maxsize=4096)
def _key(name: str) -> str:
    return _quoted(name) + ":"


def dumps(value: Any) -> str:
    """The JSON text of dicts, lists, strings, whole numbers, Decimals, booleans and None, without blanks."""
    kind = type(value)
    if kind is dict:
        parts = []
        for name, item in value.items():
            kind = type(item)
            # What most values are, written without a call.
            if kind is str:
                parts.append(_key(name) + _quoted(item))
            elif kind is Decimal:
                parts.append(_key(name) + _number(item))
            else:
                parts.append(_key(name) + dumps(item))
        return "{" + ",".join(parts) + "}"
    if kind is list:
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    if kind is str:
        return _quoted(value)
    if kind is Decimal:
        return _number(value)
    return _CONSTANTS[value] if value is None or kind is bool else repr(value)


def _number(value: Decimal) -> str:
    text = str(value)
    return "0" if not value else f"{value:f}" if "E" in text else text


_CONSTANTS = {True: "true", False: "false", None: "null"}


def money(value: Decimal | int) -> Decimal:
    """Rounded half up to the cent, the form in which amounts travel; whole numbers are read back as int."""
    return Decimal(value).quantize(_CENT, ROUND_HALF_UP)


def plain(value: Decimal) -> Decimal:
    """Only the digits it needs (`75`, `22.5`), the form in which quantities and prices travel."""
    if value.same_quantum(_WHOLE):
        return value
    short = value.normalize()
    # Written so, it is a whole number that ends in zeros.
    return short.quantize(_WHOLE) if "E+" in str(short) else short


def clone(value: Any) -> Any:
    """A deep copy of a JSON value; strings, numbers and flags are shared, for they cannot change."""
    kind = type(value)
    if kind is dict:
        return {name: clone(item) for name, item in value.items()}
    if kind is list:
        return [clone(item) for item in value]
    return value
