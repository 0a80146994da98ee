"""Said: QuickBooks' values as people read them: references by name, money with cents and currency, days, yes and no, nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from syncengine.engine.refs import Resolver
from syncengine.engine.telling import TAXED, leads_to
from syncengine.entities._fields import number
from syncengine.entities._lines import substance
from syncengine.ledger import reader as ledger
from syncengine.queries.inventory import labels
from syncengine.store import settings
from syncengine.store.rights import Rights

#: What is said where there is no value.
NOTHING = "nothing"
_MONEY = frozenset({"Amount", "UnitPrice", "PurchaseCost", "TotalAmt", "UnitCost", "Balance", "Deposit"})
#: Fields whose values are words out of QuickBooks' interface.
_CHOICES = frozenset({"Type", "TxnStatus", "POStatus", "PaymentType", "PostingType", "DetailType"})
#: What QuickBooks appends to the name of what was made inactive, though nothing was deleted.
_DELETED = " (deleted)"
#: And what people are told in its place.
INACTIVE = " (inactive)"
_NUMBERED = re.compile(r"^Line\[\d+\]$")
_PLACEHOLDER = re.compile(r"^\{\w+ (?P<record>.+)\}$")
#: A value with where it stands: QuickBooks' entity, path, value.
Standing = tuple[str, str, Any]


def spaced(name: str) -> str:
    """A name out of QuickBooks' interface, in words.

    >>> spaced("JournalEntry"), spaced("Invoice")
    ('Journal entry', 'Invoice')
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).capitalize()


def parts(path: str, *sides: Any) -> list[tuple[Any, ...]]:
    """One value on each side with its path; of lines, each part that is not the same everywhere.

    >>> parts("Line", [{"Amount": "1", "Description": "x"}], [{"Amount": "2", "Description": "x"}])
    [('Line[1].Amount', '1', '2')]
    >>> parts("DueDate", "2026-01-14", None)
    [('DueDate', '2026-01-14', None)]
    """
    if path == "Line":
        every = [list(side or ()) for side in sides]
        longest = max(len(side) for side in every)
        lines = [(f"Line[{place + 1}]", [side[place] if place < len(side) else None for side in every]) for place in range(longest)]
        return [each for name, line in lines for each in _of_line(name, line)]
    if _NUMBERED.match(path):
        return list(_of_line(path, sides))
    return [(path, *sides)]


def _of_line(name: str, sides: Sequence[Mapping[str, Any] | None]) -> Iterator[tuple[Any, ...]]:
    lines = [substance(dict(line)) if line else {} for line in sides]
    lacking = any(not line for line in lines)  # what kind of line it is says nothing beside all else that it says
    for path in dict.fromkeys(path for line in lines for path in line if not (lacking and path == "DetailType")):
        values = [line.get(path) for line in lines]
        if any(value != values[0] for value in values[1:]):
            yield (f"{name}.{path}", *values)


def references(payload: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every reference of a payload, as its path and the Id, in the order in which they stand there.

    >>> list(references({"CustomerRef": {"value": "7"}, "Line": [{"Amount": 1, "ItemDetail": {"ItemRef": {"value": "3"}}}]}))
    [('CustomerRef', '7'), ('Line[1].ItemDetail.ItemRef', '3')]
    """
    if isinstance(payload, list):
        for place, each in enumerate(payload, start=1):
            yield from references(each, f"{path}[{place}]")
    elif isinstance(payload, Mapping):
        yield from _reference(payload, path)
        for name, each in payload.items():
            yield from references(each, f"{path}.{name}" if path else name)


def _reference(found: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """What one object of a payload leads to, where it is a reference."""
    head, _, leaf = path.rpartition(".")
    if leaf == "EntityRef" and found.get("type"):
        yield f"{head}.Entity".lstrip("."), f"{found['type']}/{found.get('value')}"
    elif leaf == "Entity" and isinstance(found.get("EntityRef"), Mapping):
        yield path, f"{found.get('Type')}/{found['EntityRef'].get('value')}"
    elif leaf.endswith("Ref") and not head.endswith("Entity") and "value" in found:
        yield path, str(found["value"])
    elif leaf.startswith("LinkedTxn") and found.get("TxnType"):
        yield f"{head}.LinkedTxn.{found['TxnType']}".lstrip("."), str(found.get("TxnId"))


@dataclass(frozen=True)
class Names:
    """What the values of one page are called, read by one question for each entity that they lead to.

    Names out of an accounting list are not told to who may not see that list: the Id stays.
    """

    connection: Connection
    company_id: int
    held: Rights
    values: Sequence[Standing]

    def of(self, entity: str, path: str, value: Any, currency: str = "") -> str:
        """One value in words; `currency` is that of its document, the one of the books where it is empty."""
        if value is None or value in ("", [], {}):
            return NOTHING
        if (target := leads_to(entity, path, value)) is not None:
            return self._known.get(target) or _unknown(*target)
        leaf = path.rpartition(".")[2]
        if isinstance(value, str) and value in TAXED and leaf.endswith("Ref"):
            return TAXED[value]
        if leaf in _MONEY and (amount := number(value)) is not None:
            return f"{money(amount)} {currency or self._home}"
        if leaf in _CHOICES:
            return spaced(str(value).removesuffix("LineDetail").removesuffix("Only"))
        return _day(value) if leaf.endswith("Date") else as_text(value)

    def reference(self, entity: str, path: str, value: Any) -> str:
        """What a value leads to; empty where it leads nowhere, or where its name is not known or not told."""
        target = leads_to(entity, path, value)
        return self._known.get(target, "") if target is not None else ""

    @cached_property
    def _home(self) -> str:
        own = settings.all_of(self.connection, self.company_id)
        return Resolver(self.connection, self.company_id, own).home_currency()

    @cached_property
    def _known(self) -> dict[tuple[str, str, str], str]:
        wanted = {target for each in self.values if (target := leads_to(*each)) is not None and self.held.sees(target[0])}
        return {**_of_objects(self.connection, self.company_id, wanted), **_of_records(self.connection, self.company_id, wanted)}


def in_words(
    connection: Connection, company_id: int, held: Rights, rows: Sequence[tuple[Any, ...]], currencies: Sequence[str] = ()
) -> list[list[tuple[str, ...]]]:
    """For each of `rows` (entity, path, a value for each side) its `parts` with every value in words.

    `currencies` are those of the rows' documents; an empty one, or none at all, is the currency of the books.
    """
    return worded(connection, company_id, held, rows, currencies)[0]


def worded(
    connection: Connection, company_id: int, held: Rights, rows: Sequence[tuple[Any, ...]], currencies: Sequence[str] = (),
    others: Sequence[Standing] = (),
) -> tuple[list[list[tuple[str, ...]]], Names]:
    """The same, with the names that were read for it, and for the values of `others`."""
    spread = [(entity, parts(path, *sides)) for entity, path, *sides in rows]
    every = [(entity, path, value) for entity, found in spread for path, *values in found for value in values]
    names = Names(connection, company_id, held, [*every, *others])
    codes = currencies or [""] * len(rows)
    told = [
        [(path, *(names.of(entity, path, value, code) for value in values)) for path, *values in found]
        for (entity, found), code in zip(spread, codes, strict=True)
    ]
    return told, names


def _of_objects(connection: Connection, company_id: int, wanted: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
    """What QuickBooks calls the objects."""
    by_entity: dict[str, list[tuple[str, str, str]]] = {}
    for target in wanted:
        by_entity.setdefault(target[0], []).append(target)
    copies = {name: ledger.load(connection, company_id, name, [each[2] for each in ids]) for name, ids in by_entity.items()}
    found = {each: copies[each[0]].get(each[2]) for targets in by_entity.values() for each in targets}
    return {each: called(str(copy["name"] or copy["doc_number"] or "")) for each, copy in found.items() if copy is not None}


def called(name: str) -> str:
    """A name in QuickBooks as people say it.

    >>> called("Tool sharpening (deleted)"), called("Delivery")
    ('Tool sharpening (inactive)', 'Delivery')
    """
    plain = name.removesuffix(_DELETED)
    return name if plain == name else f"{plain}{INACTIVE}"


def _of_records(connection: Connection, company_id: int, wanted: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str, str], str]:
    """What people call the records that QuickBooks does not have yet."""
    placed = [(each, found["record"]) for each in wanted if each[1] and (found := _PLACEHOLDER.match(each[2]))]
    waiting = {each: int(record) for each, record in placed if record.isdecimal()}
    called = labels(connection, company_id, ((each[1], record_id) for each, record_id in waiting.items()))
    named = {each: called.get((each[1], record_id), "") for each, record_id in waiting.items()}
    return {each: f"{name} (goes first)" for each, name in named.items() if name}


def _unknown(entity: str, _kind: str, qbo_id: str) -> str:
    """What cannot be named: what sort of thing it is, and its Id there or here. A placeholder may say the name itself."""
    waits = _PLACEHOLDER.match(qbo_id)
    if waits is None:
        return f"{spaced(entity)} with the Id {qbo_id}"
    named = f"{spaced(entity)} {waits['record']}"
    return f"{named}, which goes first" if waits["record"].isdecimal() else named


def money(amount: Decimal) -> str:
    """An amount, a price or a rate with its cents, and with more digits where it has them.

    >>> money(Decimal("1234.5")), money(Decimal("0.1234567")), money(Decimal("8.875")), money(Decimal("0E-7"))
    ('1,234.50', '0.1234567', '8.875', '0.00')
    """
    return f"{amount:,.{max(2, decimals(amount))}f}"


def decimals(number: Decimal) -> int:
    """How many decimals a number has; zeros at its end say nothing.

    >>> decimals(Decimal("0.0125")), decimals(Decimal("8.50000")), decimals(Decimal("1E+3"))
    (4, 1, 0)
    """
    return len(f"{number:f}".partition(".")[2].rstrip("0"))


def day(moment: date) -> str:
    """A day as people write it.

    >>> day(date(2026, 1, 4))
    '4 Jan 2026'
    """
    return f"{moment.day} {moment:%b %Y}"


def _day(value: Any) -> str:
    """The same of a text; what is no day, as it is."""
    try:
        return day(date.fromisoformat(str(value)))
    except ValueError:
        return as_text(value)


def as_text(value: Any) -> str:
    """A JSON value as a person reads it; nothing is an empty text.

    >>> as_text(None), as_text("a@b.example"), as_text(True), as_text({"a": 1})
    ('', 'a@b.example', 'yes', '{"a": 1}')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
