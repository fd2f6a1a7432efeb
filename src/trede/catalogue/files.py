"""Where the shipped data stand."""

from importlib.resources import files
from pathlib import Path

CATALOGUE = Path(str(files("trede.catalogue")))
"""The folder of the shipped data."""
