"""Sync errors: what failed, in plain words, with what to do first and QuickBooks' own words one click away."""

from syncengine.ui import frame, troubles

session, now = frame.begin(
    "Sync errors",
    "What could not be synced, what it means, and what to do.",
    hint="find invoice 10279, which is missing in QuickBooks, and read what its correction would do.",
)
troubles.show(session, now)
