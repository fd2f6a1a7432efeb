"""Comments on records, files, calculations and years: written once, never edited, taken back by a note."""
