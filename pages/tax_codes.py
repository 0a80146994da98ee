"""Tax codes: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin(
    "Tax codes",
    "The tax codes and rates that QuickBooks reckons with.",
    hint="download the list; it is safe to open in a spreadsheet.",
)
accounting.show(session, now, "tax_codes")
