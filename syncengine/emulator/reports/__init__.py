"""The reports: each computed from the postings when it is asked for; `registry` lists them by the names that requests use."""
