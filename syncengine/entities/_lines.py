"""Document lines: mapped as a whole, because QuickBooks replaces a Line array as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any, Protocol

from syncengine.entities._fields import Field, Flat, Payload, Prepared, Record, References, bounded, exact, fail, number
from syncengine.entities._spread import WIDE, spread, spreads
from syncengine.errors import RecordError
from syncengine.inventory.tables import PRICE_PLACES, line_amount, net_unit_price

_NOTHING, _ONE, _CENT = Decimal(0), Decimal(1), Decimal("0.01")
#: Computed by QuickBooks, not ours to compare or to send.
_SUBTOTAL = "SubTotalLineDetail"
#: What is taken off all lines together.
DISCOUNT = "DiscountLineDetail"
#: A line of words only.
_WORDS = "DescriptionOnly"
#: What a line's discount takes off, on its way into the discount line.
_OFF = "off"
#: Keys of a flat line that say which line it is, and are not compared.
_IDENTITY = ("Id", "line", _OFF)
#: Parts of a detail that QuickBooks derived from the item: those of another item would post to the wrong account.
_OF_ITEM = ("ItemAccountRef", "TaxClassificationRef")
#: Parts of a detail that go with one amount: left standing beside another one, they would contradict it.
_OF_AMOUNT = ("TaxInclusiveAmt", "DiscountAmt", "DiscountRate", "MarkupInfo")


def lines_of(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lines of a QuickBooks object, whatever stands in their place."""
    given = payload.get("Line")
    return [line for line in given if isinstance(line, Mapping)] if isinstance(given, list | tuple) else []


def substance(line: Flat) -> Flat:
    """A flat line without its identity and its absent values: what is compared."""
    return {path: value for path, value in line.items() if path not in _IDENTITY and value is not None}


class LineMap(Protocol):
    """How the lines of a document travel, as a whole."""

    @property
    def detail(self) -> str:
        """The QuickBooks detail type of its lines."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """What a line says; for computed lines, only what they refer to."""

    @property
    def optional(self) -> bool:
        """Whether QuickBooks takes the document without any line."""

    def put(self, record: Record, refs: References) -> list[Flat]:
        """An inventory document -> flat lines, in their order."""

    def get(self, payload: Mapping[str, Any]) -> list[Flat]:
        """A QuickBooks object's lines -> flat lines; those that have no place here are left out (see `foreign`)."""

    def foreign(self, payload: Mapping[str, Any]) -> list[Payload]:
        """Lines of a QuickBooks object that have no place here, apart from the subtotal."""

    def misfits(self, payload: Mapping[str, Any]) -> list[Payload]:
        """Those foreign lines without which the record here would have a wrong total."""

    def kept(self, payload: Mapping[str, Any]) -> list[Payload]:
        """The lines of a QuickBooks object as they stand: sent again, they change nothing."""

    def wire(self, lines: Sequence[Flat], held: Mapping[str, Any] | None = None) -> list[Payload]:
        """Flat lines -> Line array; a line whose `Id` is known is built on what the held object has there."""

    def inward(
        self, lines: Sequence[Flat], current: Sequence[Record], ids: Mapping[str, int], refs: References
    ) -> list[dict[str, Any]]:
        """Flat lines of QuickBooks -> inventory lines; `ids` leads from line Ids to the inventory lines they belong to."""


def subtotal(line: Mapping[str, Any]) -> bool:
    """Whether a line of a QuickBooks object is only its subtotal."""
    return line.get("DetailType") == _SUBTOTAL


@dataclass(frozen=True)
class Lines:
    """How one kind of line travels.

    Attributes:
        detail: the QuickBooks detail type, such as `SalesItemLineDetail`.
        fields: the fields of a line; paths start at the line.
        price: the inventory column of the price of one.
        discount: the inventory column of the discount (a fraction), where the kind has one. QuickBooks gets the
            discounted price, which needs no preference there; or, where the company wants it so, full prices and one
            discount line for all of them.
    """

    detail: str
    fields: tuple[Field, ...]
    price: str
    discount: str | None = None

    @property
    def optional(self) -> bool:
        """A form has lines."""
        return False

    def put(self, record: Record, refs: References) -> list[Flat]:
        """Inventory lines -> flat lines, in their order."""
        flats = [self._put_one(number, line, refs) for number, line in enumerate(record.get("lines") or (), start=1)]
        off = sum((line.pop(_OFF, Decimal(0)) for line in flats), Decimal(0))
        return [*flats, {"DetailType": DISCOUNT, "Amount": exact(off)}] if off else flats

    @cached_property
    def _prepared(self) -> Prepared:
        return Prepared(self.fields)

    def _put_one(self, number: int, line: Record, refs: References) -> Flat:
        try:
            flat = self._prepared.put(line, refs)
            if line.get("item_id") is None:
                return self._words(line, flat)
            flat.update(self._amounts(line, refs))
        except RecordError as error:
            error.field = f"line {line.get('line_no') or number}: {error.field}"
            raise
        return {"DetailType": self.detail, "line": line.get("id"), **flat}

    def _words(self, line: Record, flat: Flat) -> Flat:
        if line.get("amount") or line.get("quantity") or line.get(self.price):
            raise fail("item_id", None, "A line with an amount names no item.", "Choose an item for the line.")
        return {"DetailType": _WORDS, "line": line.get("id"), "Description": flat.get("Description")}

    def _amounts(self, line: Record, refs: References) -> Flat:
        quantity, price = self._number(line, "quantity", PRICE_PLACES), self._number(line, self.price, PRICE_PLACES)
        amount = self._number(line, "amount", 2)
        discount = (self._number(line, self.discount, PRICE_PLACES) if self.discount else None) or _NOTHING
        if not 0 <= discount <= 1:
            raise fail(self.discount or "", discount, "A discount is a fraction from 0 to 1.", "Write 15 % as 0.15.")
        if price is None and amount is None:
            raise fail(self.price, None, "The line has neither a price nor an amount.", "Fill in one of them.")
        quantity = _ONE if quantity is None else quantity
        with localcontext(WIDE):
            if amount is None:
                amount = line_amount(quantity, price or _NOTHING, discount)
            off = self._off(quantity, price, discount, amount, refs)
            if off is not None:
                amount, discount = amount + off, Decimal(0)
            net = net_unit_price(price, discount) if price is not None else None
            # A given amount that is not quantity x price would be refused (6070): then the amount alone is sent.
            fits = net is not None and abs(quantity * net - amount) < _CENT
        flat: Flat = {"Amount": exact(amount)}
        if net is not None and fits:
            flat |= {f"{self.detail}.Qty": exact(quantity), f"{self.detail}.UnitPrice": exact(net)}
        return {**flat, _OFF: off} if off else flat

    def _off(
        self, quantity: Decimal, price: Decimal | None, discount: Decimal, amount: Decimal, refs: References
    ) -> Decimal | None:
        """What a line's discount takes off where it goes into a discount line; None where it lowers the price instead."""
        if not discount or price is None or not refs.setting("discounts_as_lines"):
            return None
        if not refs.feature("discounts"):
            raise fail(
                self.discount or "", discount, "Discounts are switched off in QuickBooks, which would leave it out in silence.",
                "Switch discounts on in QuickBooks (Settings, Sales), or let discounts lower the price here.",
            )  # fmt: skip
        full = line_amount(quantity, price)
        off = full - amount
        return off if not off or (off < 0) == (full < 0) else None  # an amount above the full price is no discounted one

    def _number(self, line: Record, column: str, places: int) -> Decimal | None:
        value = line.get(column)
        return None if value is None else bounded(column, value, places)

    def get(self, payload: Mapping[str, Any]) -> list[Flat]:
        """A QuickBooks object's lines -> flat lines. Lines that have no place here are left out (see `foreign`)."""
        found = [self._get_one(line) for line in lines_of(payload) if self._ours(line)]
        off = _taken_off(found)
        goods = [line for line in found if line["DetailType"] != DISCOUNT]
        return [*goods, {"DetailType": DISCOUNT, "Amount": exact(off)}] if off else goods

    def _ours(self, line: Mapping[str, Any]) -> bool:
        kind = line.get("DetailType")
        return kind in (self.detail, _WORDS) or (kind == DISCOUNT and self.discount is not None)  # tuples: anything may stand there

    def _get_one(self, line: Mapping[str, Any]) -> Flat:
        flat: Flat = {"DetailType": line["DetailType"], "Id": str(line.get("Id") or "")}
        if line["DetailType"] == _WORDS:
            return {**flat, "Description": str(line.get("Description") or "").strip() or None}
        if line["DetailType"] == DISCOUNT:
            return {**flat, "Amount": exact(number(line.get("Amount")) or Decimal(0))}
        flat.update({field.path: field.get(line) for field in self.fields})
        flat["Amount"] = exact(number(line.get("Amount")) or Decimal(0))
        detail = line.get(self.detail)
        for name in ("Qty", "UnitPrice"):
            value = number(detail.get(name)) if isinstance(detail, Mapping) else None
            if value is not None:
                flat[f"{self.detail}.{name}"] = exact(value)
        return flat

    def foreign(self, payload: Mapping[str, Any]) -> list[Payload]:
        """Lines of a QuickBooks object that have no place here, apart from the subtotal."""
        return [dict(line) for line in lines_of(payload) if not self._ours(line) and not subtotal(line)]

    def misfits(self, payload: Mapping[str, Any]) -> list[Payload]:
        """Foreign lines that carry money: bundles, for one."""
        return [line for line in self.foreign(payload) if line.get("Amount")]

    def kept(self, payload: Mapping[str, Any]) -> list[Payload]:
        """The lines of a QuickBooks object as they stand, apart from the subtotal: sent again, they change nothing."""
        return [deepcopy(dict(line)) for line in lines_of(payload) if not subtotal(line)]

    def wire(self, lines: Sequence[Flat], held: Mapping[str, Any] | None = None) -> list[Payload]:
        """Flat lines -> Line array. A line whose `Id` is known keeps it; the others are new.

        QuickBooks replaces a line as a whole, so one that stands in the `held` object is built on what is there: the
        parts of it that we know nothing of survive.
        """
        there = {str(line["Id"]): line for line in lines_of(held or {}) if line.get("Id")}
        given = [line for line in lines_of(held or {}) if line.get("DetailType") == DISCOUNT]
        return [
            _discount_line(line, given)
            if line["DetailType"] == DISCOUNT
            else self._wire_one(line, there.get(line.get("Id") or "", {}))
            for line in lines
        ]

    def _wire_one(self, line: Flat, held: Mapping[str, Any]) -> Payload:
        payload = self._start(line, held)
        if line["DetailType"] == _WORDS:
            payload["Description"] = line.get("Description") or ""
            payload.setdefault("DescriptionLineDetail", {})
            return payload
        payload["Amount"] = Decimal(line["Amount"])
        detail = self._start_of_detail(line, held, payload.pop(self.detail, None))
        for field in self.fields:
            head, _, tail = field.path.partition(".")
            place, name = (detail, tail) if tail else (payload, head)
            value = field.wire(line.get(field.path))
            if value is not None:
                place[name] = value
            elif field.path in line:  # a field that does not travel at present is not in it, and stays as it is there
                place.pop(name, None)
        for name in ("Qty", "UnitPrice"):
            detail.pop(name, None)
            if f"{self.detail}.{name}" in line:
                detail[name] = Decimal(line[f"{self.detail}.{name}"])
        return {**payload, self.detail: detail}

    def _start(self, line: Flat, held: Mapping[str, Any]) -> Payload:
        """What a line is built on: itself as QuickBooks holds it, or nothing where it becomes a line of another kind."""
        if held.get("DetailType") == line["DetailType"]:
            # Its place in the array says where it stands now.
            return {name: deepcopy(value) for name, value in held.items() if name != "LineNum"}
        return {"DetailType": line["DetailType"], **({"Id": line["Id"]} if line.get("Id") else {})}

    def _start_of_detail(self, line: Flat, held: Mapping[str, Any], detail: Any) -> Payload:
        """The held detail without what belongs to another item or amount than the line has now."""
        if not isinstance(detail, Mapping):
            return {}
        was, item = self._get_one(held), f"{self.detail}.ItemRef"
        gone: set[str] = set(_OF_ITEM) if was.get(item) != line.get(item) else set()
        if any(was.get(path) != line.get(path) for path in ("Amount", f"{self.detail}.Qty", f"{self.detail}.UnitPrice")):
            gone.update(_OF_AMOUNT)
        return {name: value for name, value in detail.items() if name not in gone}

    def inward(
        self, lines: Sequence[Flat], current: Sequence[Record], ids: Mapping[str, int], refs: References
    ) -> list[dict[str, Any]]:
        """Flat lines of QuickBooks -> inventory lines. `ids` leads from line Ids to the inventory lines they belong to.

        An inventory line that says the same already keeps its own columns (a discount, say), so that a change of one
        line does not rewrite its neighbours.
        """
        known = {line["id"]: line for line in current}
        goods = [line for line in lines if line["DetailType"] != DISCOUNT]
        olds = [known.get(ids.get(line.get("Id") or "", 0)) for line in goods]
        stays = [old is not None and self._same(old, line, refs) for old, line in zip(olds, goods, strict=True)]
        off = _taken_off(lines)
        rest = off - self._off_here([old for old, same in zip(olds, stays, strict=True) if old is not None and same], refs)
        if rest and not spreads(rest, [line for line, same in zip(goods, stays, strict=True) if not same]):
            stays, rest = [False] * len(goods), off  # lines that stay would have too much of the discount, or too little
        rows, changed = [], []
        for place, (old, line, same) in enumerate(zip(olds, goods, stays, strict=True), start=1):
            row: dict[str, Any] = {"line_no": place} if old is None else {"id": old["id"], "line_no": place}
            if not same:
                row.update(self._columns(line, refs))
                changed.append((row, line))
            rows.append(row)
        if rest and self.discount:
            spread(rest, [(row, line) for row, line in changed if line["DetailType"] == self.detail], self.price, self.discount)
        return rows

    def _off_here(self, kept: Sequence[Record], refs: References) -> Decimal:
        """What the discounts of lines that stay as they are take off together."""
        return _taken_off(self.put({"lines": kept}, refs)) if kept else Decimal(0)

    def _same(self, old: Record, line: Flat, refs: References) -> bool:
        try:
            ours = substance(self._put_one(0, old, refs))
        except RecordError:
            return False
        quiet = {field.path for field in self.fields if field.when is not None and not refs.feature(field.when)}
        return ours == {path: value for path, value in substance(line).items() if path not in quiet}

    def _columns(self, line: Flat, refs: References) -> dict[str, Any]:
        if line["DetailType"] == _WORDS:
            return {"item_id": None, "description": line.get("Description"), "quantity": None, self.price: None, "amount": None}
        columns = {field.column: field.inward(line.get(field.path), refs) for field in self.fields if not field.one_way}
        amount = Decimal(line["Amount"])
        quantity, price = line.get(f"{self.detail}.Qty"), line.get(f"{self.detail}.UnitPrice")
        columns["quantity"] = None if quantity is None else Decimal(quantity)
        columns[self.price] = None if price is None else Decimal(price)
        if self.discount:
            columns[self.discount] = Decimal(0)
        if price is None:
            columns["amount"] = amount
            return columns
        with localcontext(WIDE):
            computed = line_amount(Decimal(1) if quantity is None else Decimal(quantity), Decimal(price))
        columns["amount"] = None if computed == amount else amount
        return columns


def _taken_off(lines: Sequence[Flat]) -> Decimal:
    """What the discount line of flat lines takes off."""
    return sum((Decimal(line["Amount"]) for line in lines if line["DetailType"] == DISCOUNT), Decimal(0))


def _discount_line(line: Flat, held: Sequence[Mapping[str, Any]]) -> Payload:
    """The discount as an amount, in the account that the one in its place went to; QuickBooks gives such lines no Id."""
    before = deepcopy(dict(held[0].get(DISCOUNT) or {})) if held and isinstance(held[0].get(DISCOUNT), Mapping) else {}
    before.pop("DiscountPercent", None)
    return {"DetailType": DISCOUNT, "Amount": Decimal(line["Amount"]), DISCOUNT: {**before, "PercentBased": False}}
