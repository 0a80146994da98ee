"""People: who may see and do what in the company, changed by its owners."""

from syncengine.ui import frame, people

session, now = frame.begin(
    "People",
    "Who may see and do what in this company. Only its owners see this page.",
    hint="look at the company as an accountant does: *View as*, below.",
)
people.show(session, now)
