"""Periods of whole days, and splitting a quantity over parts without losing a millionth of it."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Self

from trede.kernel.errors import TredeError
from trede.kernel.quantities import QUANTUM
from trede.kernel.sharing import share_out

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""A year outside these is taken for a typing error."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole days from `start` to `end`, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise TredeError.of("period_reversed", start=self.start.isoformat(), end=self.end.isoformat())

    @classmethod
    def year(cls, year: int) -> Self:
        """Return the calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """Return the calendar month."""
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2024`, `2024-03`, `2024-Q1`, `2024-H2` or `2024-01-01..2024-06-30`; years may be a range `2022..2024`.

        Raises:
            TredeError: code `period_unreadable`, also for a year before 1990 or after 2100.
        """
        period = cls.parse_any(text)
        if period.start.year < FIRST_YEAR or period.end.year > LAST_YEAR:
            raise TredeError.of("period_unreadable", text=text)
        return period

    @classmethod
    def parse_any(cls, text: str) -> Self:
        """Read a period as `parse` does, in whatever year."""
        try:
            if ".." in text:
                first, last = text.split("..")
                return cls(cls.parse_any(first).start, cls.parse_any(last).end)
            year, dash, rest = text.partition("-")
            y = int(year)
            if not dash:
                return cls.year(y)
            if rest[0] == "Q":
                q = int(rest[1:])
                return cls(cls.month(y, 3 * q - 2).start, cls.month(y, 3 * q).end)
            if rest[0] == "H":
                h = int(rest[1:])
                return cls(cls.month(y, 6 * h - 5).start, cls.month(y, 6 * h).end)
            if "-" in rest:
                day = date.fromisoformat(text)
                return cls(day, day)
            return cls.month(y, int(rest))
        except (ValueError, IndexError) as error:
            raise TredeError.of("period_unreadable", text=text) from error

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days + 1

    @property
    def calendar_years(self) -> Decimal:
        """The length in years: whole years by the calendar, and the days that are left as a part of the year they begin."""
        until = self.end + timedelta(days=1)
        whole = until.year - self.start.year
        if _anniversary(self.start, whole) > until:
            whole -= 1
        since, following = _anniversary(self.start, whole), _anniversary(self.start, whole + 1)
        with localcontext() as context:
            context.prec = 60
            return whole + Decimal((until - since).days) / (following - since).days

    def __str__(self) -> str:
        if self == Period.year(self.start.year):
            return str(self.start.year)
        if self.start == date(self.start.year, 1, 1) and self.end == date(self.end.year, 12, 31):
            return f"{self.start.year}..{self.end.year}"
        return f"{self.start.isoformat()}..{self.end.isoformat()}"

    @property
    def name(self) -> str:
        """The shortest text that `parse` reads as this period: `2024`, `2024-03`, `2024-Q1`, `2024-H2`, `2023-07..2024-06`."""
        first, last = self.start, self.end
        if first.day != 1 or self.next_day().day != 1:
            return str(self)
        length = (last.year - first.year) * 12 + last.month - first.month + 1
        if length == 1:
            return f"{first:%Y-%m}"
        for letter, months in (("Q", 3), ("H", 6)):
            if length == months and last.month % months == 0:
                return f"{first.year}-{letter}{last.month // months}"
        return str(self) if first.month == 1 and last.month == 12 else f"{first:%Y-%m}..{last:%Y-%m}"

    def contains(self, other: Period) -> bool:
        """Whether `other` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: Period) -> Period | None:
        """Return the shared days, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start <= end else None

    def by_year(self) -> list[Period]:
        """Return the parts by calendar year; a period within one year is its own only part."""
        parts = (self.overlap(Period.year(y)) for y in range(self.start.year, self.end.year + 1))
        return [part for part in parts if part is not None]

    def by_month(self) -> list[Period]:
        """Return the calendar months that it touches, each as a whole."""
        firsts = range(self.start.year * 12 + self.start.month - 1, self.end.year * 12 + self.end.month)
        return [Period.month(number // 12, number % 12 + 1) for number in firsts]

    def next_day(self) -> date:
        """Return the day after the last one."""
        return self.end + timedelta(days=1)


def split_quantity(quantity: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """Split a quantity by whole weights so that the parts add up to it exactly.

    Every part is a whole number of millionths (`QUANTUM`). What rounding down leaves over goes, one millionth each, to the
    parts with the largest remainder (the earlier one of equals). Reversing the sign reverses every part.

    Raises:
        ValueError: no weights, a negative weight, or all weights zero.
    """
    with localcontext() as context:
        context.prec = 50  # all 38 digits of a quantity, where Python's own 28 would round
        return [part * QUANTUM for part in share_out(int(quantity / QUANTUM), weights)]


def _anniversary(day: date, years: int) -> date:
    """Return the same day of a later year; 29 February has its day on 1 March of a year without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
