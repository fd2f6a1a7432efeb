"""Money: a rate between currencies on a day, and how exact rates and price ratios are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

PLACES = Decimal("1e-12")
"""Rates and price ratios are rounded once, to twelve decimals."""

EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
"""Arithmetic before that one rounding."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How many `into` one `currency` was. `day` is the day of the rate: the asked one, or the last before it that has one."""

    currency: str
    into: str
    value: Decimal
    day: date


def rounded(value: Decimal) -> Decimal:
    """Round to twelve decimals, half to even."""
    return value.quantize(PLACES, context=EXACT)
