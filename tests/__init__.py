"""The proof: what Tieout promises, shown with real parts."""
