"""Originals, kept by the hash of their bytes, so that every figure leads back to the file that it came from."""
