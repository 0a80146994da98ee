"""Classes: added, edited and deleted here, carried to QuickBooks by the next sync (S40 to S44)."""

from syncengine.ui import frame, names

session, now = frame.begin(
    "Classes",
    "What lines of sales and costs are sorted by. Changes go to QuickBooks with the next sync.",
    hint="add a class below *Retail*, look at the difference, and apply it; the next sync carries it to QuickBooks.",
)
names.show(session, now, "class")
