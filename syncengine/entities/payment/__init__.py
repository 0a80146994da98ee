"""Payment: money from customers, on invoices or not applied yet."""
