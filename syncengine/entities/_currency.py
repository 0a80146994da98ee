"""Currencies: of a customer or vendor, fixed from the first sync on, and of a document, which is that of whom it is with."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from syncengine.db.types import Unreadable
from syncengine.entities._fields import Field, Number, Record, References, bare, fail
from syncengine.inventory.tables import PRICE_PLACES

_MULTI = "multicurrency"


@dataclass(frozen=True)
class Currency(Field):
    """A currency by its code; none here is the home currency, which QuickBooks names like every other one."""

    def put(self, record: Record, refs: References) -> Any:
        """The code, always: with several currencies QuickBooks takes none for granted (its reference of CurrencyPrefs)."""
        return code_of(record, refs, self.column)

    def canonical(self, value: Any) -> Any:
        """The bare code."""
        return bare(value)

    def wire(self, value: Any) -> Any:
        """A reference by the code."""
        return None if value is None else {"value": value}

    def inward(self, value: Any, refs: References) -> Any:
        """The code; none for the home currency."""
        return None if value is None or value == refs.home_currency() else str(value)


@dataclass(frozen=True)
class PartyCurrency(Currency):
    """The currency of a document: QuickBooks refuses any but that of its customer or vendor."""

    #: The inventory kind of whom the document is with, and the column that names them.
    party: str = "customer"

    def put(self, record: Record, refs: References) -> Any:
        """The document's code. Raises RecordError where it is not its party's."""
        code = code_of(record, refs, self.column)
        party_id = record.get(f"{self.party}_id")
        party = refs.look(self.party, party_id) if isinstance(party_id, int) else None
        own = code_of(party, refs, self.column) if party is not None else code
        if own != code:
            name = (party or {}).get("name")
            raise fail(
                self.column, code, f"The document is in {code}, and its {self.party} {name} in {own}; QuickBooks wants {own} here.",
                f"Write {own} in the document, with amounts in {own}, or choose another {self.party}.",
            )  # fmt: skip
        return code


@dataclass(frozen=True)
class Rate(Number):
    """What one unit of a document's currency is worth in the home currency; none here lets QuickBooks take its own rate."""

    places: int = PRICE_PLACES

    def put(self, record: Record, refs: References) -> Any:
        """The rate, which is 1 for the home currency."""
        if code_of(record, refs, "currency") == refs.home_currency():
            return "1"
        return super().put(record, refs)

    def out(self, value: Any, refs: References) -> str:
        """A rate above 0."""
        found = super().out(value, refs)
        if Decimal(found) <= 0:
            raise fail(self.column, value, "An exchange rate is above 0.", "Write what one unit of the currency is worth.")
        return found

    def inward(self, value: Any, _refs: References) -> Any:
        """The rate in as many places as the inventory keeps; QuickBooks' own may have more."""
        return None if value is None else Decimal(value).quantize(Decimal(1).scaleb(-PRICE_PLACES), ROUND_HALF_UP).normalize() + 0


def code_of(record: Record, refs: References, column: str) -> str:
    """The currency of a record: a code of three capital letters."""
    given = record.get(column)
    code = str(given).strip().upper() if given is not None else ""
    if isinstance(given, Unreadable) or (code and not (len(code) == 3 and code.isascii() and code.isalpha())):
        raise fail(column, given, "This is no currency's code.", "Write a code of three letters, such as EUR.")
    return code or refs.home_currency()


def own_currency() -> Field:
    """The currency of a customer or vendor."""
    return Currency("CurrencyRef", "currency", when=_MULTI, fixed=True)


def foreign(party: str = "customer") -> tuple[Field, ...]:
    """Currency and rate of a document that is with a `party`."""
    return (
        PartyCurrency("CurrencyRef", "currency", when=_MULTI, party=party),
        Rate("ExchangeRate", "exchange_rate", when=_MULTI, fills=True),
    )


def posted(column: str = "currency", party: str = "") -> tuple[Field, ...]:
    """Currency and rate of what is only sent: of a document with a `party`, or of an entry; without a `column`, home currency."""
    if not column:
        return (Currency("CurrencyRef", "", when=_MULTI, one_way=True),)
    rate = Rate("ExchangeRate", "exchange_rate", when=_MULTI, one_way=True)
    if party:
        return PartyCurrency("CurrencyRef", column, when=_MULTI, one_way=True, party=party), rate
    return Currency("CurrencyRef", column, when=_MULTI, one_way=True), rate
