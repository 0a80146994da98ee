"""VendorCredit: what vendors owe us; one file for each thing that posts."""
