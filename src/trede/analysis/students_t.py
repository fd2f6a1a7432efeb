"""Quantiles of Student's t distribution for whole degrees of freedom, without a library for statistics.

The distribution function for a whole number of degrees of freedom is a finite sum: Abramowitz and Stegun, Handbook of
Mathematical Functions (1964), formulas 26.7.3 (odd) and 26.7.4 (even). The quantile is found by halving.
"""

from __future__ import annotations

import math
from decimal import Decimal
from functools import lru_cache

DECIMALS = 6
"""Decimals of a quantile: enough for any interval, and the same on every machine."""


def within(t: float, freedom: int) -> float:
    """Return the chance that a t variable lies between −t and t (26.7.3 and 26.7.4); `t` from 0."""
    angle = math.atan(t / math.sqrt(freedom))
    square = math.cos(angle) ** 2
    odd = freedom % 2
    term = total = math.cos(angle) if odd else 1.0
    for k in range(2 + odd, freedom - 1, 2):
        term *= square * (k - 1) / k
        total += term
    if not odd:
        return math.sin(angle) * total
    return 2 / math.pi * (angle + (math.sin(angle) * total if freedom > 1 else 0))


@lru_cache(maxsize=256)
def quantile(freedom: int, inside: float = 0.95) -> Decimal:
    """Return the t between whose two signs a share `inside` of the distribution lies, to six decimals.

    Args:
        freedom: degrees of freedom, from 1.
    """
    low, high = 0.0, 1.0
    while within(high, freedom) < inside:
        high *= 2
    while high - low > 10 ** -(DECIMALS + 3):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < inside else (low, middle)
    return Decimal(f"{high:.{DECIMALS}f}")
