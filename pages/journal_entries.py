"""Journal entries: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin(
    "Journal entries",
    "What was posted by journal entry, with where it came from.",
    hint="search for ADJ-547, the count that found two boxes less, and see what it moved.",
)
accounting.show(session, now, "journal_entries")
