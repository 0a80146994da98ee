"""Bill: what is owed to vendors; one file for each thing that posts."""
