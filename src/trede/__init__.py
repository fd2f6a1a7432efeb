"""Trede: carbon accounts that anyone can recompute exactly."""

__version__ = "0.1.0"
