"""Every record: asked for, shown, corrected, its history, what counts twice, and the ledger as a file."""
