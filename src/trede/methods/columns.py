"""A formula over columns of exact decimals: for each row what the interpreter gives, and each part of it worked out once."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from trede.methods.evaluate import evaluate
from trede.methods.formula import Binary, Call, Name, Node, Number, names

Column = Sequence[Decimal | None]

_PLAIN: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip
_FIRST: dict[str, Callable[..., Decimal]] = {"min": min, "max": max}


class Columns:
    """Values by name, one for each of `rows` records; formulas that share a part share its column.

    It runs in the caller's decimal context, which must be that of `evaluate` (60 digits). A division by zero gives None.
    """

    def __init__(self, values: Mapping[str, Sequence[Decimal]], rows: int) -> None:
        self.values, self.rows = values, rows
        self.whole: dict[Node, Sequence[Decimal]] = {}
        """Columns in which every record has a value."""

    def evaluate(self, node: Node) -> Column:
        """Return the value of a formula for each record."""
        return self._whole(node) or self._by_row(node)

    def _whole(self, node: Node) -> Sequence[Decimal]:
        """Return the column of a formula that has a value for every record, or nothing."""
        if node not in self.whole:
            self.whole[node] = self._worked_out(node)
        return self.whole[node]

    def _worked_out(self, node: Node) -> Sequence[Decimal]:
        match node:
            case Number(value, _):
                return [value] * self.rows
            case Name(name):
                return self.values[name]
            case Binary(op, left, right) if op in _PLAIN:
                a, b = self._whole(left), self._whole(right)
                return list(map(_PLAIN[op], a, b)) if a and b and (op != "/" or all(b)) else ()
            case Binary(op, left, right) if op in _COMPARE:
                a, b = self._whole(left), self._whole(right)
                return [Decimal(int(holds)) for holds in map(_COMPARE[op], a, b)]
            case Call(function, args) if function in _FIRST:
                columns = [self._whole(arg) for arg in args]
                return list(map(_FIRST[function], *columns)) if all(columns) else ()
            case _:
                return ()

    def _by_row(self, node: Node) -> Column:
        wanted = list(dict.fromkeys(names(node)))
        rows = zip(*(self.values[name] for name in wanted), strict=True) if wanted else ((),) * self.rows
        return [evaluate(node, dict(zip(wanted, row, strict=True))) for row in rows]
