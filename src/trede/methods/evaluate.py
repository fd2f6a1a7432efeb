"""The plain interpreter: a formula over exact decimals (the oracle and the explanation) or over float64 (the engine's twin)."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from typing import Any, TypeVar

from trede.methods.formula import Binary, Call, Name, Node, Number

N = TypeVar("N", Decimal, float)

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq,
}  # fmt: skip

_COMBINE: dict[str, Callable[[N, N], N]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


def evaluate(node: Node, values: Mapping[str, Decimal | None]) -> Decimal | None:
    """Evaluate exactly (60 digits). A missing value or a division by zero gives None, which is an issue, never 0."""
    with localcontext() as context:
        context.prec = 60
        return _walk(node, values, Decimal)


def evaluate_float(node: Node, values: Mapping[str, float | None]) -> float | None:
    """Evaluate in float64 in the order of the syntax tree: bit for bit what the compiled SQL gives."""
    return _walk(node, values, float)


def _walk(node: Node, values: Mapping[str, N | None], number: Callable[[Decimal], N]) -> N | None:
    match node:
        case Number(value, _):
            return number(value)
        case Name(name):
            return values[name]
        case Binary(op, left, right):
            a, b = _walk(left, values, number), _walk(right, values, number)
            if a is None or b is None or (op == "/" and b == 0):
                return None
            if op in _COMPARE:
                return number(Decimal(int(_COMPARE[op](a, b))))
            return _COMBINE[op](a, b)
        case Call("if", (condition, then, other)):
            truth = _walk(condition, values, number)
            return None if truth is None else _walk(then if truth else other, values, number)
        case Call("coalesce", args):
            return next((v for arg in args if (v := _walk(arg, values, number)) is not None), None)
        case Call(function, args):
            parts = [_walk(arg, values, number) for arg in args]
            if any(part is None for part in parts):
                return None
            return (min if function == "min" else max)(part for part in parts if part is not None)
