"""What stock costs: first in, first out, as a curve of what the first so many units cost.

The units that leave are matched with the units that came in, both in the order of their dates: what has left so far stands at a
position on the curve, an issue moves it forwards, a return backwards, and its cost is the difference of the curve's values. So
the cents never add up to more or less than what was received, a receipt that is entered late re-costs what it should have cost,
and what is sold before it is there costs as much as the last receipt did (the item's own cost before the first) until more comes.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from syncengine.emulator.books import Books
from syncengine.emulator.postings.posting import RECEIPT, cents, number

_UNIT = 10_000_000
#: Under this entity the curves of items lie in the company's cache.
_CACHED = "stock"


@dataclass
class Stock:
    """One item's receipts as a curve, and how far along it the issues have come.

    Attributes:
        unit_cost: cents of one unit where nothing was received yet.
        position: 1e-7 units that have left.
        furthest: the furthest that it ever was; beyond the receipts, the next one changes what was sold before it came.
        ends: 1e-7 units received up to and with each receipt.
        values: cents received up to and with each receipt.
        loose: cents that came without a quantity.
        last: sorts the latest movement; a later one may be appended.
    """

    unit_cost: int
    position: int = 0
    furthest: int = 0
    ends: list[int] = field(default_factory=lambda: [0])
    values: list[int] = field(default_factory=lambda: [0])
    loose: int = 0
    last: tuple[Any, ...] = ()

    def receive(self, quantity: int, value: int) -> None:
        """Add a receipt; what came without a quantity (freight, say) stays in stock whatever leaves."""
        if not quantity:
            self.loose += value
            return
        self.ends.append(self.ends[-1] + quantity)
        self.values.append(self.values[-1] + value)

    def issue(self, quantity: int) -> int:
        """Move on by a quantity (a return: back); the cost in cents."""
        before = self.at(self.position)
        self.position += quantity
        self.furthest = max(self.furthest, self.position)
        return self.at(self.position) - before

    def at(self, position: int) -> int:
        """What the first `position` units cost, in cents."""
        if not position:
            return 0
        place = min(max(bisect_left(self.ends, position), 1), len(self.ends) - 1)
        if place == 0:
            return _rounded(position * self.unit_cost, _UNIT)
        start, end = self.ends[place - 1], self.ends[place]
        gained = self.values[place] - self.values[place - 1]
        return self.values[place - 1] + _rounded((position - start) * gained, end - start)

    @property
    def value(self) -> int:
        """What is in stock, in cents."""
        return self.values[-1] + self.loose - self.at(self.position)


def _rounded(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)


Key = tuple[str, str, int]


@dataclass
class Costing:
    """The stock of an item, and the cost of each of its issues by (entity, id, n) in the order of the dates."""

    stock: Stock
    costs: dict[Key, int]


def costed(books: Books, item: str) -> Costing:
    """All movements of an item, costed anew."""
    costing = Costing(Stock(cents(number((books.known("Item", item) or {}).get("PurchaseCost")))), {})
    movements = _movements(books, item)
    for *_, amount, quantity, stock in movements:
        if stock == RECEIPT:
            costing.stock.receive(quantity or 0, amount)
    for date, entity, id_, n, _, quantity, stock in movements:
        if stock != RECEIPT:
            costing.costs[entity, id_, n] = costing.stock.issue(-quantity)
        costing.stock.last = order(date, entity, id_, n)
    return costing


def order(date: str, entity: str, id_: str, n: int) -> tuple[Any, ...]:
    """Sorts movements: by date, what a company began with first, then as they were entered."""
    return date, entity != "Item", int(id_) if id_.isdecimal() else 0, entity, n


def _movements(books: Books, item: str) -> list[tuple[str, str, str, int, int, int, int]]:
    rows = books.state.execute(
        "SELECT date, entity, id, n, amount, quantity, stock FROM posting WHERE company = ? AND item = ? AND stock > 0",
        (books.company.key, item),
    ).fetchall()
    return sorted(rows, key=lambda row: order(*row[:4]))


def cached(books: Books, item: str) -> Stock | None:
    """The item's stock as it was last costed, None where that is not known any more."""
    held = books.company.cache.get((_CACHED, item))
    return held["stock"] if held else None


def keep(books: Books, item: str, stock: Stock | None) -> None:
    """Keep the item's stock for the next movement, or forget it."""
    if stock is None:
        books.company.cache.pop((_CACHED, item), None)
    else:
        books.company.cache[_CACHED, item] = {"stock": stock}
