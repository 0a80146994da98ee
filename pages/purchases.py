"""Purchases: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin(
    "Purchases",
    "Checks, cash and card purchases, as QuickBooks holds them.",
    hint="find the check to Northline Packaging. The card charge of receipt IR-705 comes here once Settings names its account.",
)
accounting.show(session, now, "purchases")
