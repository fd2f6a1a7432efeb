"""Random draws that come out the same on every machine: seeded streams, the normal distribution, the lognormal one.

- A stream is Philox 4x64 with ten rounds, a counter-based generator whose 64-bit numbers NumPy guarantees for a key
  (`numpy.random.Philox`, compatibility guarantee; what NumPy's generators make of those numbers has none). The key is the
  first 16 bytes, the lowest first, of the SHA-256 of `trede-draws-1`, the seed and the name of what is drawn, parted by
  line feeds: so what one thing draws does not depend on what else is drawn.
- Each 64-bit number gives four draws, its lowest 16 bits first. Sixteen bits k name the quantile (k + ½) ÷ 65,536 of the
  standard normal distribution, kept in whole ten-millionths. The 65,536 quantiles have mean 0 and standard deviation 0.99999.
- A lognormal draw of mean 1 and standard deviation σ is e^(s·z − s² ÷ 2) with s² = ln(1 + σ²) (the distribution's moments).

s and s² come from exact decimals; e^x is ours. Arrays are only added, multiplied, divided and rounded, element by element:
IEEE 754 defines those to the last bit, and says nothing of the exponentials of a machine's library.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal, localcontext
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.float64]

QUANTILES = 1 << 16
PER_NUMBER = 4
"""Draws that one 64-bit number gives."""

_TEN_MILLION = 10_000_000
"""Quantiles are rounded to this: far coarser than what libraries and processors differ by, and no one is near a half."""
_SHIFTS = np.arange(0, 64, 16, dtype=np.uint64)
_LN2 = float(Decimal(2).ln())
_TAYLOR = 14
"""Terms of the series of e^x for |x| ≤ ½ ln 2; the first that is left out is below 1e-17."""


class Stream:
    """The normal draws of one thing under a seed."""

    def __init__(self, seed: int, name: str) -> None:
        key = hashlib.sha256(f"trede-draws-1\n{seed}\n{name}".encode()).digest()[:16]
        self._bits: Any = np.random.Philox(key=int.from_bytes(key, "little"))

    def normal(self, count: int) -> Draws:
        """Return the next draws of the standard normal distribution.

        Args:
            count: a multiple of `PER_NUMBER`.
        """
        raw: NDArray[np.uint64] = self._bits.random_raw(count // PER_NUMBER)
        numbers = (raw[:, None] >> _SHIFTS) & np.uint64(QUANTILES - 1)
        return _normal_quantiles()[numbers.ravel().astype(np.intp)]


@cache
def _normal_quantiles() -> Draws:
    upper = [NormalDist().inv_cdf((k + 0.5) / QUANTILES) for k in range(QUANTILES // 2, QUANTILES)]
    whole = [round(z * _TEN_MILLION) for z in upper]
    return np.array([-z for z in reversed(whole)] + whole, np.float64) / _TEN_MILLION


def lognormal(z: Draws, variance: Decimal) -> Draws:
    """Return lognormal draws of mean 1: above zero, in the order of the normal draws `z`.

    Args:
        variance: σ², of the lognormal draws themselves.
    """
    with localcontext(prec=30):
        squared = (1 + variance).ln()
        spread = float(squared.sqrt())
    return exponential(z * spread - float(squared) / 2)


def exponential(x: Draws) -> Draws:
    """Return e^x as 2^n · e^r with |r| ≤ ½ ln 2 and the series of e^r; |x| at most 700."""
    n = np.rint(x / _LN2)
    r = x - n * _LN2
    total = np.ones_like(r)
    for k in range(_TAYLOR, 0, -1):
        total = total * (r / k) + 1.0
    found: Draws = np.ldexp(total, n.astype(np.int64))
    return found
