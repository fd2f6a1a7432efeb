"""What a calculation says: the footprint, its intervals and trace, causes of change, completeness, scope 3, reports."""
