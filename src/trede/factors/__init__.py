"""Which factor answers which activity: matching with reasons and runners-up, search, and importers of publishers' files."""
