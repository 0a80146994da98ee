"""The columns of each list: what fits an entity, and what may be sorted by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.pages import words


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        title: its heading.
        of: the property that it shows, dotted where it lies deeper.
        kind: `name` (links to the object), `text`, `money`, `number`, `status` or `time`.
        sort: what it sorts by, one of `ORDERS`; "" where it does not.
        wide: it is left out on a narrow screen.
    """

    title: str
    of: str
    kind: str = "text"
    sort: str = ""
    wide: bool = False

    @property
    def short(self) -> bool:
        """Whether its values are never broken over two lines."""
        return self.of in {"TxnDate", "DueDate", "PrimaryPhone.FreeFormNumber"} or self.kind == "time"

    @property
    def numeric(self) -> bool:
        """Whether its values stand at the right."""
        return self.kind in {"money", "number"}


#: Sort key -> SQL. The first ones lie beside the body, so that a list of any length is quick.
ORDERS: dict[str, str] = {
    "name": "coalesce(full_name, name)",
    "number": "doc GLOB '[0-9]*' DESC, CAST(doc AS INTEGER) {way}, doc",
    "date": "date",
    "changed": "updated",
    "id": "length(id), id",
    "total": "CAST(coalesce(json_extract(body, '$.TotalAmt'), json_extract(body, '$.Amount'), 0) AS REAL)",
    "balance": "CAST(coalesce(json_extract(body, '$.Balance'), json_extract(body, '$.CurrentBalance'), 0) AS REAL)",
    "stock": "CAST(coalesce(json_extract(body, '$.QtyOnHand'), 0) AS REAL)",
}
#: Sort keys that read every body: offered up to so many rows.
SLOW, SLOW_ROWS_MAX = frozenset({"total", "balance", "stock"}), 20_000

_CHANGED = Column("Changed", "MetaData.LastUpdatedTime", "time", "changed", wide=True)
_NAME = Column("Name", "", "name", "name")
_PERSON = (
    _NAME, Column("Company", "CompanyName", wide=True), Column("E-mail", "PrimaryEmailAddr.Address", wide=True),
    Column("Phone", "PrimaryPhone.FreeFormNumber", wide=True),
)  # fmt: skip
_BALANCE = Column("Balance", "Balance", "money", "balance")

_OWN: Mapping[str, tuple[Column, ...]] = {
    "Customer": (*_PERSON, _BALANCE),
    "Vendor": (*_PERSON, _BALANCE),
    "Employee": _PERSON,
    "Item": (
        _NAME, Column("SKU", "Sku", wide=True), Column("Kind", "Type"), Column("Price", "UnitPrice", "number"),
        Column("Cost", "PurchaseCost", "number", wide=True), Column("On hand", "QtyOnHand", "number", "stock", wide=True),
    ),
    "Account": (
        _NAME, Column("No.", "AcctNum", wide=True), Column("Type", "AccountType"),
        Column("Detail type", "AccountSubType", wide=True), Column("Balance", "CurrentBalance", "money", "balance"),
    ),
    "Class": (_NAME, _CHANGED),
    "Department": (_NAME, _CHANGED),
    "Term": (_NAME, Column("Days", "DueDays", "number"), Column("Discount %", "DiscountPercent", "number", wide=True)),
    "PaymentMethod": (_NAME, Column("Kind", "Type")),
    "TaxCode": (_NAME, Column("Description", "Description", wide=True), Column("Taxable", "Taxable")),
    "TaxRate": (_NAME, Column("Percent", "RateValue", "number"), Column("Agency", "AgencyRef", wide=True)),
    "Attachable": (Column("File", "", "name"), Column("Note", "Note"), Column("Category", "Category", wide=True)),
    "Transfer": (
        Column("Date", "TxnDate", sort="date", wide=True), Column("No.", "", "name"), Column("From", "FromAccountRef"),
        Column("To", "ToAccountRef"), Column("Amount", "Amount", "money", "total"),
    ),
    "TimeActivity": (
        Column("Date", "TxnDate", sort="date", wide=True), Column("No.", "", "name"), Column("Who", "EmployeeRef"),
        Column("Customer", "CustomerRef", wide=True), Column("Hours", "Hours", "number"),
        Column("Description", "Description", wide=True),
    ),
}  # fmt: skip


def columns(entity: Entity) -> tuple[Column, ...]:
    """The columns of an entity's list."""
    if entity.name in _OWN:
        return _OWN[entity.name]
    if not entity.dated:
        return (_NAME if entity.name_property else Column("Id", "", "name", "id"), _CHANGED)
    known = entity.record.properties
    found = [Column("Date", "TxnDate", sort="date", wide=True), Column("No.", "", "name", "number")]
    if entity.party:
        found.append(Column(words.label(entity.party), entity.party))
    else:
        found.append(Column("Memo", "PrivateNote", wide=True))
    if "DueDate" in known:
        found.append(Column("Due", "DueDate", wide=True))
    found.append(Column("Total", "TotalAmt", "money", "total"))
    if entity.name in {"Invoice", "Bill", "CreditMemo", "VendorCredit"}:
        found.append(Column("Balance", "Balance", "money", "balance", wide=True))
    return (*found, Column("Status", "", "status"))


def cell(entity: Entity, column: Column, obj: dict[str, Any], today: str) -> Any:
    """What a column shows of an object: text, or an amount."""
    if column.kind == "status":
        return words.status_of(entity.name, obj, today)
    if column.kind == "name":
        own = obj.get(entity.name_property) if entity.name_property else None
        return own or words.number_of(entity.name, obj)
    if entity.name == "JournalEntry" and column.of == "TotalAmt":
        return _debits(obj)
    value = valued(obj, column.of)
    if column.kind == "time":
        return str(value or "")[:16].replace("T", " ")
    return shown(value)


def valued(obj: dict[str, Any], path: str) -> Any:
    """The value at the end of a dotted path, None where there is none."""
    found: Any = obj
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def shown(value: Any) -> Any:
    """A value as text: a reference by its name, a flag as a word; numbers stay numbers."""
    if isinstance(value, dict):
        return str(value.get("name") or value.get("value") or "")
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return "" if value is None else value


def _debits(obj: dict[str, Any]) -> Decimal:
    """The total of a journal entry: QuickBooks sends none."""
    lines = obj.get("Line", ())
    sides = ((line.get("JournalEntryLineDetail") or {}).get("PostingType") == "Debit" for line in lines)
    return sum((Decimal(line.get("Amount") or 0) for line, debit in zip(lines, sides, strict=True) if debit), Decimal(0))
