"""What a line is worth."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_CENT: Final = Decimal("0.01")
#: QuickBooks takes up to 7 decimals in UnitPrice and Qty.
PRICE_PLACES: Final = 7
_PRICE: Final = Decimal(1).scaleb(-PRICE_PLACES)


def line_amount(quantity: Decimal, unit_price: Decimal, discount: Decimal = Decimal(0)) -> Decimal:
    """What a line is worth: quantity x unit_price x (1 - discount), rounded half-up to the cent once, at the end."""
    return (quantity * unit_price * (1 - discount)).quantize(_CENT, ROUND_HALF_UP)


def net_unit_price(unit_price: Decimal, discount: Decimal = Decimal(0)) -> Decimal:
    """The unit price after the discount, rounded only where it has more than the 7 places that QuickBooks takes."""
    net = unit_price * (1 - discount)
    rounded = net.quantize(_PRICE, ROUND_HALF_UP)
    return net if rounded == net else rounded
