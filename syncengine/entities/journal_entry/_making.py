"""What builds and processes have in common: where they are under way, what goes in, and how its value is shared out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal, localcontext
from typing import Any

from syncengine.entities._fields import Record, References, fail
from syncengine.entities._posted import about, id_in, value_account, worth
from syncengine.entities._spread import WIDE

_CENT = Decimal("0.01")


def held(record: Record, refs: References) -> str:
    """Why the record has to wait: it is in a work center that is not finished goods."""
    center_id = id_in(record, "work_center_id")
    center = refs.look("work_center", center_id) if center_id is not None else None
    if center is None or center.get("finished_goods") is True:
        return ""
    return f"It waits in the work center {center.get('name') or center_id}: what is not finished posts nothing."


def taken(line: Record, record: Record, refs: References) -> dict[str, Any]:
    """The entry of one input: out of its asset account, or out of the expenses where it is not kept in stock."""
    return {
        "amount": -worth(line),
        "account": value_account(line, refs),
        "description": about(line, refs),
        "class_id": line.get("class_id"),
        "department_id": record.get("department_id"),
    }


def shared_out(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """`total` parted by weight, to the cent, exactly: what is left of a cent goes to the largest remainders, first come first.

    A weight of 0 gets nothing, unless it is the only one. Raises RecordError where there is nothing to go by.
    """
    if len(weights) == 1:
        return [total]
    whole = sum(weights, Decimal(0))
    if not whole or min(weights) < 0:
        raise fail(
            "standard cost", None, "The value of the inputs is shared out by quantity x standard cost, and that is no sum above 0.",
            "Give the items that come out of it a standard cost.",
        )  # fmt: skip
    with localcontext(WIDE):
        exact = [abs(total) * weight / whole for weight in weights]
        parts = [part.quantize(_CENT, ROUND_FLOOR) for part in exact]
        left = int((abs(total) - sum(parts, Decimal(0))) / _CENT)
    by_remainder = sorted(range(len(parts)), key=lambda place: parts[place] - exact[place])
    for place in by_remainder[:left]:
        parts[place] += _CENT
    return [part.copy_sign(total) for part in parts]
