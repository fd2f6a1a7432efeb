"""Whole milligrams: the one rounding of an amount, in Python and in SQL, and the rounding of shown figures.

The rule (accounting rules, section 6), with x in kilograms as float64:

    mg = sign(x) · floor(floor(|x| · 1e9 + 0.5) / 1e3 + 0.5)

The inner floor snaps the product to a millionth of a gram, so that binary noise below it cannot tip a half; the
sign stands outside, so that a credit note cancels its invoice exactly.
"""

from __future__ import annotations

import math
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

MG_PER_KG = 1_000_000
MG_PER_TONNE = 1_000_000_000
MAX_ROW_KG = 1.0e9
"""A row product above this (a million tonnes) is an issue: up to here float64 stays within a milligram of exact
arithmetic, and far inside the 64 bits that hold it."""

_HALF = Decimal("0.5")


def milligrams(kg: float) -> int:
    """Round kilograms (float64) to whole milligrams.

    Raises:
        OverflowError: the value is infinite, not a number, or beyond `MAX_ROW_KG`.
    """
    if not math.isfinite(kg) or abs(kg) > MAX_ROW_KG:
        raise OverflowError(kg)
    rounded = math.floor(math.floor(abs(kg) * 1e9 + 0.5) / 1e3 + 0.5)
    return -rounded if kg < 0 else rounded


def milligrams_sql(kg: str) -> str:
    """Return the SQL expression of `milligrams` over the SQL expression `kg` (a DOUBLE, in range)."""
    return f"CAST({sign_sql(kg)} * floor(floor(abs({kg}) * 1e9 + 0.5) / 1e3 + 0.5) AS BIGINT)"


def sign_sql(number: str) -> str:
    """Return the SQL of −1 or 1 (a DOUBLE); engines do not agree on a name for the function."""
    return f"CASE WHEN {number} < 0 THEN -1e0 ELSE 1e0 END"


def milligrams_exact(kg: Decimal) -> int:
    """Round kilograms (exact decimal) to whole milligrams by the same formula; the oracle of `milligrams`."""
    inner = (abs(kg) * Decimal(10) ** 9 + _HALF).to_integral_value(ROUND_FLOOR)
    outer = int((inner / 1000 + _HALF).to_integral_value(ROUND_FLOOR))
    return -outer if kg < 0 else outer


def shown(mg: int, *, per: int = MG_PER_TONNE, decimals: int = 1) -> Decimal:
    """Round an exact amount for the page, half away from zero: `mg / per` with `decimals` places.

    Every figure on a page is rounded on its own from the exact value; no sum is made of shown figures.
    """
    value = (Decimal(mg) / Decimal(per)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return abs(value) if value.is_zero() else value
