"""The way back: from a total to headings, accounts, records and the cell of a file; computed from stored data alone."""
