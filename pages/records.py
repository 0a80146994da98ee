"""Records: any record of the inventory, found by any of its names, with how it stands with QuickBooks and why."""

from syncengine.ui import frame, records

session, now = frame.begin(
    "Records",
    "Find any record by any of its names, and see whether it is in QuickBooks, and why.",
    hint="search for a number out of *Sync errors*, or for a customer, and open what comes up.",
)
records.show(session, now)
