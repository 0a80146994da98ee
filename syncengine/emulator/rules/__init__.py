"""What each kind of object must obey and what QuickBooks derives for it; the catalogue says which rule holds for which entity."""
