"""Bills: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin(
    "Bills",
    "What is owed to vendors, as QuickBooks holds it.",
    hint="find PF-88213, the bill of receipt IR-702: somebody raised it in QuickBooks after it was sent.",
)
accounting.show(session, now, "bills")
