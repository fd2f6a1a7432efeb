"""A formula over columns of binary numbers, each with a bound on its error: enough to know nearly every result to the millionth.

Exact decimals cost a tenth of a microsecond for each record and operation, binary columns a nanosecond. A binary result whose
bound leaves one millionth to round to is rounded as the exact one is; of the others this module says that it does not know.

The bounds are those of a running error analysis: each operation hands on the errors of its operands and adds its own rounding
(Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from trede.kernel.quantities import QUANTUM
from trede.methods.formula import Binary, Call, Name, Node, Number

Figures: TypeAlias = pa.Array | pa.Scalar
"""The exact figures of the records as text, or the one that all of them have."""

_ROUNDING = 2.0**-52
"""Twice what one operation adds, of its result: the decimals that it stands for are rounded as well, at sixty digits."""

_SLACK = 1 + 1e-9
"""The bounds are themselves worked out in binary."""

_TINY = 1e-300
"""What a result that is too small for binary numbers lacks at most."""

_PER_QUANTUM = float(1 / QUANTUM)

_SIGNS: dict[str, Callable[[Any, Any], Any]] = {"+": operator.add, "-": operator.sub}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip
_FIRST: dict[str, Callable[[Any, Any], Any]] = {"min": np.minimum, "max": np.maximum}


@dataclass(frozen=True, eq=False)
class _Near:
    """Values, and how far the exact ones may lie from them; infinite where nothing is known."""

    value: Any
    error: Any

    @classmethod
    def rounded(cls, value: Any, error: Any = 0.0) -> _Near:
        """Return the result of one operation, with the error of its operands."""
        return cls(value, (error + np.abs(value) * _ROUNDING) * _SLACK + _TINY)


_UNKNOWN = _Near(np.float64(np.nan), np.float64(np.inf))


class Bounded:
    """Columns by name, one figure for each of `rows` records; formulas that share a part share its column."""

    def __init__(self, figures: Mapping[str, Figures], rows: int) -> None:
        self.figures, self.rows = figures, rows
        self.known: dict[Node, _Near] = {}

    def quanta(self, node: Node) -> tuple[np.ndarray, np.ndarray]:
        """Return the results of a formula in millionths, half away from zero, and for which records they are known."""
        with np.errstate(all="ignore"):
            near = self._near(node)
            scaled = near.value * _PER_QUANTUM
            whole = np.rint(scaled)
            sure = np.abs(scaled - whole) + _Near.rounded(scaled, near.error * _PER_QUANTUM).error < 0.5
            return self._column(np.where(sure, whole, 0).astype(np.int64)), self._column(sure)

    def holds(self, node: Node) -> np.ndarray:
        """Return for which records a condition is known to hold."""
        with np.errstate(all="ignore"):
            near = self._near(node)
            return self._column(np.abs(near.value) > near.error)

    def _column(self, found: Any) -> np.ndarray:
        return np.broadcast_to(found, (self.rows,))

    def _near(self, node: Node) -> _Near:
        if node not in self.known:
            self.known[node] = self._worked_out(node)
        return self.known[node]

    def _worked_out(self, node: Node) -> _Near:
        match node:
            case Number(value, _):
                return _Near.rounded(np.float64(value))
            case Name(name):
                numbers = self.figures[name].cast(pa.float64())
                return _Near.rounded(
                    np.asarray(numbers) if isinstance(numbers, pa.Array) else np.float64(numbers.as_py())
                )
            case Binary(op, left, right):
                return _operated(op, self._near(left), self._near(right))
            case Call(function, args) if function in _FIRST:
                parts = [self._near(arg) for arg in args]
                value = reduce(_FIRST[function], [part.value for part in parts])
                return _Near(value, reduce(np.maximum, [part.error for part in parts]))
            case _:
                return _UNKNOWN


def _operated(op: str, a: _Near, b: _Near) -> _Near:
    if op in _SIGNS:
        return _Near.rounded(_SIGNS[op](a.value, b.value), a.error + b.error)
    if op == "*":
        error = np.abs(a.value) * b.error + np.abs(b.value) * a.error + a.error * b.error
        return _Near.rounded(a.value * b.value, error)
    if op == "/":
        value = a.value / b.value
        least = np.abs(b.value) - b.error  # of the exact divisor
        error = (a.error + np.abs(value) * b.error) / np.where(least > 0, least, 0.0)
        return _Near.rounded(value, np.where(least > 0, error, np.inf))
    apart = np.abs(a.value - b.value) > (a.error + b.error) * _SLACK
    return _Near(np.where(_COMPARE[op](a.value, b.value), 1.0, 0.0), np.where(apart, 0.0, np.inf))
