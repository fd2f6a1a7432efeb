"""Headings that are periods: `jan`, `januari 2024`, `2024-01`, `Q1`, `1e kwartaal`, `H2`, `3`, `2024`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trede.intake.comparing import compared
from trede.intake.period_words import MONTHS, spoken_period
from trede.kernel.periods import Period

_PARTS = tuple(
    re.compile(form)
    for form in (
        rf"(?P<name>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?",
        r"(?:m|maand|month)? ?(?P<month>0?[1-9]|1[0-2])",
        r"(?:(?:q|k|kw|kwartaal|quarter) ?(?P<quarter>[1-4]))",
        r"(?P<quarter>[1-4])(?:e|st|nd|rd|th)? (?:kwartaal|kw|quarter)",
        r"(?:h|halfjaar|half-year) ?(?P<half>[12])",
        r"(?P<half>[12])(?:e|st|nd)? (?:halfjaar|half-year)",
    )
)
"""Parts of a year, without the year."""


@dataclass(frozen=True, slots=True)
class HeadingPeriod:
    """A part of a year such as `01`, `Q1` or `H2` (empty: the year), and the year where the heading names it."""

    part: str
    year: int | None

    def months(self) -> frozenset[int]:
        """Return the months that it covers."""
        if not self.part:
            return frozenset(range(1, 13))
        if self.part.isdecimal():
            return frozenset({int(self.part)})
        length = {"Q": 3, "H": 6}[self.part[0]]
        first = (int(self.part[1]) - 1) * length + 1
        return frozenset(range(first, first + length))

    def text(self, year: str) -> str:
        """Return the period of a year as `dates.read_period` reads it."""
        return f"{year}-{self.part}" if self.part else year


def read_heading(text: str) -> HeadingPeriod | None:
    """Read a heading, without a unit in brackets behind it; None when it is no period.

    A number alone is a month. With a year it is read as any period in words. A date with a day is no period: it may be the
    day itself, or a whole month by its first day. Weeks are none either: they do not add up to months.
    """
    plain = re.sub(r"\s*[\[(][^\])]*[\])]$", "", compared(text))
    for form in _PARTS:
        found = form.fullmatch(plain)
        if found is not None:
            return HeadingPeriod(_part({name: value for name, value in found.groupdict().items() if value}), None)
    spoken = spoken_period(plain, lambda _: None, None)
    return None if spoken is None else _whole(spoken)


def _part(groups: dict[str, str]) -> str:
    if "name" in groups:
        return f"{MONTHS[groups['name']]:02d}"
    if "month" in groups:
        return f"{int(groups['month']):02d}"
    return f"Q{groups['quarter']}" if "quarter" in groups else f"H{groups['half']}"


def _whole(period: Period) -> HeadingPeriod | None:
    """Return a month, quarter, half-year or year as such; None for another period."""
    year = period.start.year
    parts = (*(f"{month:02d}" for month in range(1, 13)), "Q1", "Q2", "Q3", "Q4", "H1", "H2", "")
    found = (HeadingPeriod(part, year) for part in parts)
    return next((heading for heading in found if Period.parse_any(heading.text(str(year))) == period), None)
