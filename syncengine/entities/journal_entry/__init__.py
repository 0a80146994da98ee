"""JournalEntry: what the inventory posts besides sales and purchases; one file for each thing that posts."""
