"""Whether a value may stand in a column of the inventory: the one place that says so for Python, imports and pulls."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy import Column, Integer

from syncengine.db.types import LooseBool, LooseDate, LooseDecimal
from syncengine.errors import RecordError
from syncengine.inventory.tables import (
    DUE_FROM,
    ESTIMATE_STATES,
    ITEM_TYPES,
    PAYMENT_METHOD_TYPES,
    PRICE_PLACES,
    PROCESS_ROLES,
    PURCHASE_ORDER_STATES,
    RECEIPT_POSTINGS,
)

#: Columns of words from a fixed list.
WORDS: Final = {
    ("item", "type"): ITEM_TYPES,
    ("payment_method", "type"): PAYMENT_METHOD_TYPES,
    ("purchase_order", "status"): PURCHASE_ORDER_STATES,
    ("sales_order", "status"): PURCHASE_ORDER_STATES,
    ("estimate", "status"): ESTIMATE_STATES,
    ("item_receipt", "posts_as"): RECEIPT_POSTINGS,
    ("item_receipt", "due_from"): DUE_FROM,
    ("process_line", "role"): PROCESS_ROLES,
}
#: Columns of money, which has two decimals; prices and quantities have PRICE_PLACES.
MONEY: Final = frozenset({"amount", "deposit", "carrier_charge"})
#: More digits before the point than any price or quantity has; QuickBooks' own limit is 11.
DIGITS: Final = 13
#: What neither database keeps as text: NUL, and halves of letters.
BROKEN: Final = re.compile("[\0\ud800-\udfff]")
#: PostgreSQL's INTEGER.
_LARGEST: Final = 2**31 - 1

_Converter = Callable[[Column[Any], Any], Any]


def checked(column: Column[Any], value: Any) -> Any:
    """`value` as the column's Python type: str, Decimal, date, bool or int; None and blank texts as None.

    Raises RecordError naming the column, the value and the remedy.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    convert: _Converter = _CONVERTERS.get(type(column.type), _text)
    result = convert(column, value)
    words = WORDS.get((column.table.name, column.name))
    if words and result not in words:
        raise _error(column, value, "this word is not known.", f"Use one of: {', '.join(words)}.")
    return result


def _error(column: Column[Any], value: Any, cause: str, remedy: str) -> RecordError:
    return RecordError(column.name, str(value)[:200], cause, remedy)


def _text(column: Column[Any], value: Any) -> str:
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        raise _error(column, value, f"a text is needed here, not a {type(value).__name__}.", "Give it as text.")
    found = str(value)
    if BROKEN.search(found):
        raise _error(column, value, "the text holds characters that no database can keep.", "Remove the broken characters.")
    return found


def _decimal(column: Column[Any], value: Any) -> Decimal:
    if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
        cause = f"a {type(value).__name__} is no exact number."
        raise _error(column, value, cause, "Give a Decimal, a whole number, or text such as '9.80'.")
    try:
        number = Decimal(value) if not isinstance(value, str) else Decimal(value.strip())
    except InvalidOperation:
        raise _error(column, value, "this is no number.", "Give a number such as 9.80.") from None
    if not number.is_finite() or number.adjusted() >= DIGITS:
        raise _error(column, value, "this is too large to be a price or a quantity.", f"Give a number of at most {DIGITS} digits.")
    return _places(column, value, number)


def _places(column: Column[Any], value: Any, number: Decimal) -> Decimal:
    places = 2 if column.name in MONEY else PRICE_PLACES
    exponent = number.as_tuple().exponent
    # Zeros at the end are no decimals: 14.00000000 is 14.
    if isinstance(exponent, int) and -exponent > places and number != round(number, places):
        raise _error(column, value, f"this has more than {places} decimals.", f"Round it to {places} decimals.")
    if column.name == "discount" and not 0 <= number <= 1:
        raise _error(column, value, "a discount is a fraction from 0 to 1.", "Write 15 % as 0.15.")
    return number


def _date(column: Column[Any], value: Any) -> date:
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise _error(column, value, "this is no date.", "Give a date as YYYY-MM-DD.") from None


def _bool(column: Column[Any], value: Any) -> bool:
    if isinstance(value, bool) or (isinstance(value, int) and value in {0, 1}):
        return bool(value)
    raise _error(column, value, "this is neither yes nor no.", "Give True or False.")


def _whole(column: Column[Any], value: Any) -> int:
    try:
        number = value if isinstance(value, int) else operator.index(value)  # numpy's whole numbers are welcome
    except TypeError:
        number = None
    if number is None or isinstance(value, bool) or abs(number) > _LARGEST:
        raise _error(column, value, "this is no whole number.", "Give a whole number.")
    return int(number)


_CONVERTERS: Final[dict[type[Any], _Converter]] = {
    LooseDecimal: _decimal,
    LooseDate: _date,
    LooseBool: _bool,
    Integer: _whole,
}
