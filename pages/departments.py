"""Departments: added, edited and deleted here, carried to QuickBooks by the next sync (S40 to S44)."""

from syncengine.ui import frame, names

session, now = frame.begin(
    "Departments",
    "What QuickBooks calls locations. Changes go to QuickBooks with the next sync.",
    hint="rename *Store*, look at the difference, and discard it.",
)
names.show(session, now, "department")
