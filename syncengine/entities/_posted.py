"""Posted lines: those of a document that is computed from a record and only ever sent.

A posting names its entries: mappings with `amount` (Decimal; in a journal entry above 0 is a debit, below 0 a credit), `account`
(its full name), and where it applies `description`, `class_id`, `department_id`, `customer_id`, `vendor_id`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from syncengine.entities._fields import Field, Flat, Note, Payload, Record, References, Text, bounded, exact, fail, number
from syncengine.entities._lines import lines_of, subtotal
from syncengine.entities._links import AccountName, Reference, by_default
from syncengine.entities._spread import WIDE
from syncengine.inventory.tables import PRICE_PLACES, line_amount

#: What is posted of one record.
Build = Callable[[Record, References], Iterable[Mapping[str, Any]]]
#: The two sides of a journal entry, as QuickBooks writes them.
DEBIT, CREDIT = "Debit", "Credit"
_JOURNAL = "JournalEntryLineDetail"
_EXPENSE = "AccountBasedExpenseLineDetail"


@dataclass(frozen=True)
class EntryAccount(AccountName):
    """The account of an entry, whose name the posting has found already."""

    def put(self, record: Record, refs: References) -> Any:
        """The Id of the active account with this name."""
        return refs.account(str(record["account"]), "account")


@dataclass(frozen=True)
class Side(Field):
    """Debit or credit, as the sign of an entry's amount says."""

    def put(self, record: Record, _refs: References) -> str:
        """QuickBooks' word for it."""
        return DEBIT if record["amount"] > 0 else CREDIT

    def canonical(self, value: Any) -> str:
        """The word as it is."""
        return str(value)


@dataclass(frozen=True)
class Party(Field):
    """Whose receivable or payable an entry is: QuickBooks asks for it on lines of such accounts."""

    def put(self, record: Record, refs: References) -> Any:
        """`Vendor/Id` or `Customer/Id`; None where the entry is nobody's."""
        for entity, column in (("Customer", "customer_id"), ("Vendor", "vendor_id")):
            if (record_id := id_in(record, column)) is not None:
                return f"{entity}/{refs.twin(entity, record_id)}"
        return None

    def canonical(self, value: Any) -> Any:
        """The same, of what QuickBooks has there."""
        reference = value.get("EntityRef") if isinstance(value, Mapping) else None
        found = reference.get("value") if isinstance(reference, Mapping) else None
        return f"{value.get('Type')}/{found}" if found else None

    def wire(self, value: Any) -> Any:
        """QuickBooks' pair of a type and a reference."""
        if value is None:
            return None
        entity, _, qbo_id = str(value).partition("/")
        return {"Type": entity, "EntityRef": {"value": qbo_id}}


@dataclass(frozen=True)
class Source(Note):
    """The private note of a posting: what it was posted from, then the record's own note."""

    title: str = ""

    def put(self, record: Record, refs: References) -> Any:
        """`Adjustment ADJ-547: counted twice`."""
        number, note = record.get("number") or record["id"], str(record.get(self.column) or "").strip()
        return self.out(f"{self.title} {number}" + (f": {note}" if note else ""), refs)


def source(title: str) -> Source:
    """The private note of what records called `title` post: 4,000 characters less our marker."""
    return Source("PrivateNote", "private_note", longest=3980, one_way=True, title=title)


@dataclass(frozen=True)
class Entries:
    """The lines of a document that is computed: `build` gives the entries, `fields` say where each part of one goes."""

    detail: str
    fields: tuple[Field, ...]
    build: Build
    #: Whether the amounts must come to nothing, debits and credits taken together; otherwise they may not come to less.
    balanced: bool = False

    @property
    def optional(self) -> bool:
        """What is posted has lines."""
        return False

    def put(self, record: Record, refs: References) -> list[Flat]:
        """The entries that are worth something -> flat lines. Raises RecordError where they do not balance."""
        entries = [entry for entry in self.build(record, refs) if entry["amount"]]
        over = sum((entry["amount"] for entry in entries), Decimal(0))
        if self.balanced and over:
            raise fail("lines", over, "Debits and credits differ by this amount.", "Correct the amounts of the lines.")
        if over < 0:
            raise fail("lines", over, "QuickBooks takes no document that is worth less than nothing.", "Correct the amounts.")
        return [self._put_one(place, entry, refs) for place, entry in enumerate(entries, start=1)]

    def _put_one(self, place: int, entry: Mapping[str, Any], refs: References) -> Flat:
        amount = abs(entry["amount"]) if self.balanced else entry["amount"]
        travelling = [field for field in self.fields if field.travels(refs)]
        return {
            "DetailType": self.detail,
            "line": place,
            "Amount": exact(amount),
            **{field.path: field.put(entry, refs) for field in travelling},
        }

    def get(self, payload: Mapping[str, Any]) -> list[Flat]:
        """A QuickBooks object's lines of this kind -> flat lines."""
        return [
            {
                "DetailType": self.detail,
                "Id": str(line.get("Id") or ""),
                "Amount": exact(number(line.get("Amount")) or Decimal(0)),
                **{field.path: field.get(line) for field in self.fields},
            }
            for line in lines_of(payload)
            if line.get("DetailType") == self.detail
        ]

    def foreign(self, payload: Mapping[str, Any]) -> list[Payload]:
        """Lines of another kind, which a person has added in QuickBooks."""
        return [dict(line) for line in lines_of(payload) if line.get("DetailType") != self.detail and not subtotal(line)]

    def misfits(self, payload: Mapping[str, Any]) -> list[Payload]:
        """Foreign lines that carry money."""
        return [line for line in self.foreign(payload) if line.get("Amount")]

    def kept(self, payload: Mapping[str, Any]) -> list[Payload]:
        """The lines as they stand, apart from the subtotal."""
        return [deepcopy(dict(line)) for line in lines_of(payload) if not subtotal(line)]

    def wire(self, lines: Sequence[Flat], held: Mapping[str, Any] | None = None) -> list[Payload]:
        """Flat lines -> Line array; a line whose `Id` is known is built on what the held object has there."""
        there = {str(line["Id"]): line for line in lines_of(held or {}) if line.get("Id")}
        return [self._wire_one(line, there.get(line.get("Id") or "", {})) for line in lines]

    def _wire_one(self, line: Flat, held: Mapping[str, Any]) -> Payload:
        payload: Payload = {name: deepcopy(value) for name, value in held.items() if name != "LineNum"}
        payload.update({"DetailType": self.detail, "Amount": Decimal(line["Amount"])})
        detail = dict(payload.get(self.detail) or {})
        for field in self.fields:
            head, _, tail = field.path.partition(".")
            place, name = (detail, tail) if tail else (payload, head)
            value = field.wire(line.get(field.path))
            if value is not None:
                place[name] = value
            elif field.path in line:
                place.pop(name, None)
        return {**payload, self.detail: detail}

    def inward(
        self, lines: Sequence[Flat], current: Sequence[Record], ids: Mapping[str, int], refs: References  # noqa: ARG002 -- as LineMap
    ) -> list[dict[str, Any]]:
        """Nothing: what is only sent never changes a record here."""
        return [{"id": line["id"]} for line in current]


def journal_lines(build: Build) -> Entries:
    """The lines of a JournalEntry."""
    fields = (
        Text("Description", "description", longest=4000),
        Side(f"{_JOURNAL}.PostingType", ""),
        EntryAccount(f"{_JOURNAL}.AccountRef", "account", required=True),
        Party(f"{_JOURNAL}.Entity", ""),
        Reference(f"{_JOURNAL}.ClassRef", "class_id", refers_to="Class", when="classes"),
        Reference(f"{_JOURNAL}.DepartmentRef", "department_id", refers_to="Department", when="departments"),
    )
    return Entries(_JOURNAL, fields, build, balanced=True)


def expense_lines(build: Build) -> Entries:
    """The lines of a Bill, a Purchase or a VendorCredit: each charges an account."""
    fields = (
        Text("Description", "description", longest=4000),
        EntryAccount(f"{_EXPENSE}.AccountRef", "account", required=True),
        Reference(f"{_EXPENSE}.CustomerRef", "customer_id", refers_to="Customer"),
        Reference(f"{_EXPENSE}.ClassRef", "class_id", refers_to="Class", when="classes"),
    )
    return Entries(_EXPENSE, fields, build)


# --- what postings are made of -------------------------------------------------------------------------------------


#: What a line may say beside words.
_SUBSTANCE = ("item_id", "account", "amount", "quantity", "unit_cost", "restock_cost")


def lines(record: Record) -> Iterator[Record]:
    """The lines of a document that are about something; a line of words alone moves nothing."""
    yield from (line for line in record.get("lines") or () if any(line.get(column) is not None for column in _SUBSTANCE))


def named(error_line: Record, place: str) -> str:
    """A field of a line, as an error names it."""
    return f"line {error_line.get('line_no') or '?'}: {place}"


def worth(line: Record, price: str = "unit_cost") -> Decimal:
    """What a line is worth: its amount, or quantity x `price` to the cent. Raises RecordError where it says neither."""
    amount = line.get("amount")
    if amount is not None:
        return bounded(named(line, "amount"), amount, 2)
    if line.get(price) is None:
        raise fail(named(line, price), None, "The line says neither what one unit costs nor an amount.", "Fill in one of them.")
    return value(line, line.get("quantity"), line[price], price)


def value(line: Record, quantity: Any, price: Any, column: str) -> Decimal:
    """Quantity (none is 1) x price, to the cent; `column` is the price's, for errors."""
    many = Decimal(1) if quantity is None else bounded(named(line, "quantity"), quantity, PRICE_PLACES)
    with localcontext(WIDE):
        return line_amount(many, bounded(named(line, column), price, PRICE_PLACES))


def id_in(record: Record, column: str) -> int | None:
    """The id of another record; RecordError where another program has put something else there."""
    found = record.get(column)
    if found is not None and not isinstance(found, int):
        raise fail(column, found, "This names no record.", f"Correct the column {column!r}.")
    return found


def item_of(line: Record, refs: References) -> Record | None:
    """The item of a line; None for a line without one."""
    item_id = id_in(line, "item_id")
    return refs.look("item", item_id) if item_id is not None else None


def stocked(line: Record, refs: References) -> bool:
    """Whether a line's item is kept in stock; a service is not."""
    return (item_of(line, refs) or {}).get("type") != "Service"


def account(refs: References, setting: str, given: Any = None, *, of: str = "") -> str:
    """The full name of an account: the given one, or the company's default. Raises RecordError where there is neither.

    The default is the one that the record was posted with, where it is posted already.
    """
    return _found(given or by_default(refs, setting, lambda: refs.setting(setting)), setting, of)


def _found(name: Any, setting: str, of: str) -> str:
    if not name:
        words = setting.replace("_", " ")
        raise fail(
            words, None, f"There is no {words}{f' for {of}' if of else ''}, and the company has no default.",
            f"Set the company's {words}.",
        )  # fmt: skip
    return str(name)


def item_account(line: Record, refs: References, column: str) -> str:
    """The account of a line's item: its own `asset_account`, `cogs_account` or `expense_account`, or the company's default.

    What the item was posted with in this record stands, whatever the item or the company says later.
    """
    item = item_of(line, refs) or {}
    name = by_default(refs, f"{column} of item {item.get('id')}", lambda: item.get(column) or refs.setting(column))
    return _found(name, column, str(item.get("name") or "the item"))


def value_account(line: Record, refs: References) -> str:
    """Where what a line brings or takes is valued: its own account, the asset account of its item, a service's expense account.

    Raises RecordError where the line names neither an account nor an item.
    """
    if line.get("account"):
        return str(line["account"])
    if line.get("item_id") is None:
        raise fail(named(line, "account"), None, "The line names neither an item nor an account.", "Choose one of them.")
    return item_account(line, refs, "asset_account" if stocked(line, refs) else "expense_account")


def about(line: Record, refs: References) -> str:
    """What a line is about, as it stands in QuickBooks: the item's name, then how many, then the line's own words."""
    item = item_of(line, refs)
    quantity = line.get("quantity")
    what = [str(item.get("name") or "")] if item else []
    what += [f"{exact(quantity)} pcs"] if item and isinstance(quantity, Decimal) else []
    what += [str(line["description"]).strip()] if line.get("description") else []
    return ", ".join(part for part in what if part)[:4000]
