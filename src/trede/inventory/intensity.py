"""Intensities: emissions divided by a figure of the organisation, such as people, floor area or revenue.

A figure serves the period that it is of. Another period is answered only where that takes no guess:

- a stock (people, floor area): the average of the figures that cover the period, weighted by their days in it, marked derived;
- a flow (revenue, hours): the sum of figures whose periods make the period up exactly, marked as a sum;
- else it is missing, and never zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, localcontext
from typing import Literal

from trede.kernel.periods import Period
from trede.organisation.parts import Denominator, Value

Origin = Literal["stated", "average", "sum"]
_DIGITS = 40
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a denominator is over a period, how it was found, and the stated figures behind it."""

    value: Decimal
    origin: Origin
    behind: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Intensity:
    """An amount over a figure, or only the amount when the figure is missing."""

    mg: int
    figure: Figure | None

    @property
    def mg_per_unit(self) -> Decimal | None:
        """Milligrams CO2e for one unit of the denominator, to 40 digits."""
        if self.figure is None:
            return None
        with localcontext() as context:
            context.prec = _DIGITS
            return Decimal(self.mg) / self.figure.value


def figure_of(denominator: Denominator, period: Period, site: str | None = None) -> Figure | None:
    """Return a denominator over a period: of a site, or of the whole organisation; None when it is missing.

    A figure of a site is never taken for the whole organisation, nor are figures of sites added up.
    """
    stated = [value for value in denominator.value if value.site == site]
    for value in stated:
        if value.days == period:
            return Figure(value.value, "stated", (value,))
    if denominator.kind == "flow":
        whole = _exactly(period, [value for value in stated if period.contains(value.days)])
        return Figure(sum((value.value for value in whole), Decimal(0)), "sum", tuple(whole)) if whole else None
    return _average(period, stated)


def _exactly(period: Period, values: Sequence[Value]) -> list[Value] | None:
    """Return figures whose periods follow each other from the first day to the last, the longest first; None if none do."""
    for value in sorted(values, key=lambda value: -value.days.days):
        if value.days.start == period.start:
            if value.days.end == period.end:
                return [value]
            rest = _exactly(Period(value.days.next_day(), period.end), values)
            if rest:
                return [value, *rest]
    return None


def _average(period: Period, values: Sequence[Value]) -> Figure | None:
    """Weigh figures by their days in the period; a day with two figures takes that of the shorter period."""
    day, total, used = period.start, Decimal(0), []
    with localcontext() as context:
        context.prec = _DIGITS
        while True:
            here = [value for value in values if value.days.start <= day <= value.days.end]
            if not here:
                return None
            value = min(here, key=lambda value: (value.days.days, value.days))
            shorter = [v.days.start for v in values if v.days.days < value.days.days and v.days.start > day]
            inside = Period(day, min([period.end, value.days.end, *(start - _DAY for start in shorter)]))
            total += value.value * inside.days
            used += [value] if value not in used else []
            if inside.end == period.end:
                return Figure(total / period.days, "average", tuple(used))
            day = inside.next_day()
