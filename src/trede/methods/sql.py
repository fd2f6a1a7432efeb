"""The compiler: a formula as a SQL expression of DOUBLEs, in the order of its syntax tree.

Names become columns through a mapping that the engine gives: bound, never pasted. Each operator stands in its own brackets
with blanks around it, because a dialect translator reads `1e6+0.5` as one number.
"""

from __future__ import annotations

from collections.abc import Mapping

from trede.methods.formula import COMPARISONS, Binary, Call, Name, Node, Number


def to_sql(node: Node, columns: Mapping[str, str]) -> str:
    """Return the expression; `columns` gives the SQL of every name. NULL where the interpreter gives None."""
    match node:
        case Number(value, _):
            return f"CAST({value} AS DOUBLE)"
        case Name(name):
            return columns[name]
        case Binary(op, left, right):
            a, b = to_sql(left, columns), to_sql(right, columns)
            if op == "/":
                return f"({a} / nullif({b}, 0))"
            if op in COMPARISONS:
                return f"({a} {'=' if op == '==' else op} {b})"
            return f"({a} {op} {b})"
        case Call("if", (condition, then, other)):
            c = to_sql(condition, columns)
            return f"(CASE WHEN {c} IS NULL THEN NULL WHEN {c} THEN {to_sql(then, columns)} ELSE {to_sql(other, columns)} END)"
        case Call("coalesce", args):
            return f"coalesce({', '.join(to_sql(arg, columns) for arg in args)})"
        case Call(function, args):
            parts = [to_sql(arg, columns) for arg in args]
            missing = " OR ".join(f"{part} IS NULL" for part in parts)
            name = "least" if function == "min" else "greatest"
            return f"(CASE WHEN {missing} THEN NULL ELSE {name}({', '.join(parts)}) END)"
