"""Credit memos: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin(
    "Credit memos",
    "What was credited to customers, as QuickBooks holds it.",
    hint="look for the credit of return RET-301, a socket set that came back, and go to its source.",
)
accounting.show(session, now, "credit_memos")
