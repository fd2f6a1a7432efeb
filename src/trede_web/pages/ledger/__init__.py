"""The ledger and its records."""
