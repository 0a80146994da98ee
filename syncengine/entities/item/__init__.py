"""Item: what is bought and sold, and the categories that it is sorted by."""
