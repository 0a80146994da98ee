"""Companies: all that a firm looks after, each with its health, what waits and what needs somebody."""

from syncengine.ui import companies, frame

session, now = frame.begin(
    "Companies",
    "Every company that you may see, with how its sync is doing.",
    hint="read what needs somebody in *Demo*, and open it from here.",
)
companies.show(session, now)
