"""Signs that none of the shipped fonts has: found in the typesetter's message, and written as their number instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_MESSAGE = re.compile(r'the text `"(.*?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
SCRIPTS = frozenset({"CJK", "HANGUL", "HIRAGANA", "KATAKANA", "DEVANAGARI", "THAI"})
"""First words of the names of letters that go together: where one is missing, so are the others."""


def undisplayed(message: str) -> str:
    """Return the signs that the typesetter says it could not show."""
    found = "".join(_MESSAGE.findall(message))
    return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), found)


def kind(sign: str) -> str:
    """Return what is missing when a sign is: its script, the control characters, or the sign alone."""
    if unicodedata.category(sign) == "Cc":
        return "control"
    script = unicodedata.name(sign, "").partition(" ")[0]
    return script if script in SCRIPTS else sign


def spell(text: str, kinds: Collection[str]) -> str:
    """Write the signs of some kinds as their number; a line end stays."""
    return "".join(f"[U+{ord(sign):04X}]" if sign != "\n" and kind(sign) in kinds else sign for sign in text)
