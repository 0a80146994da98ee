"""What the Sync menu promises, statement by statement."""
