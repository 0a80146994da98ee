"""Purchase: what was paid at once, by check, in cash or by card; one file for each thing that posts."""
