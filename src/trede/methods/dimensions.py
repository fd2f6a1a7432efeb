"""Checking that a formula means something: the dimension of every part follows from the dimensions of its names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from trede.kernel.errors import CatalogueError
from trede.methods.formula import COMPARISONS, Binary, Call, Name, Node, Number, parts

Dimension = tuple[tuple[str, int], ...]
"""Base symbols with whole exponents, sorted; `()` is a plain number. `Q` stands for the unit of the activity's kind."""

TRUTH: Dimension = (("truth", 1),)


def dimension(text: str) -> Dimension:
    """Read `kg/Q`, `Q`, `MJ/Q·h` (everything after the stroke divides) or the empty text."""
    above, _, below = text.replace(" ", "").partition("/")
    counts: Counter[str] = Counter()
    for symbol in filter(None, above.split("·")):
        counts[symbol] += 1
    for symbol in filter(None, below.split("·")):
        counts[symbol] -= 1
    counts.pop("1", None)
    return _normal(counts)


def show(value: Dimension) -> str:
    """Write a dimension for an issue."""
    above = "·".join(s for s, n in value for _ in range(n))
    below = "·".join(s for s, n in value for _ in range(-n))
    return (above or "1") + (f"/{below}" if below else "")


def check(node: Node, known: Mapping[str, Dimension]) -> Dimension:
    """Return the dimension of a formula.

    Raises:
        CatalogueError: `formula_name_unknown`, or `formula_dimensions` when unlike things are added or compared.
    """
    match node:
        case Number(_, unit):
            return dimension(unit)
        case Name(name):
            if name not in known:
                raise CatalogueError.of("formula_name_unknown", name=name, known=sorted(known))
            return known[name]
        case Binary(op, left, right):
            zero = isinstance(left, Number) and not left.unit and left.value == 0
            return _combined(op, check(left, known), check(right, known), zero=zero)
        case Call(function, args):
            parts = [check(arg, known) for arg in args]
            if function == "if":
                if parts[0] != TRUTH:
                    raise CatalogueError.of("formula_dimensions", left=show(parts[0]), right="truth", op="if")
                parts = parts[1:]
            for other in parts[1:]:
                if other != parts[0]:
                    raise CatalogueError.of("formula_dimensions", left=show(parts[0]), right=show(other), op=function)
            return parts[0]


def innermost_wrong(node: Node, known: Mapping[str, Dimension]) -> Node:
    """Return the smallest part that is wrong of a formula that `check` refuses."""
    for part in parts(node):
        try:
            check(part, known)
        except CatalogueError:
            return innermost_wrong(part, known)
    return node


def _combined(op: str, a: Dimension, b: Dimension, *, zero: bool) -> Dimension:
    """Return the dimension of two operands; a bare zero on the left takes that of the right, a truth combines with nothing."""
    if TRUTH in (a, b) or (op not in ("*", "/") and a != b and not zero):
        raise CatalogueError.of("formula_dimensions", left=show(a), right=show(b), op=op)
    if op in COMPARISONS:
        return TRUTH
    if op in ("+", "-"):
        return b
    counts = Counter(dict(a))
    for symbol, n in b:
        counts[symbol] += n if op == "*" else -n
    return _normal(counts)


def _normal(counts: Counter[str]) -> Dimension:
    return tuple(sorted((s, n) for s, n in counts.items() if n))
