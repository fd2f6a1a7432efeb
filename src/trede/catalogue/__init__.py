"""The data that ships with Trede, and the strict models that load it.

TOML for things with structure, CSV for tables. A file with an unknown key, a missing source or a broken reference is
refused with an issue; nothing is loaded by halves.
"""
