"""Calculation models, own estimates, and samples: the methods that an organisation brings itself."""
