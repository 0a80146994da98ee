"""Purchases: view only (S36, S37), by permission (S38)."""

from syncengine.ui import accounting, frame

session, now = frame.begin("Purchases", "Checks, cash and card purchases, as QuickBooks holds them.")
accounting.show(session, now, "purchases")
