"""Arithmetic of financed emissions beside the ledger: enterprise value, years compared, intensities (PCAF Part A, 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext

_DIGITS = 40


def attribution(outstanding: Decimal, equity: Decimal, debt: Decimal, cash: Decimal = Decimal(0)) -> Decimal | None:
    """Return the share of an amount in equity plus debt; negative equity counts as zero.

    Args:
        cash: what is taken off for the enterprise value without cash (box 5 of the standard); with EVIC it is nothing.

    Returns:
        The share, or None when there is nothing to divide by.
    """
    whole = max(equity, Decimal(0)) + debt - cash
    with localcontext() as context:
        context.prec = _DIGITS
        return outstanding / whole if whole > 0 else None


def evic_adjustment(weights: Sequence[Decimal], base: Sequence[Decimal], current: Sequence[Decimal]) -> Decimal:
    """Return ADJ, by which a change of enterprise values is taken out of a comparison: Σ weight × EVIC base ÷ EVIC now.

    The figure of the base year × ADJ compares with that of now, or that of now ÷ ADJ with the base year (section 5.1).

    Args:
        weights: share of each holding in the portfolio now; they add up to 1.
        base, current: enterprise value of each holding in the base year and now, above zero.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        return sum((w * b / c for w, b, c in zip(weights, base, current, strict=True)), Decimal(0))


def per_million(tonnes: Decimal, amount: Decimal) -> Decimal | None:
    """Return tonnes for each million of an amount (invested, revenue, GDP), or None without an amount."""
    with localcontext() as context:
        context.prec = _DIGITS
        return tonnes * 1_000_000 / amount if amount > 0 else None
