"""Accounts: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin(
    "Accounts",
    "QuickBooks' chart of accounts. Each balance is as of its own *Last synced*: what is posted later does not bring it anew.",
    hint="search for *Customer deposits*, which the bookkeeper opened for what customers pay ahead.",
)
accounting.show(session, now, "accounts")
