"""Sync errors: what failed, in plain words, with what to do first and QuickBooks' own words one click away."""

from syncengine.ui import frame, sample, troubles

session, now = frame.begin(
    "Sync errors",
    "What could not be synced, what it means, and what to do.",
    hint=sample.try_on_errors,
)
troubles.show(session, now)
