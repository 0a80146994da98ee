"""A process posts what was turned into what: the asset accounts of its outputs against those of its inputs, once finished."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import Any

from syncengine.entities._fields import Record, References, bounded, fail
from syncengine.entities._posted import about, item_of, lines, named, value_account
from syncengine.entities._spread import WIDE
from syncengine.entities.journal_entry._journal import journal
from syncengine.entities.journal_entry._making import held, shared_out, taken
from syncengine.inventory.tables import PRICE_PLACES, PROCESS_ROLES


def _role(line: Record) -> str:
    role = str(line.get("role") or "input").strip().casefold()
    if role not in PROCESS_ROLES:
        raise fail(named(line, "role"), role, f"It must be one of {', '.join(PROCESS_ROLES)}.", "Choose one of them.")
    return role


def _weight(line: Record, refs: References) -> Decimal:
    """Quantity x the item's standard cost; an item without one weighs nothing."""
    item = item_of(line, refs) or {}
    quantity = Decimal(1) if line.get("quantity") is None else bounded(named(line, "quantity"), line["quantity"], PRICE_PLACES)
    cost = item.get("standard_cost")
    with localcontext(WIDE):
        return quantity * (Decimal(0) if cost is None else bounded(f"standard cost of {item.get('name')}", cost, PRICE_PLACES))


def _entries(record: Record, refs: References) -> Iterator[dict[str, Any]]:
    every = list(lines(record))
    inputs = [taken(line, record, refs) for line in every if _role(line) == "input"]
    outputs = [line for line in every if _role(line) == "output"]
    total = -sum((entry["amount"] for entry in inputs), Decimal(0))
    if not outputs and total:
        raise fail("lines", None, "The process says nothing of what came out of it.", "Add a line with the role output.")
    parts = shared_out(total, [_weight(line, refs) for line in outputs]) if total else [total] * len(outputs)
    for line, part in zip(outputs, parts, strict=True):
        yield {
            "amount": part,
            "account": value_account(line, refs),
            "description": about(line, refs),
            "class_id": line.get("class_id"),
            "department_id": record.get("department_id"),
        }
    yield from inputs


ENTITY = journal(
    "process",
    "Process",
    _entries,
    posts="Debit the asset accounts of its outputs, which share the value of the inputs by quantity x standard cost, credit those "
    "of its inputs, or the expense accounts of services.",
    holds=held,
)
