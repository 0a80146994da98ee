"""The fields that a column of a file may fill, kind by kind, and what QuickBooks accepts in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column

from syncengine.imports.problems import ImportRefused
from syncengine.inventory.tables import KINDS, Kind

#: In a file that holds headers and lines together, this begins the names of the lines' fields.
LINE = "line."
#: `charge:Freight` makes one more line of an item called Freight.
CHARGE = "charge:"
#: `not:active` takes a column that says the opposite, such as "inactive".
NOT = "not:"

_OURS: Final = {"id", "company_id", "created_at"}

#: Whose names QuickBooks wants only once among siblings; of the others, once in all.
SIBLINGS: Final = frozenset({"class", "department"})
#: Whose names may repeat, since they never reach QuickBooks.
FREE_NAMES: Final = frozenset({"employee_link"})

#: Without these a record is not complete: each entry is a field, or several of which one is enough.
REQUIRED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "employee_link": (("worker_name",),),
    "invoice": (("number",), ("customer_id",), ("txn_date",)),
    "purchase_order": (("number",), ("vendor_id",), ("txn_date",)),
    "custom_field": (("name",), ("slot",)),
    "item_receipt": (("number",), ("vendor_id",), ("txn_date",)),
    "vendor_return": (("number",), ("vendor_id",), ("txn_date",)),
    "estimate": (("number",), ("customer_id",), ("txn_date",)),
    "sales_order": (("number",), ("customer_id",), ("txn_date",)),
    "sales_receipt": (("number",), ("txn_date",)),
    "payment": (("number",), ("customer_id",), ("txn_date",), ("amount",)),
    "shipment": (("number",), ("txn_date",)),
    "customer_return": (("number",), ("customer_id",), ("txn_date",)),
    "adjustment": (("number",), ("txn_date",)),
    "build": (("number",), ("txn_date",), ("item_id",), ("quantity",)),
    "process": (("number",), ("txn_date",)),
    "transfer": (("number",), ("txn_date",)),
}
#: Documents that may be without lines: a payment that is on no invoice yet.
WITHOUT_LINES: Final = frozenset({"payment"})
LINE_REQUIRED: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "invoice": (("item_id",), ("quantity", "amount"), ("unit_price", "amount")),
    "purchase_order": (("item_id",), ("quantity", "amount"), ("unit_cost", "amount")),
    "item_receipt": (("item_id", "account"), ("quantity", "amount"), ("unit_cost", "amount")),
    "vendor_return": (("item_id", "account"), ("quantity", "amount"), ("unit_cost", "amount")),
    "estimate": (("item_id",), ("quantity", "amount"), ("unit_price", "amount")),
    "sales_order": (("item_id",), ("quantity", "amount"), ("unit_price", "amount")),
    "sales_receipt": (("item_id",), ("quantity", "amount"), ("unit_price", "amount")),
    "payment": (("invoice_id",), ("amount",)),
    "shipment": (("item_id",), ("quantity", "amount")),
    "customer_return": (("item_id",), ("quantity",), ("restock_cost",)),
    "adjustment": (("item_id",), ("quantity", "amount"), ("unit_cost", "amount")),
    "build": (("item_id",), ("quantity", "amount"), ("unit_cost", "amount")),
    "process": (("item_id",), ("role",)),
    "transfer": (("item_id",), ("quantity",)),
}

#: QuickBooks' limits in characters (Accounting API, entity reference).
_LENGTHS: Final[Mapping[str, int]] = {
    "code": 200, "company_name": 100, "given_name": 100, "family_name": 100, "email": 100, "phone": 30, "mobile": 30, "fax": 30,
    "website": 1000, "notes": 2000, "account_number": 100, "sku": 100, "description": 4000, "purchase_description": 1000,
    "number": 21, "private_note": 4000, "vendor_memo": 4000, "customer_memo": 1000,
}  # fmt: skip
_NAME_LENGTHS: Final[Mapping[str, int]] = {"customer": 500, "vendor": 500, "item": 100, "term": 31, "class": 100, "department": 100}

_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class Target:
    """One field that a column fills.

    Attributes:
        name: as it stands in a mapping.
        column: the inventory's column; None for a charge.
        refers_to: the kind whose records it names, or "".
        on_line: whether it belongs to the lines.
        inverted: whether the file says the opposite.
        charge: the name of the item that it charges, or "".
    """

    name: str
    column: Column[Any] | None
    refers_to: str = ""
    on_line: bool = False
    inverted: bool = False
    charge: str = ""


def targets(kind: str) -> list[str]:
    """The fields that a column may fill: the header's, then for documents those of its lines as `line.…`.

    Beside these, documents take `charge:NAME`, and fields of yes and no take `not:FIELD`.
    """
    known = KINDS[kind]
    return [*_fields(known), *(f"{LINE}{name}" for name in line_targets(kind))]


def line_targets(kind: str) -> list[str]:
    """The fields that a column of a separate file of lines may fill, but for the document's number."""
    known = KINDS[kind]
    return [] if known.lines is None else [c.name for c in known.lines.columns if c.name not in {*_OURS, known.parent}]


def _fields(known: Kind) -> list[str]:
    return [c.name for c in known.table.columns if c.name not in _OURS]


def target(kind: str, name: str) -> Target:
    """What `name` means in a mapping of `kind`; refuses what it does not know."""
    known = KINDS[kind]
    if name.startswith(CHARGE) and known.lines is not None and name.removeprefix(CHARGE).strip():
        return Target(name, None, charge=" ".join(name.removeprefix(CHARGE).split()))
    plain, inverted = name.removeprefix(NOT), name.startswith(NOT)
    on_line = plain.startswith(LINE)
    table = known.lines if on_line else known.table
    plain = plain.removeprefix(LINE)
    if table is None or plain not in (line_targets(kind) if on_line else _fields(known)):
        raise ImportRefused(f"A {kind} has no field {name!r}. It has: {', '.join(targets(kind))}.")
    column = table.c[plain]
    if inverted and type(column.type).__name__ != "LooseBool":
        raise ImportRefused(f"Only fields of yes and no can be turned round, and {plain} is none.")
    references = known.line_references if on_line else known.references
    return Target(name, column, references.get(plain, ""), on_line, inverted)


def refusal(kind: str, column: Column[Any], value: str) -> tuple[str, str] | None:
    """Why QuickBooks would refuse the text, and the remedy; None where it would not."""
    if column.name == "name":
        return _name_refusal(kind, value)
    if column.name == "email" and not all(_ADDRESS.fullmatch(part.strip()) for part in value.split(",")):
        return "this is no e-mail address.", "Write it as name@company.example, several parted by commas."
    if len(value) > _LENGTHS.get(column.name, len(value)):
        return f"QuickBooks takes at most {_LENGTHS[column.name]} characters here, and these are {len(value)}.", "Shorten it."
    return None


def _name_refusal(kind: str, value: str) -> tuple[str, str] | None:
    if ":" in value:
        return (
            "QuickBooks refuses a colon in a name: it stands for 'part of'.",
            "Write a dash instead, or name the parent in a column of its own.",
        )
    if any(sign in value for sign in "\t\n\r"):
        return "QuickBooks refuses tabs and line breaks in a name.", "Put the name on one line."
    longest = _NAME_LENGTHS.get(kind, len(value))
    if len(value) > longest:
        return f"QuickBooks takes names of at most {longest} characters, and this has {len(value)}.", "Shorten it."
    return None


def required(kind: str) -> tuple[tuple[str, ...], ...]:
    """What each record needs: a tuple of alternatives, of each of which one is enough."""
    return REQUIRED.get(kind, (("name",),))


def template(kind: str) -> str:
    """A header row as CSV text, with each field under its own name, to be filled in and imported."""
    return ",".join(targets(kind)) + "\r\n"
