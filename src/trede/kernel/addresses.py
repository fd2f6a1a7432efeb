"""Where a record stands in a file: a physical row, and in a cross-tab the column of its cell."""

from __future__ import annotations

import re
from typing import NamedTuple

_ADDRESS = re.compile(r"([1-9][0-9]*)(?::([A-Za-z]{1,3}))?")


class Address(NamedTuple):
    """A row (1 is the first) and the place of a column (1 is column A); no place: the row as a whole."""

    row: int
    place: int | None = None

    def __str__(self) -> str:
        return str(self.row) if self.place is None else f"{self.row}:{letter(self.place - 1)}"

    @property
    def told(self) -> int | str:
        """The address for a message: the number of the row, or row and letter such as `7:C`."""
        return self.row if self.place is None else str(self)

    @property
    def order(self) -> tuple[int, int]:
        """What addresses are sorted by: row by row, from left to right."""
        return self.row, self.place or 0


def read_address(text: str) -> Address | None:
    """Read `7` or `7:C`; None when it is neither."""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        return None
    return Address(int(found[1]), None if found[2] is None else column_number(found[2]))


def letter(index: int) -> str:
    """Return the spreadsheet's letter of a column (0 is A)."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(letters: str) -> int:
    """Return the number of a column from its letters (A is 1)."""
    number = 0
    for sign in letters.upper():
        number = number * 26 + ord(sign) - 64
    return number
