"""One ledger, many views: totals of a run under the headings of a standard."""
