"""Rules of terms and payment methods."""

from __future__ import annotations

from decimal import Decimal

from syncengine.emulator import faults
from syncengine.emulator.rules.draft import Draft

_ZERO = Decimal(0)


def term(draft: Draft) -> None:
    """Term: days, or a day of the month; not both (2600)."""
    obj = draft.obj
    if obj.get("DueDays") is not None and obj.get("DayOfMonthDue") is not None:
        raise faults.conflict("DueDays", "DayOfMonthDue")
    if obj.get("DueDays") is not None:
        obj["Type"] = "STANDARD"
        draft.default("DiscountDays", _ZERO)
    elif obj.get("DayOfMonthDue") is not None:
        obj["Type"] = "DATE_DRIVEN"
        draft.default("DueNextMonthDays", _ZERO)
    else:
        raise faults.required("DueDays")
    draft.default("DiscountPercent", _ZERO)


def payment_method(draft: Draft) -> None:
    """PaymentMethod: not a card unless it says so."""
    draft.default("Type", "NON_CREDIT_CARD")
