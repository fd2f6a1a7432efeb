"""Calculating, publishing, proving."""
