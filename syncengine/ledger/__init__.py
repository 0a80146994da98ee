"""The QuickBooks side as we know it: view-only copies of what was pulled, and the feeds they come from."""
