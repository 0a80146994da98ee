"""Journal entries: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin("Journal entries", "What was posted by journal entry, with where it came from.")
accounting.show(session, now, "journal_entries")
