"""From what stands in a cell to what its column holds: strict, and clear about what it does not take."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sqlalchemy import Column, Integer

from syncengine.db.types import LooseBool, LooseDate, LooseDecimal
from syncengine.errors import RecordError
from syncengine.imports.fields import Target, refusal
from syncengine.imports.options import Options
from syncengine.imports.table import NO_TEXT, Cell
from syncengine.inventory.tables import KINDS
from syncengine.inventory.values import BROKEN, DIGITS, checked


class Bad(Exception):  # noqa: N818 -- it says of a cell what it is
    """A cell that cannot be taken; `cause` and `remedy` are sentences."""

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy


#: A day's parts, parted by one and the same sign.
_PARTS: Final = re.compile(r"(\d{1,4})([/.\- ])(\d{1,2})\2(\d{1,4})")
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME: Final = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm]|Z|[+-]\d{2}:?\d{2})?$")
#: Years beyond these are slips of the pen.
_YEARS: Final = (1900, 2199)
#: Where year, month and day stand in a date of each order.
_PLACES: Final = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}

_YES: Final = frozenset({"1", "true", "yes", "y", "t", "x", "on"})
_NO: Final = frozenset({"0", "false", "no", "n", "f", "off"})


def text_of(cell: Cell) -> str:
    """A cell as text, trimmed: 1.0 is "1", a date is ISO."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell.normalize(), "f")
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, date) else cell.strip()


def blank(cell: Cell, options: Options) -> bool:
    """Whether the cell says nothing."""
    return cell is None or (isinstance(cell, str) and (not cell.strip() or cell.strip() in options.blanks))


def value(kind: str, field: Target, cell: Cell, options: Options) -> Any:
    """The cell as the field's value; a reference comes as the text that names the other record, a charge as Decimal.

    Raises Bad.
    """
    if blank(cell, options):
        return None
    _refuse_broken(cell)
    if field.column is None:
        return _charge(cell, options)
    if field.refers_to:
        return text_of(cell)
    convert: _Converter = _CONVERTERS.get(type(field.column.type), _text)
    found = convert(cell, options, field.column)
    if field.inverted:
        found = not found
    return _accepted(kind, field, found)


def _accepted(kind: str, field: Target, found: Any) -> Any:
    """The value, once the inventory and QuickBooks both take it."""
    column = field.column
    if column is None:
        return found
    try:
        found = checked(column, found)
    except RecordError as error:
        raise Bad(error.cause, error.remedy) from None
    if isinstance(found, str):
        refused = refusal(kind if not field.on_line else f"{kind}_line", column, found)
        if refused:
            raise Bad(*refused)
    return found


def _refuse_broken(cell: Cell) -> None:
    if isinstance(cell, str) and BROKEN.search(cell):
        raise Bad(f"the cell holds {NO_TEXT[0]}", NO_TEXT[1])


def _charge(cell: Cell, options: Options) -> Decimal:
    amount = _decimal(cell, options, None)
    if amount.adjusted() >= DIGITS:
        raise Bad("this is too large to be a charge.", "Correct the amount.")
    if amount != round(amount, 2):
        raise Bad("an amount has at most 2 decimals.", "Round it to the cent.")
    if amount < 0:
        raise Bad("a charge cannot be less than nothing.", "Enter it as a line with a negative quantity.")
    return amount


def _text(cell: Cell, _options: Options, column: Column[Any]) -> str:
    found = text_of(cell)
    if column.table.name == "item" and column.name == "type":
        return {"noninventory": "NonInventory", "service": "Service", "inventory": "Inventory"}.get(
            re.sub(r"[\W_]", "", found.lower()), found
        )
    return found.lower() if (column.table.name, column.name) == ("purchase_order", "status") else found


def _decimal(cell: Cell, options: Options, column: Column[Any] | None) -> Decimal:
    if isinstance(cell, Decimal):
        number = cell
    elif isinstance(cell, str):
        number = _number(cell.strip(), options, percent=column is not None and column.name == "discount")
    else:
        raise Bad("this is no number.", "Give a number such as 1234.50.")
    if column is not None and column.name == "discount" and options.percent_discounts and not str(cell).strip().endswith("%"):
        return number / 100
    return number


def _number(text: str, options: Options, *, percent: bool) -> Decimal:
    if percent and text.endswith("%"):
        return _number(text[:-1].rstrip(), options, percent=False) / 100
    if re.fullmatch(_pattern(options), text):
        digits = text.replace(options.thousands_sign, "") if options.thousands_sign else text
        try:
            return Decimal(digits.replace(options.decimal_sign, "."))
        except InvalidOperation:  # pragma: no cover -- the pattern lets nothing through that Decimal refuses
            raise Bad("this is no number.", "Give a number such as 1234.50.") from None
    if re.fullmatch(r"[+-]?[\d.,' \u00a0\u202f]*\d", text):
        raise Bad(
            f"with {_sign(options.decimal_sign)} as the decimal sign this is no number.",
            "Choose the decimal sign and the thousands sign of this file, or write plain numbers such as 1234.50.",
        )
    raise Bad("this is no number.", "Leave out letters, currency signs and brackets: 1234.50.")


def _pattern(options: Options) -> str:
    """What a number looks like in this file: with a thousands sign, groups have exactly three digits."""
    point, group = re.escape(options.decimal_sign), re.escape(options.thousands_sign)
    whole = rf"(\d{{1,3}}({group}\d{{3}})+|\d+)" if group else r"\d+"
    return rf"[+-]?({whole}({point}\d*)?|{point}\d+)"


def _sign(sign: str) -> str:
    return "a comma" if sign == "," else "a point"


def _date(cell: Cell, options: Options, _column: Column[Any]) -> date:
    if isinstance(cell, date):
        return _in_range(cell.date() if isinstance(cell, datetime) else cell)
    text = _TIME.sub("", text_of(cell))
    if _ISO.fullmatch(text):
        return _day(*(int(part) for part in text.split("-")))
    found = _PARTS.fullmatch(text)
    if found is None and re.fullmatch(r"\d{5}(\.\d+)?", text):
        cause = "this is a number, as a spreadsheet counts days."
        raise Bad(cause, "Format the column as a date in the spreadsheet and save it anew, or write YYYY-MM-DD.")
    if found is None:
        raise Bad("this is no date.", "Write it as YYYY-MM-DD.")
    return _ordered((found[1], found[3], found[4]), options.date_order)


def _ordered(parts: tuple[str, str, str], order: str) -> date:
    if order == "iso":
        raise Bad(_readings(parts), "Choose the order of day, month and year in this file, or write dates as YYYY-MM-DD.")
    year, month, day = (parts[place] for place in _PLACES[order])
    if len(year) != 4:
        raise Bad(
            "a year of two digits is not clear, or the order of day, month and year is another.", "Write the year with four digits."
        )
    return _day(int(year), int(month), int(day))


def _readings(parts: tuple[str, str, str]) -> str:
    """What a date could mean, so that a person sees why it is not taken."""
    readings = []
    for order in ("dmy", "mdy"):
        year, month, day = (int(parts[place]) for place in _PLACES[order])
        try:
            readings.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    if len(set(readings)) == 2:
        return f"this could be {readings[0]} or {readings[1]}."
    return "the order of day, month and year is not said."


def _day(year: int, month: int, day: int) -> date:
    try:
        return _in_range(date(year, month, day))
    except ValueError:
        raise Bad("there is no such day.", "Correct the date, or choose another order of day, month and year.") from None


def _in_range(found: date) -> date:
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        raise Bad(f"the year {found.year} is out of range.", "Correct the year.")
    return found


def _bool(cell: Cell, _options: Options, _column: Column[Any]) -> bool:
    word = text_of(cell).lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise Bad("this is neither yes nor no.", "Write yes or no.")


def _whole(cell: Cell, options: Options, column: Column[Any]) -> int:
    number = _decimal(cell, options, column)
    if number != number.to_integral_value():
        raise Bad("this is no whole number.", "Write a whole number.")
    return int(number)


_Converter = Callable[[Cell, Options, Column[Any]], Any]

_CONVERTERS: Final[Mapping[type[Any], _Converter]] = {LooseDecimal: _decimal, LooseDate: _date, LooseBool: _bool, Integer: _whole}


def keeps_default(field: Target) -> bool:
    """Whether a blank cell leaves the field as it is, since nothing is no value of it: yes and no, a discount, a type."""
    return field.column is not None and field.column.default is not None


def key_of(kind: str, values: Mapping[str, Any]) -> str:
    """The record's own key out of its values, "" where it has none."""
    return str(values.get(KINDS[kind].key) or "")
