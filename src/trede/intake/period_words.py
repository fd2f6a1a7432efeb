"""Periods as people write them: `januari 2024`, `Q1 2024`, `202401`, `week 12 2024`, or two of them with `t/m` between.

Dutch and English words. What two readers could read in two ways is no period: `tot` and `to` do not say whether the last
day counts, so they are read only when the file's settings say it (`end_day`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from trede.kernel.periods import Period

_NAMES = (
    ("jan", "januari", "january"),
    ("feb", "februari", "february"),
    ("mrt", "maart", "mar", "march", "mrch"),
    ("apr", "april"),
    ("mei", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("aug", "augustus", "august"),
    ("sep", "sept", "september"),
    ("okt", "oktober", "oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names}
"""Names and abbreviations of the months in Dutch and English → 1 to 12."""
SHORT_MONTHS = tuple(names[0] for names in _NAMES)

_YEAR = r"(?P<year>(?:19|20|21)[0-9]{2})"
_NTH = r"(?P<part>[1-4])"
_FORMS = tuple(
    (kind, re.compile(form, re.IGNORECASE))
    for kind, form in (
        ("month", rf"(?P<name>[a-z]{{3,9}})\.?[ -/]?\s*{_YEAR}"),
        ("month", r"(?P<name>[a-z]{3,9})\.?(?:-| ?')(?P<short>[0-9]{2})"),
        ("month", rf"{_YEAR}[ -/]\s*(?P<name>[a-z]{{3,9}})\.?"),
        ("month", rf"(?P<month>0?[1-9]|1[0-2])[-/]{_YEAR}"),
        ("month", rf"{_YEAR}[-/]?(?P<month>0[1-9]|1[0-2])"),
        ("month", rf"{_YEAR}/(?P<month>[1-9])"),
        ("quarter", rf"[qk]{_NTH}[ -/]?\s*{_YEAR}"),
        ("quarter", rf"{_YEAR}[ -/]?\s*[qk]{_NTH}"),
        ("quarter", rf"{_NTH}(?:e|ste|de|st|nd|rd|th) (?:kwartaal|quarter) {_YEAR}"),
        ("quarter", rf"(?:kwartaal|quarter) {_NTH}[ -/]\s*{_YEAR}"),
        ("half", rf"h(?P<part>[12])[ -/]?\s*{_YEAR}"),
        ("half", rf"{_YEAR}[ -/]?\s*h(?P<part>[12])"),
        ("half", rf"(?P<part>[12])(?:e|ste|de|st|nd) (?:halfjaar|half year|half) {_YEAR}"),
        ("week", rf"{_YEAR}-?w(?P<week>[0-5]?[0-9])"),
        ("week", rf"(?:week|wk) ?(?P<week>[0-5]?[0-9])[ ,-/]\s*{_YEAR}"),
        ("year", _YEAR),
    )
)
_JOIN = re.compile(r"\s+[-–—]\s+|\s*[–—]\s*|\s*\bt/m\b\s*|\s+tot en met\s+|\s+through\s+|\.\.", re.IGNORECASE)
_OPEN_JOIN = re.compile(r"\s+(?:tot|to|until)\s+", re.IGNORECASE)

Day = Callable[[str], "date | None"]


def ends(cell: str) -> list[str]:
    """Return the two texts that a range joins, or nothing when the cell is no range."""
    for join in (_JOIN, _OPEN_JOIN):
        parts = [part.strip() for part in join.split(cell)]
        if len(parts) == 2 and all(parts):
            return parts
    return []


def spoken_period(cell: str, day: Day, end_day: str | None = None) -> Period | None:
    """Read a period in words or a range; None for what is neither.

    Args:
        cell: a text without outer blanks.
        day: reads a date in the file's format, or returns None.
        end_day: `included` or `excluded`: what the file's settings say of the last day of a range of dates.
    """
    parts = ends(cell)
    if not parts:
        return _one(cell) or _day(day(cell))
    first, last = parts
    if _OPEN_JOIN.search(cell) and not _JOIN.search(cell) and end_day is None:
        return None
    if first.casefold().rstrip(".") in MONTHS and (year := re.search(r"[0-9]{4}$", last)):
        first = f"{first} {year[0]}"
    start = _one(first) or _day(day(first))
    end = _one(last) or _day(day(last))
    if start is None or end is None or end.end < start.start:
        return None
    until = end.end - timedelta(days=1) if end_day == "excluded" and end.days == 1 else end.end
    return Period(start.start, until) if until >= start.start else None


def _day(found: date | None) -> Period | None:
    return None if found is None else Period(found, found)


def _one(cell: str) -> Period | None:
    for kind, form in _FORMS:
        found = form.fullmatch(cell)
        if found is None:
            continue
        parts = found.groupdict()
        year = int(parts["year"]) if parts.get("year") else 2000 + int(parts["short"])
        if kind == "year":
            return Period.year(year)
        if kind == "week":
            return _week(year, int(parts["week"]))
        if kind != "month":
            return Period.parse_any(f"{year}-{kind[0].upper()}{parts['part']}")
        named = parts.get("name")
        month = MONTHS.get(named.casefold()) if named else int(parts["month"])
        if month is not None:
            return Period.month(year, month)
    return None


def _week(year: int, week: int) -> Period | None:
    """Return the days of a week as ISO 8601 numbers them: from Monday to Sunday."""
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return Period(monday, monday + timedelta(days=6))
