"""The organisation, its sources and its base year."""
