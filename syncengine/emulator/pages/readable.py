"""An object as people read it: what it says, whom it names, its lines and its sums."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.catalogue.entity import Entity
from syncengine.emulator.catalogue.kinds import Money, Ref
from syncengine.emulator.catalogue.properties import GLOSSARY
from syncengine.emulator.catalogue.registry import ENTITIES
from syncengine.emulator.pages import draw, words
from syncengine.emulator.pages.visit import to_object

#: Shown elsewhere on the page, or not at all.
_APART = frozenset(
    {"Id", "SyncToken", "MetaData", "domain", "sparse", "status", "Line", "LinkedTxn", "TxnTaxDetail", "TotalAmt", "Balance",
     "HomeBalance", "HomeTotalAmt", "UnappliedAmt", "RemainingCredit", "Deposit", "FullyQualifiedName"}
)  # fmt: skip
_SUMS = ("TotalTax", "TotalAmt", "Deposit", "UnappliedAmt", "RemainingCredit", "Balance")
_ADDRESS = ("Line1", "Line2", "Line3", "Line4", "Line5", "City", "CountrySubDivisionCode", "PostalCode", "Country")
_FIRST = (
    "CustomerRef", "VendorRef", "EntityRef", "EmployeeRef", "DisplayName", "Name", "TxnDate", "DueDate", "DocNumber",
    "SalesTermRef", "TermRef", "CompanyName", "GivenName", "FamilyName",
    "PrimaryEmailAddr", "BillEmail", "PrimaryPhone", "Mobile", "Sku", "Type",
    "AccountType", "AccountSubType", "UnitPrice", "PurchaseCost",
)  # fmt: skip
#: What the other end of a link is called -> the entity that holds it.
_HELD_AS = {"BillPaymentCheck": "BillPayment", "BillPaymentCreditCard": "BillPayment", "Expense": "Purchase", "Check": "Purchase"}


@dataclass(frozen=True)
class Shown:
    """A value on a page: its text, and where it leads ("" for nowhere)."""

    text: str
    href: str = ""
    right: bool = False


def facts(books: Books, entity: Entity, obj: dict[str, Any]) -> tuple[list[tuple[str, Shown]], list[tuple[str, Shown]]]:
    """(what matters, the rest) of an object's own properties, each as (label, value)."""
    names = [*(name for name in _FIRST if name in obj), *(name for name in obj if name not in _FIRST)]
    main: list[tuple[str, Shown]] = []
    rest: list[tuple[str, Shown]] = []
    for name in names:
        value = obj[name]
        if name in _APART or address_of(value):
            continue
        shown = plain(books, entity.record.properties.get(name), value)
        if shown:
            (rest if _minor(value) else main).append((words.label(name), shown))
    return main, rest


def _minor(value: Any) -> bool:
    """Switched-off flags and codes that nobody looks for."""
    if isinstance(value, dict):
        return value.get("value") == "USD"
    return value is False or (isinstance(value, str) and value in {"NotSet", "NeedToPrint"})


def plain(books: Books, kind: Any, value: Any) -> Shown | None:
    """A property's value in a word or a line; None for one that holds nothing."""
    if isinstance(value, dict):
        return _of_a_dict(books, kind, value)
    if isinstance(value, list):
        named = [each for each in value if isinstance(each, dict) and each.get("StringValue")]
        texts = [f"{each.get('Name', '')}: {each['StringValue']}" for each in named]
        return Shown("; ".join(texts)) if texts else None
    if isinstance(value, bool):
        return Shown("Yes" if value else "No")
    if value in {None, ""}:
        return None
    if isinstance(kind, Money):
        return Shown(draw.money(value), right=True)
    return Shown(draw.number(value) if isinstance(value, Decimal | int) else str(value))


def _of_a_dict(books: Books, kind: Any, value: dict[str, Any]) -> Shown | None:
    if "value" in value:
        return reference(books, kind, value)
    for name in ("Address", "FreeFormNumber", "URI"):
        if value.get(name):
            return Shown(str(value[name]))
    if "EntityRef" in value:
        return reference(books, Ref((str(value.get("Type")),)), value["EntityRef"])
    parts = [
        f"{words.label(name)}: {shown.text}"
        for name, item in value.items()
        if not isinstance(item, list) and (shown := plain(books, GLOSSARY.get(name), item))
    ]
    return Shown("\n".join(parts)) if parts else None


def reference(books: Books, kind: Any, value: dict[str, Any]) -> Shown:
    """A reference by its name, leading to what it points to."""
    id_, text = str(value.get("value", "")), str(value.get("name") or value.get("value") or "")
    targets = kind.targets if isinstance(kind, Ref) else ()
    for target in sorted(targets, key=lambda each: each != value.get("type")):
        if target in ENTITIES and (known := books.known(target, id_)) is not None:
            return Shown(text if "name" in value else words.number_of(target, known), to_object(books.company, target, id_))
    return Shown(text)


def address_of(value: Any) -> list[str]:
    """The lines of an address, empty for anything else."""
    if not isinstance(value, dict) or not any(value.get(name) for name in _ADDRESS):
        return []
    lines = [str(value[name]) for name in _ADDRESS[:5] if value.get(name)]
    place = " ".join(str(value[name]) for name in ("CountrySubDivisionCode", "PostalCode") if value.get(name))
    town = ", ".join(part for part in (str(value.get("City") or ""), place) if part)
    return [each for each in (*lines, town, str(value.get("Country") or "")) if each]


def addresses(obj: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The object's addresses, the same one only once."""
    found: list[tuple[str, list[str]]] = []
    for name, value in obj.items():
        lines = address_of(value)
        same = next((place for place, (_, known) in enumerate(found) if known == lines), None)
        if lines and same is not None:
            found[same] = (f"{found[same][0]} and {words.label(name).lower()}", lines)
        elif lines:
            found.append((words.label(name), lines))
    return found


def sums(obj: dict[str, Any]) -> list[tuple[str, Any]]:
    """What the document comes to: tax, total, what is open."""
    values = {**obj, "TotalTax": (obj.get("TxnTaxDetail") or {}).get("TotalTax")}
    return [
        (words.label(name), values[name])
        for name in _SUMS
        if values.get(name) is not None and (values[name] or name in {"TotalAmt", "Balance"})
    ]


def linked(books: Books, obj: dict[str, Any]) -> list[dict[str, Any]]:
    """The transactions that an object is linked with, from its head and its lines."""
    links = [*obj.get("LinkedTxn", ()), *(each for line in obj.get("Line", ()) for each in line.get("LinkedTxn", ()))]
    unique = {(str(each.get("TxnType")), str(each.get("TxnId"))): None for each in links}
    return [_link(books, type_, id_) for type_, id_ in unique]


def _link(books: Books, type_: str, id_: str) -> dict[str, Any]:
    entity = _HELD_AS.get(type_, type_)
    known = books.known(entity, id_) if entity in ENTITIES else None
    return {
        "title": words.title_of(entity, known) if known else f"{words.one(entity)} #{id_}",
        "href": to_object(books.company, entity, id_) if entity in ENTITIES else "",
        "date": (known or {}).get("TxnDate", ""),
        "amount": (known or {}).get("TotalAmt"),
    }


@dataclass(frozen=True)
class Heading:
    """A column of the lines: whether its values stand at the right, and whether it is left out on a narrow screen."""

    title: str
    right: bool
    wide: bool


def lines(books: Books, obj: dict[str, Any]) -> tuple[list[Heading], list[list[Shown]]]:
    """The lines as a table: the columns that are used, and the rows."""
    rows = [_line(books, line) for line in obj.get("Line", ()) if line.get("DetailType") != "SubTotalLineDetail"]
    used = [name for name in _COLUMNS if any(name in row for row in rows)]
    headings = [Heading(name, _COLUMNS[name], name in _WIDE) for name in used]
    return headings, [[row.get(name, Shown("")) for name in used] for row in rows]


#: Heading -> whether the column stands at the right.
_COLUMNS = {
    "Product or service": False, "Account": False, "Applied to": False, "Kind": False, "Description": False, "Name": False,
    "Customer": False, "Class": False, "Location": False, "Tax": False, "Quantity": True, "Price": True, "Debit": True,
    "Credit": True, "Amount": True,
}  # fmt: skip
_WIDE = frozenset({"Description", "Kind", "Class", "Location", "Tax", "Customer"})
_OF_A_LINE = {
    "ItemRef": "Product or service", "GroupItemRef": "Product or service", "AccountRef": "Account", "DiscountAccountRef": "Account",
    "Entity": "Name", "CustomerRef": "Customer", "ClassRef": "Class", "DepartmentRef": "Location", "TaxCodeRef": "Tax",
    "Qty": "Quantity", "Quantity": "Quantity", "UnitPrice": "Price",
}  # fmt: skip
_PLAIN_KINDS = frozenset(
    {"SalesItemLineDetail", "AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail", "JournalEntryLineDetail"}
)


def _line(books: Books, line: dict[str, Any]) -> dict[str, Shown]:
    kind = str(line.get("DetailType", ""))
    detail = line.get(kind) or {}
    cells: dict[str, Shown] = {}
    for name, heading in _OF_A_LINE.items():
        value = plain(books, GLOSSARY.get(name), detail.get(name))
        if value is not None and not (name == "TaxCodeRef" and value.text == "NON"):
            cells.setdefault(heading, Shown(value.text, value.href, _COLUMNS[heading]))
    if line.get("Description"):
        cells["Description"] = Shown(str(line["Description"]))
    if kind and kind not in _PLAIN_KINDS and kind != "DescriptionOnly":
        cells["Kind"] = Shown(words.label(kind.removesuffix("LineDetail")))
    if line.get("LinkedTxn"):
        found = _link(books, str(line["LinkedTxn"][0].get("TxnType")), str(line["LinkedTxn"][0].get("TxnId")))
        cells["Applied to"] = Shown(found["title"], found["href"])
    if line.get("Amount") is not None:
        side = str(detail.get("PostingType", "Amount")) if kind == "JournalEntryLineDetail" else "Amount"
        cells[side if side in _COLUMNS else "Amount"] = Shown(draw.money(line["Amount"]), right=True)
    return cells
