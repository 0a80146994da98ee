"""Accounts: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin("Accounts", "QuickBooks' chart of accounts, as of the last sync.")
accounting.show(session, now, "accounts")
