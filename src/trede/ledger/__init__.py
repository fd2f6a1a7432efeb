"""The ledger: what a calculated row looks like, and exact sums over rows."""
