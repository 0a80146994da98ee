"""Settings: the connection, the schedule, and everything that the company chooses about its sync."""

from syncengine.ui import frame, settings

session, now = frame.begin(
    "Settings",
    "How this company is connected, when it syncs, and what its sync does. Nothing changes before you press Apply.",
    hint="in What syncs, choose another direction and read what it would do to what waits; then Discard.",
)
settings.show(session, now)
