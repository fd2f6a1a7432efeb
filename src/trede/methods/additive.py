"""Whether gases can be told apart in a formula: the parts of a factor's value must add up to what the whole gives."""

from __future__ import annotations

from collections.abc import Callable

from trede.methods.formula import COMPARISONS, Binary, Call, Name, Node, Number


def degree(node: Node, is_amount: Callable[[str], bool]) -> int | None:
    """Return 1 for a formula that is proportional to the amounts that it names, 0 for one without; None for another.

    `quantity * main.total` is proportional; `max(main.direct, main.total)`, a product of two amounts or an amount plus a
    fixed number of kilograms is not: its gases could not be calculated one by one.
    """
    match node:
        case Number():
            return 0
        case Name(name):
            return int(is_amount(name))
        case Binary(op, left, right):
            return _combined(op, left, degree(left, is_amount), degree(right, is_amount))
        case Call("if", (condition, *branches)):
            found = {degree(branch, is_amount) for branch in branches}
            return found.pop() if degree(condition, is_amount) == 0 and len(found) == 1 else None
        case Call(_, args):
            return 0 if all(degree(arg, is_amount) == 0 for arg in args) else None


def _combined(op: str, left: Node, a: int | None, b: int | None) -> int | None:
    if a is None or b is None:
        return None
    if op in COMPARISONS:
        return 0 if a == b == 0 else None
    if op == "*":
        return a + b if a + b <= 1 else None
    if op == "/":
        return a if b == 0 else None
    return b if a == b or _is_zero(left) else None


def _is_zero(node: Node) -> bool:
    return isinstance(node, Number) and node.value == 0
