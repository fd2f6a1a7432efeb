"""The lines below a table: words of thanks, terms of payment, a note. They hold one text and no figure."""

from __future__ import annotations

import re
from collections.abc import Collection

from trede.intake.comparing import total_word
from trede.intake.reader import Records

_WORD = re.compile(r"[^\W\d_]{2,}")


def closing_lines(records: Records, header: int, blank: Collection[int], totals: Collection[int]) -> list[int]:
    """Return the records below the last blank or total row of a table that hold nothing but one text.

    What comes after such a line must be one too: a row of figures further down belongs to the table.

    Args:
        blank: the records with blank cells only.
        totals: the records that are declared as totals.
    """
    found: list[int] = []
    certain: list[int] = []
    for number in range(len(records) - 1, header, -1):
        filled = [cell for cell in records.cells(number) if cell.strip()]
        if number in blank or number in totals or any(map(total_word, filled)):
            certain = list(found)
            if number not in blank:
                break
        elif len(filled) == 1 and _WORD.search(filled[0]):
            found.append(number)
        else:
            break
    return sorted(certain)
