"""Headings that are periods: `jan`, `januari 2024`, `2024-01`, `Q1`, `1e kwartaal`, `H2`, `3`, `2024`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trede.intake.comparing import compared

_MONTHS = (
    "jan|januari|january", "feb|februari|february", "mrt|maart|mar|march", "apr|april", "mei|may", "jun|juni|june",
    "jul|juli|july", "aug|augustus|august", "sep|sept|september", "okt|oktober|oct|october", "nov|november",
    "dec|december",
)  # fmt: skip
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split("|")}
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_NAME = rf"(?P<name>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\.?"
_QUARTER = r"(?:(?:q|k|kw|kwartaal|quarter) ?(?P<q>[1-4])|(?P<qn>[1-4])(?:e|st|nd|rd|th)? (?:kwartaal|kw|quarter))"
_HALF = r"(?:(?:h|halfjaar|half-year) ?(?P<h>[12])|(?P<hn>[12])(?:e|st|nd)? (?:halfjaar|half-year))"
_NUMBER = r"(?:m|maand|month)? ?(?P<number>0?[1-9]|1[0-2])"
_GAP = r"[ /.'_-]*"
_FORMS = tuple(
    re.compile(form)
    for form in (
        *(
            form
            for part in (_NAME, _QUARTER, _HALF)
            for form in (part, rf"{part}{_GAP}{_YEAR}", rf"{_YEAR}{_GAP}{part}")
        ),
        rf"{_NAME}[ '’-]+(?P<short>[0-9]{{2}})",
        rf"{_YEAR}[ /.-]?(?:m|maand|month)? ?(?P<number>0[1-9]|1[0-2]|[1-9])",
        rf"(?P<number>0?[1-9]|1[0-2])[ /.-]{_YEAR}",
        _NUMBER,
        _YEAR,
    )
)


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

    A number alone is a month. A year of two digits counts behind the name of a month only: `jan-24` is January 2024. A
    date with a day is no period: it may be the day itself, or a whole month by its first day.
    """
    plain = re.sub(r"\s*[\[(][^\])]*[\])]$", "", compared(text))
    for form in _FORMS:
        found = form.fullmatch(plain)
        if found is not None:
            groups = {name: value for name, value in found.groupdict().items() if value is not None}
            return HeadingPeriod(_part(groups), _year(groups))
    return None


def _part(groups: dict[str, str]) -> str:
    if "name" in groups:
        return f"{_MONTH_OF[groups['name']]:02d}"
    if "number" in groups:
        return f"{int(groups['number']):02d}"
    for sign in ("q", "h"):
        number = groups.get(sign) or groups.get(f"{sign}n")
        if number:
            return f"{sign.upper()}{number}"
    return ""


def _year(groups: dict[str, str]) -> int | None:
    if "short" in groups:
        return 2000 + int(groups["short"])
    return int(groups["year"]) if "year" in groups else None
