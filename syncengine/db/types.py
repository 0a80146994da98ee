"""Column types: money as scaled integers, times aware and in UTC, and loose columns for other programs.

SQLite's NUMERIC is a binary float and its times come back naive, so neither is used as it comes. Tables
that only Tieout writes use `Money` and `Utc`. Tables that other programs may write with plain SQL use the
`Loose…` types: what cannot be read comes back as `Unreadable`, an error of that one record, never of the
whole query.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, Numeric, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class Unreadable(str):
    """The text of a value that does not parse as its column's type."""

    __slots__ = ()


class Money(TypeDecorator[Decimal]):
    """Decimal in Python, whole units of 10**-scale in a BIGINT; sums and comparisons in SQL stay exact."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, scale: int = 2) -> None:
        super().__init__()
        self.scale = scale

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Refuse more decimal places than the column keeps, rather than round in silence."""
        if value is None:
            return None
        units = value.scaleb(self.scale)
        if units != units.to_integral_value():
            raise ValueError(f"{value} has more than {self.scale} decimal places")
        return int(units)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Scale the stored units back."""
        return None if value is None else Decimal(value).scaleb(-self.scale)


class Utc(TypeDecorator[datetime]):
    """Aware in, aware out, UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite hands back naive times: they are UTC."""
        if value is None:
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


class LooseDecimal(TypeDecorator[Decimal]):
    """NUMERIC on PostgreSQL, TEXT affinity on SQLite, so that another program's plain 9.8 stays 9.8."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite; an unbounded NUMERIC elsewhere."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Keep every digit: no exponent, no float on the way."""
        if value is None:
            return None
        return format(value, "f") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """A Decimal, or `Unreadable` where the text is no finite number."""
        if value is None or value == "":
            return None
        try:
            number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
        except InvalidOperation:
            return Unreadable(value)  # type: ignore[return-value] # told apart by the reader
        return number if number.is_finite() else Unreadable(value)  # type: ignore[return-value] # as above


class LooseDate(TypeDecorator[date]):
    """DATE on PostgreSQL, ISO text on SQLite."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, DATE elsewhere."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """ISO text for SQLite."""
        if value is None:
            return None
        return value.isoformat() if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """A date, or `Unreadable`; a time of day behind the date is cut off."""
        if value is None or value == "" or (isinstance(value, date) and not isinstance(value, datetime)):
            return value or None
        try:
            return date.fromisoformat(str(value).strip()[:10])
        except ValueError:
            return Unreadable(value)  # type: ignore[return-value] # told apart by the reader


#: What other programs are seen to write for yes and no.
_TRUTH = {**dict.fromkeys(("1", "true", "yes", "t", "y"), True), **dict.fromkeys(("0", "false", "no", "f", "n"), False)}


class LooseBool(TypeDecorator[bool]):
    """BOOLEAN on PostgreSQL, INTEGER on SQLite; text such as 'true' is understood."""

    impl = Boolean
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """INTEGER on SQLite, BOOLEAN elsewhere."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Boolean())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        """1 and 0 for SQLite."""
        if value is None:
            return None
        return int(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """A bool, or `Unreadable`."""
        if value is None or isinstance(value, bool):
            return value
        truth = _TRUTH.get(str(value).strip().lower())
        return Unreadable(value) if truth is None else truth  # type: ignore[return-value] # told apart by the reader


class JsonText(TypeDecorator[Any]):
    """A JSON value kept as text with sorted keys; Decimals travel as strings. For values we alone write."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Serialise deterministically, so that equal values are equal text."""
        return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Parse; numbers with a fraction come back as Decimal."""
        return None if value is None else json.loads(value, parse_float=Decimal)
