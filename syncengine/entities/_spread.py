"""The discount of a whole document, spread over its lines: QuickBooks has one line for it, the inventory a fraction a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

from syncengine.inventory.tables import PRICE_PLACES, line_amount

#: Quantity x price x discount at their longest; Python's own 28 digits would round a product before it is rounded.
WIDE = Context(prec=120)
_CENT = Decimal("0.01")
_LEAST = Decimal(1).scaleb(-PRICE_PLACES)
#: A row of the inventory in the making, and the flat line of QuickBooks that it comes from.
Pair = tuple[dict[str, Any], Mapping[str, Any]]


def spreads(off: Decimal, lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a discount can be that of these flat lines: they come to as much at least."""
    return 0 < off <= sum((Decimal(line.get("Amount", "0")) for line in lines), Decimal(0))


def spread(off: Decimal, pairs: Sequence[Pair], price: str, discount: str) -> None:
    """Write a discount of `off` in money into rows at full prices, so that they come to exactly that much less.

    One fraction for all of them, as short as it can be; where no fraction gives the cents, amounts do.
    """
    gross = sum((Decimal(line["Amount"]) for _, line in pairs), Decimal(0))
    with localcontext(WIDE):
        if not _as_fraction(off, gross, pairs, price, discount):
            _as_amounts(off, gross, pairs, price, discount)


def _as_fraction(off: Decimal, gross: Decimal, pairs: Sequence[Pair], price: str, discount: str) -> bool:
    if gross <= 0 or any(row[price] is None or row["amount"] is not None for row, _ in pairs):
        return False
    for places in range(2, PRICE_PLACES + 1):
        fraction = (off / gross).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        if gross - sum((_net(row, price, fraction) for row, _ in pairs), Decimal(0)) == off:
            for row, _ in pairs:
                row[discount] = fraction
            return True
    return False


def _net(row: Mapping[str, Any], price: str, fraction: Decimal) -> Decimal:
    return line_amount(Decimal(1) if row["quantity"] is None else row["quantity"], row[price], fraction)


def _as_amounts(off: Decimal, gross: Decimal, pairs: Sequence[Pair], price: str, discount: str) -> None:
    """Each line's share in cents; the largest line takes the cents that are left over."""
    shares = [(off * Decimal(line["Amount"]) / gross if gross else Decimal(0)).quantize(_CENT, ROUND_DOWN) for _, line in pairs]
    largest = max(range(len(pairs)), key=lambda place: Decimal(pairs[place][1]["Amount"]))
    shares[largest] += off - sum(shares, Decimal(0))
    for (row, line), share in zip(pairs, shares, strict=True):
        if share:
            row["amount"] = Decimal(line["Amount"]) - share
        if share and row[price] is not None:
            # The amount counts; the fraction says that it is a discounted one.
            fraction = (share / Decimal(line["Amount"])).quantize(_LEAST, ROUND_HALF_UP)
            row[discount] = min(max(fraction, _LEAST), Decimal(1))
