"""Preview sync: what the next sync will send, in sending order, and what needs attention first."""

from syncengine.ui import frame, preview

session, now = frame.begin(
    "Preview sync",
    "What the next sync will send, in this order. What needs attention stands first.",
    hint="look closer at invoice 10280: its customer is new and goes first.",
)
preview.show(session, now)
