"""A formula as a chain of Python functions over exact decimals, for many records; the interpreter stays the oracle."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal

from trede.methods.evaluate import evaluate
from trede.methods.formula import Binary, Name, Node, Number

Values = Mapping[str, Decimal | None]
Evaluator = Callable[[Values], Decimal | None]

_PLAIN: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul,
}  # fmt: skip


def compile_decimal(node: Node) -> Evaluator:
    """Return a function that gives what `evaluate` gives: None for a missing value or a division by zero.

    It runs in the caller's decimal context, which must be that of `evaluate` (60 digits).
    """
    match node:
        case Number(value, _):
            return lambda _: value
        case Name(name):
            return lambda values: values[name]
        case Binary("/", left, right):
            return _divided(compile_decimal(left), compile_decimal(right))
        case Binary(op, left, right) if op in _PLAIN:
            return _combined(_PLAIN[op], compile_decimal(left), compile_decimal(right))
        case _:
            return lambda values: evaluate(node, values)


def _divided(left: Evaluator, right: Evaluator) -> Evaluator:
    def divide(values: Values) -> Decimal | None:
        above, below = left(values), right(values)
        return above / below if above is not None and below else None

    return divide


def _combined(combine: Callable[[Decimal, Decimal], Decimal], left: Evaluator, right: Evaluator) -> Evaluator:
    def apply(values: Values) -> Decimal | None:
        a, b = left(values), right(values)
        return combine(a, b) if a is not None and b is not None else None

    return apply
