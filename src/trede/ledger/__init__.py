"""The ledger: what a calculated row and a total look like."""
