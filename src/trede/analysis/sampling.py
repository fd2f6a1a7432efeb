"""Estimates of a population's total from a sample of it (accounting rules, section 8).

A stratum of N units has the auxiliary total X. Of n of them, drawn at random, the amounts y and the auxiliaries x are known.
The *ratio estimator* of its total is R · X with R = Σy ÷ Σx, and its standard error

    N · √((1 − n/N) ÷ n · Σ(y − R·x)² ÷ (n − 1))

W. G. Cochran, Sampling Techniques, third edition (1977), chapter 6. Half the 95 % interval is t(n − 1) times that. Without
an auxiliary every unit has x = 1 and X = N: the mean per unit of chapter 2.

A sample of the whole stratum has no sampling error; of one unit it is unknown. Strata are drawn independently of each other,
so the squares of their errors add up (chapter 5). All figures are exact decimals; the root is rounded at 40 digits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext

from trede.analysis.students_t import quantile
from trede.kernel.identity import sha256

Pair = tuple[Decimal, Decimal]
"""Amount and auxiliary of one unit of the sample."""

DIGITS = 40
Z = Decimal("1.96")
"""Half a 95 % interval of a normal distribution, in standard errors."""


@dataclass(frozen=True)
class Estimate:
    """An estimated total: `error` is its standard error, `half` half its 95 % interval; None: unknown."""

    total: Decimal
    error: Decimal | None
    half: Decimal | None


def ratio_estimate(sample: Sequence[Pair], size: int, auxiliary: Decimal) -> Estimate:
    """Estimate the total of one stratum from a random sample.

    Args:
        sample: amount and auxiliary of every unit of the sample, those with an amount of zero among them; the auxiliaries
            add up to more than zero.
        size: the number of units of the stratum.
        auxiliary: the auxiliary total of the stratum.
    """
    n = len(sample)
    with localcontext() as context:
        context.prec = DIGITS
        amounts, known = (sum(column, Decimal(0)) for column in zip(*sample, strict=True))
        ratio = amounts / known
        total = amounts * auxiliary / known
        if n >= size:
            return Estimate(total, Decimal(0), Decimal(0))
        if n < 2:
            return Estimate(total, None, None)
        residual = sum((((y - ratio * x) ** 2) for y, x in sample), Decimal(0)) / (n - 1)
        error = size * (residual * (1 - Decimal(n) / size) / n).sqrt()
        return Estimate(total, error, quantile(n - 1) * error)


def draw(units: Collection[str], count: int, seed: str) -> list[str]:
    """Draw units by lot, each with the same chance: those whose hash together with the seed is lowest.

    Whoever has the list and the seed draws the same ones again, on any machine. They are returned in the order of the alphabet.
    """
    return sorted(sorted(units, key=lambda name: (sha256(f"{seed}\n{name}".encode()), name))[:count])


def units_needed(size: int, spread: Decimal, margin: Decimal) -> int:
    """Return how many units to draw so that half the 95 % interval of the total is about a part of it.

    n0 = (1.96 · spread ÷ margin)², n = n0 ÷ (1 + n0 ÷ N): Cochran, chapter 4. At least two, at most all.

    Args:
        size: N, the number of units.
        spread: standard deviation ÷ mean of the amounts per unit, as somebody expects it.
        margin: half the interval that is wanted ÷ the total; more than zero.
    """
    first = (Z * spread / margin) ** 2
    return min(size, max(2, int((first / (1 + first / size)).to_integral_value(ROUND_CEILING))))


def together(strata: Iterable[Estimate]) -> Estimate:
    """Add up strata that were drawn independently; an unknown error of one leaves that of the sum unknown."""
    found = list(strata)
    errors, halves = [e.error for e in found if e.error is not None], [e.half for e in found if e.half is not None]
    with localcontext() as context:
        context.prec = DIGITS
        total = sum((e.total for e in found), Decimal(0))
        if len(halves) < len(found):
            return Estimate(total, None, None)
        roots = [sum((e**2 for e in each), Decimal(0)).sqrt() for each in (errors, halves)]
        return Estimate(total, roots[0], roots[1])
