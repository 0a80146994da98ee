"""What transactions post to accounts, names and stock: one module per family."""
