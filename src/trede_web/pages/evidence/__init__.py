"""Evidence beside its form."""
