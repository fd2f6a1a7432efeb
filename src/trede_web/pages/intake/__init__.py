"""Bringing files and typing figures in."""
