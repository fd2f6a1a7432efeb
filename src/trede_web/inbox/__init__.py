"""Files that came in and wait for a person: which column means what, and what to do with the rows."""
