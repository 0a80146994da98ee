"""Preview sync: what the next sync will send, in sending order, and what needs attention first."""

from syncengine.ui import frame, preview, sample

session, now = frame.begin(
    "Preview sync",
    "What the next sync will send, in this order. What needs attention stands first.",
    hint=sample.try_on_preview,
)
preview.show(session, now)
