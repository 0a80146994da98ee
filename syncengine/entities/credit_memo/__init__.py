"""CreditMemo: what a customer is credited."""
