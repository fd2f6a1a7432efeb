"""What a calculation says."""
