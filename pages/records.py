"""Records: the inventory's records with their sync state, and Add to sync."""

from syncengine.ui import frame, records

session, now = frame.begin("Records", "What the inventory holds, and how each record stands with QuickBooks.")
records.show(session, now)
