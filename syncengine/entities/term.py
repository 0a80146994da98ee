"""Term: terms of payment. Both ways."""

from __future__ import annotations

from syncengine.entities._entity import Entity
from syncengine.entities._fields import Flag, Name, Number, Whole
from syncengine.terms import Direction

ENTITY = Entity(
    name="Term",
    kind="term",
    direction=Direction.BOTH,
    fields=(
        Name("Name", "name", longest=31, required=True, always=True),
        Whole("DueDays", "due_days"),
        Whole("DayOfMonthDue", "day_of_month_due"),
        Whole("DueNextMonthDays", "due_next_month_days"),
        # QuickBooks fills in 0 for both (quickbooks reference of Term), so absent and 0 are the same.
        Number("DiscountPercent", "discount_percent", default="0", places=4),
        Whole("DiscountDays", "discount_days", default="0"),
        Flag("Active", "active", default=True),
    ),
)
