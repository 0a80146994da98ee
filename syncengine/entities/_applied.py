"""What a payment is applied to: one line for each invoice, told by the invoice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from syncengine.db.types import Unreadable
from syncengine.entities._fields import Field, Flat, Number, Payload, Record, References, exact, fail, number
from syncengine.entities._lines import lines_of
from syncengine.entities._links import Reference
from syncengine.entities._posted import Build
from syncengine.entities._sales import links

_INVOICE = "Invoice"
_TO = Reference("LinkedTxn.Invoice", "invoice_id", refers_to=_INVOICE)
_AMOUNT = Number("Amount", "amount", places=2, lowest=Decimal(0))


def amount(column: str) -> Field:
    """All of a payment."""
    return Number("TotalAmt", column, required=True, always=True, lowest=Decimal(0))


def _invoice_of(line: Mapping[str, Any]) -> str | None:
    """The Id of the invoice that a line of a QuickBooks payment is applied to; None for a credit memo or the like."""
    first = next(iter(links(line)), {})
    return str(first["TxnId"]) if first.get("TxnType") == _INVOICE and first.get("TxnId") else None


@dataclass(frozen=True)
class Applied:
    """Lines of a payment. What it is applied to besides invoices (a credit memo, say) stays in QuickBooks as it is."""

    detail: str = "LinkedTxn"
    fields: tuple[Field, ...] = (_TO,)

    @property
    def optional(self) -> bool:
        """A payment may be applied to nothing yet."""
        return True

    def put(self, record: Record, refs: References) -> list[Flat]:
        """Payment lines -> flat lines, in the order of the invoices' Ids, since QuickBooks keeps an order of its own."""
        return self._put(record.get("lines") or (), refs)

    def _put(self, lines: Iterable[Record], refs: References) -> list[Flat]:
        return sorted((self._put_one(place, line, refs) for place, line in enumerate(lines, start=1)), key=_place)

    def _put_one(self, place: int, line: Record, refs: References) -> Flat:
        where = f"line {line.get('line_no') or place}"
        invoice, given = line.get("invoice_id"), line.get("amount")
        if invoice is None or isinstance(invoice, Unreadable):
            raise fail(f"{where}: invoice_id", invoice, "It names no invoice.", "Choose an invoice, or delete the line.")
        if given is None:
            raise fail(f"{where}: amount", None, "It does not say how much the invoice gets.", "Fill in the amount.")
        return {"line": line.get("id"), _TO.path: _TO.put(line, refs), "Amount": _AMOUNT.put(line, refs)}

    def get(self, payload: Mapping[str, Any]) -> list[Flat]:
        """The lines of a QuickBooks payment that are applied to invoices, one an invoice."""
        sums: dict[str, Decimal] = {}
        for line in lines_of(payload):
            if (invoice := _invoice_of(line)) is not None:
                sums[invoice] = sums.get(invoice, Decimal(0)) + (number(line.get("Amount")) or Decimal(0))
        return sorted(({"Id": each, _TO.path: each, "Amount": exact(worth)} for each, worth in sums.items()), key=_place)

    def foreign(self, payload: Mapping[str, Any]) -> list[Payload]:
        """Lines that are applied to something else."""
        return [deepcopy(dict(line)) for line in lines_of(payload) if _invoice_of(line) is None]

    def misfits(self, _payload: Mapping[str, Any]) -> list[Payload]:
        """None: a payment's total is its own, whatever it is applied to."""
        return []

    def kept(self, payload: Mapping[str, Any]) -> list[Payload]:
        """All lines as they stand."""
        return [deepcopy(dict(line)) for line in lines_of(payload)]

    def wire(self, lines: Sequence[Flat], held: Mapping[str, Any] | None = None) -> list[Payload]:
        """Flat lines -> Line array; a line on an invoice that the payment is on already is built on what stands there.

        They stand in the order of our own lines, which is known before the invoices have their Ids.
        """
        there = {invoice: line for line in lines_of(held or {}) if (invoice := _invoice_of(line)) is not None}
        ordered = sorted(lines, key=lambda line: line.get("line") or 0)
        return [self._wire_one(line, there.get(line[_TO.path], {})) for line in ordered]

    def _wire_one(self, line: Flat, held: Mapping[str, Any]) -> Payload:
        kept = {name: deepcopy(value) for name, value in held.items() if name != "LineEx"}  # it tells the balance of before
        to = {"LinkedTxn": [{"TxnId": line[_TO.path], "TxnType": _INVOICE}]}
        return {**to, **kept, "Amount": Decimal(line["Amount"])}

    def inward(
        self, lines: Sequence[Flat], current: Sequence[Record], _ids: Mapping[str, int], refs: References
    ) -> list[dict[str, Any]]:
        """Flat lines of QuickBooks -> payment lines; one on the same invoice stays the same line."""
        known = {line.get("invoice_id"): line["id"] for line in current}
        rows = []
        for place, line in enumerate(lines, start=1):
            invoice = _TO.inward(line[_TO.path], refs)
            row = {"line_no": place, "invoice_id": invoice, "amount": Decimal(line["Amount"])}
            rows.append({"id": known[invoice], **row} if invoice in known else row)
        return rows


@dataclass(frozen=True)
class AppliedTo(Applied):
    """Lines of a payment that is computed from another record: `build` gives them."""

    build: Build = lambda _record, _refs: ()

    def put(self, record: Record, refs: References) -> list[Flat]:
        """What `build` gives -> flat lines."""
        return self._put(self.build(record, refs), refs)

    def inward(
        self, _lines: Sequence[Flat], current: Sequence[Record], _ids: Mapping[str, int], _refs: References
    ) -> list[dict[str, Any]]:
        """Nothing: what is only sent never changes a record here."""
        return [{"id": line["id"]} for line in current]


def _place(line: Flat) -> tuple[int, str]:
    invoice = str(line[_TO.path])
    return (len(invoice), invoice)
