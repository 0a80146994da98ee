"""How a file is to be read where the file itself does not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from syncengine.imports.problems import ImportRefused

#: In which order day, month and year stand.
DATE_ORDERS: Final = ("iso", "dmy", "mdy", "ymd")
#: Signs that may part groups of thousands.
THOUSANDS_SIGNS: Final = ("", ",", ".", " ", "'")

#: Told how many rows are done, of how many; the second number is 0 while it is not known.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Closed:
    """The closed books: a record may not change that bears a day up to `until`, that day included, in one of `columns`."""

    until: date
    columns: tuple[str, ...] = ("txn_date",)


@dataclass(frozen=True)
class Options:
    """What a person may say about a file.

    Attributes:
        encoding: a Python codec's name; "" finds out.
        delimiter: one character; "" finds out. CSV only.
        sheet: the sheet's name; "" takes the first. XLSX only.
        date_order: 'iso' takes YYYY-MM-DD only; 'dmy', 'mdy' and 'ymd' take numbers parted by / . - or a blank.
        decimal_sign: '.' or ','.
        thousands_sign: what may stand between groups of three digits; "" for nothing.
        percent_discounts: whether a discount of 15 means 15 %, which is 0.15.
        blanks: texts that stand for "nothing", beside the empty one.
        constants: target field -> value for all rows, such as {"type": "Service"}.
    """

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    date_order: str = "iso"
    decimal_sign: str = "."
    thousands_sign: str = ""
    percent_discounts: bool = False
    blanks: tuple[str, ...] = ("\\N",)
    constants: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what makes no sense, before a file is touched."""
        if self.date_order not in DATE_ORDERS:
            raise ImportRefused(f"The date order {self.date_order!r} is not known. Use one of: {', '.join(DATE_ORDERS)}.")
        if self.decimal_sign not in {".", ","}:
            raise ImportRefused("The decimal sign is a point or a comma.")
        if self.thousands_sign not in THOUSANDS_SIGNS or self.thousands_sign == self.decimal_sign:
            raise ImportRefused(
                "The thousands sign is nothing, a comma, a point, a blank or an apostrophe, and not the decimal sign."
            )
        if len(self.delimiter) > 1 or self.delimiter in {'"', "\n", "\r"}:
            raise ImportRefused("The delimiter is one character, such as a comma, a semicolon or a tab.")
