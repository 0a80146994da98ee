"""Fields: one value of a record, on both sides: a column here, a path of properties there.

Between the two stands the *flat record*: a dict from path to a canonical value (text, exact number as text, bool,
ISO date, or a QuickBooks Id), in which equal things are equal. The base of a binding is kept in this form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from syncengine.db.types import Unreadable
from syncengine.errors import RecordError

#: One side's values by path; lines stand under `Line` as a list of such dicts.
Flat = dict[str, Any]
#: More digits, before the point and after it, than any price or quantity has; QuickBooks' own limit is 11 and 7.
DIGITS = 15
#: A QuickBooks object as it travels.
Payload = dict[str, Any]
#: An inventory row by column.
Record = Mapping[str, Any]


class References(Protocol):
    """What a mapping needs to know of other records of the same company."""

    def twin(self, entity: str, record_id: int, kind: str = "") -> str:
        """The Id of an inventory record's twin, or a placeholder that names the record where it has none yet.

        `kind` tells apart what goes to one QuickBooks entity from several kinds; none is the entity's first.
        """

    def record(self, entity: str, qbo_id: str, kind: str = "") -> int:
        """The inventory record of a QuickBooks object; RecordError where it has none."""

    def look(self, kind: str, record_id: int) -> Record | None:
        """Another inventory record of the company, without its lines; None where there is none."""

    def posted(self, entity: str, kind: str, record_id: int) -> Payload | None:
        """What QuickBooks holds of a record's living twin, empty where it is not known; None where it has none."""

    def paid_on_order(self, order_id: int) -> Decimal:
        """What the payments on a sales order come to."""

    def posted_with(self, place: str) -> str | None:
        """The account, by its full name, with which the record that is being put is in QuickBooks already at a `place`.

        A place is one that the record itself says nothing of: a setting, or an item's account. None where nothing is posted
        yet, or where QuickBooks no longer has the account active.
        """

    def post_with(self, place: str, name: str) -> None:
        """Note with which account the record that is being put is posted at a place."""

    def number(self, entity: str, kind: str, record_id: int) -> str:
        """The number that our own series gave to a document."""

    def account(self, name: str, field: str) -> str:
        """The Id of the active account with this full name; RecordError where there is none."""

    def account_name(self, qbo_id: str) -> str:
        """The full name of an account, for its Id; RecordError where it is unknown."""

    def setting(self, name: str) -> Any:
        """One of the company's settings."""

    def feature(self, name: str) -> bool:
        """Whether QuickBooks' Preferences switch a feature on: `sales_tax`, `classes`, `departments`, `discounts`..."""

    def home_currency(self) -> str:
        """The code of the currency of the books, such as USD."""

    def custom_column(self, form: str, definition: str) -> str | None:
        """The column of a custom field of QuickBooks' `sales` or `purchases` forms; None where no field here has its name."""


def fail(field: str, value: Any, cause: str, remedy: str) -> RecordError:
    """A RecordError about one value."""
    return RecordError(field=field, value="" if value is None else str(value), cause=cause, remedy=remedy)


def exact(value: Decimal) -> str:
    """A Decimal as text in its shortest exact form: 9.80 and 9.8 are the same `9.8`. Every digit stays."""
    text = format(value, "f") if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number(value: Any) -> Decimal | None:
    """A finite number of a size that stands in books, out of anything; None for everything else."""
    try:
        found = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and (not found or -DIGITS <= found.adjusted() < DIGITS) else None


def bounded(column: str, value: Any, places: int) -> Decimal:
    """The number in an inventory column, refused where QuickBooks would have to round it: never changed in silence."""
    found = number(value)
    if found is None:
        raise fail(column, str(value)[:60], "This is no number that QuickBooks could keep.", f"Correct the column {column!r}.")
    exponent = found.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places and len(exact(found).partition(".")[2]) > places:
        raise fail(column, value, f"QuickBooks keeps {places} decimal places here.", "Round it.")
    return found


@dataclass(frozen=True)
class Field:
    """One value that travels. `path` is its place in the QuickBooks object, `column` its inventory column.

    Attributes:
        default: what an absent value means, on both sides.
        required: QuickBooks takes no object without it.
        always: repeated in each sparse update, because QuickBooks asks for it there too.
        when: the name of a feature; without it the field does not travel.
        one_way: computed for QuickBooks and never written back here.
        fills: where we say nothing, what QuickBooks fills in (a number, a due date) is written back here.
        reissued: QuickBooks never changes it in an object that exists; another value wants another object.
        fixed: QuickBooks takes it when it creates the object and never changes it again.
    """

    path: str
    column: str
    default: Any = None
    required: bool = False
    always: bool = False
    when: str | None = None
    one_way: bool = False
    fills: bool = False
    reissued: bool = False
    fixed: bool = False

    def travels(self, refs: References) -> bool:
        """Whether the field travels in this company."""
        return self.when is None or refs.feature(self.when)

    def put(self, record: Record, refs: References) -> Any:
        """The canonical value of this field in an inventory record."""
        value = record.get(self.column)
        if value is None:  # most are, and a queue is long
            value = self.default
        elif isinstance(value, Unreadable):
            raise fail(
                self.column,
                value,
                "This does not read as a value of its kind.",
                f"Correct the column {self.column!r} of the record.",
            )
        else:
            value = self.default if value == "" else self.out(value, refs)
        if value is None and self.required:
            raise fail(self.column, None, "QuickBooks takes no record without it.", f"Fill in {self.column!r}.")
        return value

    def out(self, value: Any, refs: References) -> Any:
        """Inventory value -> canonical value."""
        raise NotImplementedError

    def get(self, payload: Mapping[str, Any]) -> Any:
        """The canonical value of this field in a QuickBooks object; totally tolerant."""
        value: Any = payload
        for part in self.path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return self.default if value is None or value == "" else self.canonical(value)

    def canonical(self, value: Any) -> Any:
        """QuickBooks value -> canonical value."""
        raise NotImplementedError

    def wire(self, value: Any) -> Any:
        """Canonical value -> what stands in the payload."""
        return value

    def inward(self, value: Any, refs: References) -> Any:
        """Canonical value -> inventory value."""
        return value

    def columns(self, value: Any, refs: References) -> dict[str, Any]:
        """Canonical value -> what is written here, by column."""
        return {} if self.one_way else {self.column: self.inward(value, refs)}

    def place(self, payload: Payload, wire: Any) -> None:
        """Write a value into a payload, beside what stands there."""
        *parents, leaf = self.path.split(".")
        for part in parents:
            nested = payload.get(part)
            payload[part] = dict(nested) if isinstance(nested, Mapping) else {}
            payload = payload[part]
        payload[leaf] = wire

    def clear(self, payload: Payload) -> None:
        """Take the value out of a payload, and the nested object with it where nothing else is left in it."""
        head, _, leaf = self.path.partition(".")
        nested = payload.get(head)
        if leaf and isinstance(nested, dict):
            nested.pop(leaf, None)
        if not leaf or not nested:
            payload.pop(head, None)


class Prepared:
    """The fields of one side of a record, sorted out once: most columns of most records are empty, and a queue is long."""

    def __init__(self, fields: Iterable[Field]) -> None:
        #: Each field with its path, whether it always travels, and what it says of an empty column, where that is known.
        self._fields = [
            (field, field.path, type(field).travels is Field.travels and field.when is None, _empty(field), field.default)
            for field in fields
        ]

    def put(self, record: Record, refs: References) -> Flat:
        """The canonical values of the fields that travel, by path. Raises RecordError where QuickBooks could not take one."""
        get = record.get
        return {
            path: default if column and get(column) is None else field.put(record, refs)
            for field, path, always, column, default in self._fields
            if always or field.travels(refs)
        }


def _empty(field: Field) -> str:
    """The column that says the field's default where it is empty; none where the field looks further."""
    return field.column if type(field).put is Field.put and not (field.required and field.default is None) else ""


@dataclass(frozen=True)
class Text(Field):
    """A text of at most `longest` characters in which none of `forbidden` may stand."""

    longest: int | None = None
    forbidden: str = ""

    def out(self, value: Any, refs: References) -> str | None:
        """Outer blanks go; what QuickBooks would refuse is refused here, with the remedy."""
        text = str(value).strip()
        if self.longest is not None and len(text) > self.longest:
            raise fail(
                self.column, text[:60] + "...", f"It has {len(text)} characters; QuickBooks takes {self.longest}.", "Shorten it."
            )
        bad = sorted({sign for sign in text if sign in self.forbidden})
        if bad:
            shown = ", ".join({"\t": "a tab", "\n": "a line break"}.get(sign, repr(sign)) for sign in bad)
            raise fail(self.column, text, f"QuickBooks takes no {shown} in it.", "Take it out of the name.")
        return text or self.default

    def canonical(self, value: Any) -> Any:
        """Text, outer blanks trimmed."""
        return str(value).strip() or self.default


@dataclass(frozen=True)
class Name(Text):
    """The name of a list entry: a deactivated one carries the suffix ` (deleted)` in QuickBooks, which is not ours."""

    def get(self, payload: Mapping[str, Any]) -> Any:
        """The plain name."""
        name = super().get(payload)
        if name and payload.get("Active") is False:
            return re.sub(r" \(deleted(?: \d+)?\)$", "", name).strip()
        return name


#: Our own marker at the end of a document's private note, or several where a person copied one.
MARKER = re.compile(r"(?:\s*\[T-[0-9A-Z]{8}\])+\s*$")


def plain_note(note: Any) -> str:
    """A private note as people read it: without our marker at its end."""
    return MARKER.sub("", str(note or "")).strip()


@dataclass(frozen=True)
class Note(Text):
    """A private note: our marker at its end is neither shown nor compared."""

    def out(self, value: Any, refs: References) -> str | None:
        """A marker that a person copied into the note would be taken for ours."""
        return super().out(MARKER.sub("", str(value)), refs)

    def canonical(self, value: Any) -> Any:
        """The note without our marker."""
        return plain_note(value) or None


@dataclass(frozen=True)
class Number(Field):
    """An exact number with at most `places` decimal places."""

    places: int = 2
    lowest: Decimal | None = None

    def out(self, value: Any, refs: References) -> str:
        """Refuse what would have to be rounded: money is never changed in silence."""
        found = bounded(self.column, value, self.places)
        if self.lowest is not None and found < self.lowest:
            raise fail(self.column, value, f"It is below {self.lowest}.", f"Correct the column {self.column!r}.")
        return exact(found)

    def canonical(self, value: Any) -> Any:
        """Exact text; something unreadable counts as absent rather than stops the pull."""
        found = number(value)
        return self.default if found is None else exact(found)

    def wire(self, value: Any) -> Any:
        """A Decimal, written exactly by the client."""
        return None if value is None else Decimal(value)

    def inward(self, value: Any, refs: References) -> Any:
        """A Decimal."""
        return None if value is None else Decimal(value)


@dataclass(frozen=True)
class Whole(Number):
    """A whole number."""

    places: int = 0

    def canonical(self, value: Any) -> Any:
        """Exact text; a fraction is as unreadable as a word."""
        found = number(value)
        return exact(found) if found is not None and found == found.to_integral_value() else self.default

    def wire(self, value: Any) -> Any:
        """An int."""
        return None if value is None else int(Decimal(value))

    def inward(self, value: Any, refs: References) -> Any:
        """An int."""
        return None if value is None else int(Decimal(value))


@dataclass(frozen=True)
class Flag(Field):
    """Yes or no."""

    def out(self, value: Any, refs: References) -> bool:
        """A bool."""
        return bool(value)

    def canonical(self, value: Any) -> bool:
        """QuickBooks writes true and false; text is understood too."""
        return value if isinstance(value, bool) else str(value).lower() == "true"


@dataclass(frozen=True)
class Day(Field):
    """A calendar day, ISO text on the wire."""

    def out(self, value: Any, refs: References) -> str:
        """ISO text."""
        if isinstance(value, date):
            return value.isoformat()[:10]
        try:
            return date.fromisoformat(str(value)[:10]).isoformat()
        except ValueError:
            raise fail(self.column, value, "This is no date.", "Write it as year-month-day, such as 2026-03-31.") from None

    def canonical(self, value: Any) -> Any:
        """The day alone."""
        return str(value)[:10]

    def inward(self, value: Any, refs: References) -> Any:
        """A date."""
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise fail(self.column, value, "QuickBooks gave a date that is none.", "Correct it in QuickBooks.") from None


def bare(value: Any) -> str | None:
    """What a reference points to; None for what is none."""
    bare = value.get("value") if isinstance(value, Mapping) else value
    return str(bare) if isinstance(bare, str | int) and bare != "" else None
