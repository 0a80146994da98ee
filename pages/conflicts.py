"""Conflicts and drift: what both sides changed, what QuickBooks holds otherwise than sent, and what waits for an answer."""

from syncengine.ui import deciding, frame

session, now = frame.begin(
    "Conflicts and drift",
    "Where the inventory and QuickBooks disagree, and a person has to say which side stands.",
    hint="Choose a side for the field that both sides changed, read the sentence below it, and press Apply.",
)
deciding.show(session, now)
