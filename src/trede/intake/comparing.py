"""How names are compared: headings, translated values, sites, entities, words of a total row."""

from __future__ import annotations

import unicodedata


def compared(text: str) -> str:
    """Return a text without what does not count: case, outer blanks, line ends, accents written apart."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
