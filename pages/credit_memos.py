"""Credit memos: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin("Credit memos", "What was credited to customers, as QuickBooks holds it.")
accounting.show(session, now, "credit_memos")
