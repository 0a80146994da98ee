"""Employees: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin(
    "Employees",
    "The people on QuickBooks' payroll list.",
    hint="look only: these people are QuickBooks' own, and can be changed nowhere else.",
)
accounting.show(session, now, "employees")
