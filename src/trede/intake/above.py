"""What is said of a table as a whole above it, or in the name of its sheet: a year, a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trede.intake.comparing import compared
from trede.intake.period_words import MONTHS

_YEAR = re.compile(r"(?<![0-9])(?<![0-9][.,/-])(?:19|20)[0-9]{2}(?![0-9]|[.,/-][0-9])")
_PART = re.compile(rf"\b(?:{'|'.join(MONTHS)}|kwartaal|quarter|halfjaar|half-year|week|[qh][1-4])\b")
"""Words for a part of a year: of such a text the year alone says too much."""


@dataclass(frozen=True)
class Above:
    """A value and the text that it was read in; `row` is None for the name of the sheet."""

    value: str
    text: str
    row: int | None


def year_above(texts: Sequence[tuple[int | None, str]]) -> Above | None:
    """Return the year that some texts name as a whole; None when they name none, or more than one."""
    whole = [(row, text) for row, text in texts if not _PART.search(compared(text))]
    return _only(Above(year, text, row) for row, text in whole for year in _YEAR.findall(text))


def unit_above(texts: Sequence[tuple[int | None, str]], units: Sequence[tuple[str, str]]) -> Above | None:
    """Return the unit that some texts name behind `in` or between brackets; None when they name none, or more than one.

    Args:
        units: patterns by unit, as for headings.
    """
    return _only(
        Above(unit, text, row)
        for row, text in texts
        for unit, words in units
        if re.search(rf"(?:\bin |[\[(] ?)(?:{words})(?![a-z0-9])", compared(text))
    )


def _only(found: Iterator[Above]) -> Above | None:
    """Return the first of some when all have one value."""
    every = list(found)
    return every[0] if len({each.value for each in every}) == 1 else None
