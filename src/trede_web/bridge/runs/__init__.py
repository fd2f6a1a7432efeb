"""Calculations: what a new one would change, the calculations there are, publishing, and proving that one comes out the same."""
