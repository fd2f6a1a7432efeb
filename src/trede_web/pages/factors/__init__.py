"""Factors, and choosing them."""
