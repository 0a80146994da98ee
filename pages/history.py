"""History: every run with what it did, what was sent and received record by record, and who did what."""

from syncengine.ui import frame, history

session, now = frame.begin(
    "History",
    "Every sync and every record that went through one, and who did what.",
    hint="open the newest sync in which records failed, and see what was sent, what came back, and what was done about it.",
)
history.show(session, now)
