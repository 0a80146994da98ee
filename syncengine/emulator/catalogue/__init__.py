"""The catalogue of entities: data over which the verbs are written once, one file for each family."""
