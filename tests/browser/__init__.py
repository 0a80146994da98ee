"""Journeys through the dashboard in a real browser; one installation serves all of them that run in one process."""
