"""How names are compared: headings, translated values, sites, entities, words of a total row."""

from __future__ import annotations

import re
import unicodedata

_TOTAL = re.compile(r"(?:sub|eind|gezamenlijk )?(?:totaal|totalen|total|totals)\b", re.IGNORECASE)


def compared(text: str) -> str:
    """Return a text without what does not count: case, outer blanks, line ends, accents written apart."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def total_word(text: str) -> str | None:
    """Return the word for a total or subtotal that a text begins with, or None."""
    found = _TOTAL.match(" ".join(text.split()))
    return None if found is None else found[0]
