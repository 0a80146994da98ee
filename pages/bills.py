"""Bills: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin("Bills", "What is owed to vendors, as QuickBooks holds it.")
accounting.show(session, now, "bills")
