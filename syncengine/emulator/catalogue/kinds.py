"""The kinds of values that properties hold: each checks what was sent and returns it in the form in which it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property, lru_cache
from typing import Any, Protocol

from syncengine.emulator import currencies, faults, moments, wire


@dataclass
class Reference:
    """A reference found while checking: where it stands, what it may point to, and the dict to fill the name into."""

    value: dict[str, Any]
    targets: tuple[str, ...]
    path: str
    named: bool = True


@dataclass
class Visit:
    """What a check collects on its way through an object.

    Attributes:
        references: what is to be looked up.
        recorded: the object is one of QuickBooks' own: nothing is looked up, names and the order of properties are true.
    """

    references: list[Reference] = field(default_factory=list)
    recorded: bool = False


class Kind(Protocol):
    """A kind of value."""

    def check(self, value: Any, path: str, visit: Visit) -> Any:
        """`value` in the form in which it is stored; `path` names it in refusals (`Line.Amount`).

        Raises:
            Refusal: it is no value of this kind.
        """


class Anything:
    """A value that is kept as it was sent."""

    def check(self, value: Any, path: str, visit: Visit) -> Any:  # noqa: ARG002 -- the protocol's signature
        """The value itself."""
        return value


@dataclass(frozen=True)
class Text:
    """A text of at most `high` characters; numbers are taken as their digits, as QuickBooks' own parser does."""

    high: int = 4000
    low: int = 0
    forbidden: str = ""

    def check(self, value: Any, path: str, visit: Visit) -> str:  # noqa: ARG002 -- the protocol's signature
        """The text."""
        if not isinstance(value, str):
            if isinstance(value, dict | list | bool):
                raise faults.wrong_type()
            value = str(value)
        if not self.low <= len(value) <= self.high:
            raise faults.length(path, self.low, self.high, len(value))
        if self.forbidden and any(character in value for character in self.forbidden):
            raise faults.invalid_characters(path, " ".join(repr(c)[1:-1] for c in self.forbidden))
        return str(value)


Maker = Callable[[str, str], faults.Refusal]
#: Whole numbers below this are within all bounds.
_FAR = 10**15


def _decimal(value: Any, path: str, format_: Maker, value_: Maker) -> Decimal:
    """The number; a text that is none gives `format_`, one beyond all books `value_`."""
    kind = type(value)
    if kind is int and -_FAR < value < _FAR:
        return Decimal(value)
    if kind is Decimal:
        number: Decimal = value
    elif kind is int:
        number = Decimal(value)
    elif kind is str:
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            raise format_(path, value) from None
    else:
        raise faults.wrong_type()
    # Beyond this no books can go, and a huge exponent would only cost memory when it is written out.
    if not number.is_finite() or number.adjusted() > 15 or number.adjusted() < -15:
        if number.is_finite() and not number:
            return Decimal(0)
        raise value_(path, str(value))
    return number


@dataclass(frozen=True)
class Money:
    """An amount: kept to the cent."""

    high: int = 99_999_999_999

    def check(self, value: Any, path: str, visit: Visit) -> Decimal:
        """The amount, two decimals (2100 for no number, 2110 for one beyond all bounds, 2140 for more than 11 digits).

        What is one of QuickBooks' own may be more: balances add up.
        """
        number = wire.money(_decimal(value, path, faults.decimal_format, faults.invalid_decimal))
        if not visit.recorded and abs(number) > self.high:
            raise faults.invalid_amount(path, str(value))
        return number


@dataclass(frozen=True)
class Number:
    """A quantity, price, rate or whole number: kept with the digits it needs."""

    high: int = 99_999_999_999
    low: int | None = None
    beyond: Maker = faults.invalid_number

    def check(self, value: Any, path: str, visit: Visit) -> Decimal:  # noqa: ARG002 -- the protocol's signature
        """The number (2080 for no number, 2090 for one beyond all bounds, else `beyond` outside of its own)."""
        low = -self.high if self.low is None else self.low
        if type(value) is int and low <= value <= self.high:
            return Decimal(value)
        number = _decimal(value, path, faults.number_format, faults.invalid_number)
        if not low <= number <= self.high:
            raise self.beyond(path, str(value))
        return wire.plain(number)


class Flag:
    """True or false, also as a text."""

    def check(self, value: Any, path: str, visit: Visit) -> bool:  # noqa: ARG002 -- the protocol's signature
        """The flag (2230 for another text, 2010 for another JSON type)."""
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            if value.lower() in {"true", "false"}:
                return value.lower() == "true"
            raise faults.invalid_boolean(path, value)
        raise faults.wrong_type()


_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T.*|[Zz]|[+-]\d\d:?\d\d)?$")


class Day:
    """A calendar date; of a time its date counts, and a month or day may have one digit."""

    def check(self, value: Any, path: str, visit: Visit) -> str:  # noqa: ARG002 -- the protocol's signature
        """The date, `2020-09-29` (2060 for another form, 2070 for a day that the calendar does not have)."""
        if not isinstance(value, str):
            raise faults.wrong_type()
        written = _day(value)
        if written is None:
            raise faults.date_format(path, value)
        if not written:
            raise faults.invalid_date(path, value)
        return written


@lru_cache(maxsize=4096)
def _day(text: str) -> str | None:
    """The date that a text says; None for another form, "" for a day that the calendar does not have."""
    found = _DAY.match(text.strip())
    if found is None:
        return None
    year, month, day = found.groups()
    written = f"{year}-{month:0>2}-{day:0>2}"
    return written if moments.valid_date(written) else ""


@dataclass(frozen=True)
class Choice:
    """One value of an enumeration, spelled exactly."""

    values: frozenset[str]

    def check(self, value: Any, path: str, visit: Visit) -> str:  # noqa: ARG002 -- the protocol's signature
        """The value."""
        if not isinstance(value, str):
            raise faults.wrong_type()
        if value not in self.values:
            raise faults.enumeration(value, path)
        return value


def choice(words: str) -> Choice:
    """A choice between the words of a sentence."""
    return Choice(frozenset(words.split()))


_REFERENCE = frozenset({"value", "name", "type"})


@dataclass(frozen=True)
class Ref:
    """A reference `{"value": id}`; a name that is sent does not count, QuickBooks fills in its own."""

    targets: tuple[str, ...]
    named: bool = True

    def check(self, value: Any, path: str, visit: Visit) -> dict[str, Any] | None:
        """The reference without its name; noted in `visit` to be looked up; None when it points to nothing."""
        if not isinstance(value, dict):
            raise faults.wrong_type()
        if visit.recorded and len(value) == 1 and type(target := value.get("value")) is str and target:
            return {"value": target}
        if not value.keys() <= _REFERENCE:
            unknown = next(name for name in value if name not in _REFERENCE)
            raise faults.unknown_property(unknown, "ReferenceType", ("value", "name", "type"))
        target = value.get("value")
        if isinstance(target, dict | list | bool):
            raise faults.wrong_type()
        if target in {None, ""}:
            return None
        kept: dict[str, Any] = {"value": str(target)}
        if value.get("name") and (visit.recorded or not self.targets):
            kept["name"] = value["name"]
        if value.get("type"):
            kept["type"] = value["type"]
        if self.targets and not visit.recorded:
            visit.references.append(Reference(kept, self.targets, path, self.named))
        return kept


@dataclass(frozen=True)
class Currency(Ref):
    """A reference to a currency by its ISO 4217 code (2220 for any other); QuickBooks fills in its name."""

    targets: tuple[str, ...] = ()

    def check(self, value: Any, path: str, visit: Visit) -> dict[str, Any] | None:
        """The code and the currency's name."""
        kept = super().check(value, path, visit)
        if kept is None:
            return None
        name = currencies.NAMES.get(kept["value"])
        if name is None:
            raise faults.currency(path, kept["value"])
        return {"value": kept["value"], "name": name}


def ref(*targets: str, named: bool = True) -> Ref:
    """A reference to one of `targets`, shown with the name of what it points to; without any it is kept and not looked up."""
    return Ref(targets, named)


@dataclass(frozen=True)
class Record:
    """An object with known properties; any other is refused with 2010."""

    java_class: str
    properties: Mapping[str, Kind]

    def check(self, value: Any, path: str, visit: Visit) -> dict[str, Any]:
        """The object with every value checked; a property that was sent as null or "" is kept as None."""
        if type(value) is not dict:
            raise faults.wrong_type()
        prefix = f"{path}." if path else ""
        checked: dict[str, Any] = {}
        properties, plain = self.properties, self._plain
        for name, item in value.items():
            text = type(item) is str
            if text and 0 < len(item) <= plain.get(name, 0):
                # What most values are, checked without a call.
                checked[name] = item
                continue
            kind = properties.get(name)
            if kind is None:
                raise faults.unknown_property(name, self.java_class, properties)
            empty = item is None or (text and not item)
            checked[name] = None if empty else kind.check(item, prefix + name, visit)
        return checked

    @cached_property
    def _plain(self) -> dict[str, int]:
        """Property -> how long its text may be, where that is all there is to check."""
        kinds = self.properties.items()
        return {name: kind.high for name, kind in kinds if type(kind) is Text and kind.low <= 1 and not kind.forbidden}


class Inner(Record):
    """A record inside another one: what is null in it is left out, and its properties are shown in their own order."""

    def check(self, value: Any, path: str, visit: Visit) -> dict[str, Any]:
        """The record without empty properties."""
        checked = Record.check(self, value, path, visit)
        if not visit.recorded:
            return {name: checked[name] for name in sorted(checked, key=self._places.__getitem__) if checked[name] is not None}
        # Told apart by what they are: to compare a Decimal with None takes long.
        empty = [name for name, item in checked.items() if item is None]
        for name in empty:
            del checked[name]
        return checked

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.properties)}


class Web(Inner):
    """`{"URI": ...}`: an address on the web needs a host, and no blanks (2200)."""

    def check(self, value: Any, path: str, visit: Visit) -> dict[str, Any]:
        """The address record."""
        checked = super().check(value, path, visit)
        address = checked.get("URI")
        if address and (" " in address.strip() or "." not in address):
            raise faults.web_address(path, address)
        return checked


class Email(Inner):
    """`{"Address": ...}`: each address needs an `@` and a `.`."""

    def check(self, value: Any, path: str, visit: Visit) -> dict[str, Any]:
        """The address record."""
        checked = super().check(value, path, visit)
        address = checked.get("Address")
        for each in address.split(",") if address else ():
            local, _, domain = each.strip().partition("@")
            if not local or "." not in domain or " " in each.strip():
                raise faults.email(path, each.strip())
        return checked


@dataclass(frozen=True)
class Several:
    """A list of one kind."""

    of: Kind

    def check(self, value: Any, path: str, visit: Visit) -> list[Any]:
        """The list, each member checked."""
        if not isinstance(value, list):
            raise faults.wrong_type()
        return [self.of.check(item, path, visit) for item in value]
