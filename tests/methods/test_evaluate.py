"""A formula compiled to SQL and the float interpreter agree bit for bit; the exact interpreter is close to both."""

import math
from decimal import Decimal
from fractions import Fraction

import duckdb
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trede.methods.evaluate import evaluate, evaluate_float
from trede.methods.formula import COMPARISONS, Binary, Call, Name, Node, Number, parse
from trede.methods.sql import to_sql

NAMES = ("a", "b", "c.d")
COLUMNS = {"a": "t.a", "b": "t.b", "c.d": "t.c"}

LITERALS = st.decimals(0, 10**9, places=9).map(lambda d: d.normalize() + 0)
LEAVES = st.sampled_from(NAMES).map(Name) | LITERALS.map(Number)
VALUES = (
    st.none()
    | st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, 1e-300, 1e300])
    | st.floats(-1e12, 1e12, allow_nan=False)
    | st.decimals(-1000, 1000, places=3).map(float)
)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), min_size=1, max_size=12)


def larger(trees: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    numbers = st.builds(Binary, st.sampled_from(["+", "-", "*", "/"]), trees, trees)
    truths = st.builds(Binary, st.sampled_from(COMPARISONS), trees, trees)
    calls = st.builds(
        Call, st.sampled_from(["min", "max", "coalesce"]), st.lists(trees, min_size=2, max_size=3).map(tuple)
    )
    choices = st.builds(lambda *args: Call("if", args), truths, trees, trees)
    return numbers | calls | choices


TREES = st.recursive(LEAVES, larger, max_leaves=12)


def finite(node: Node, row: dict[str, float | None]) -> bool:
    """Whether every part of a formula is finite; what an engine says of an overflow is no part of the language."""
    match node:
        case Binary(_, left, right):
            parts = [left, right]
        case Call(_, args):
            parts = list(args)
        case _:
            parts = []
    value = evaluate_float(node, row)
    return (value is None or math.isfinite(value)) and all(finite(part, row) for part in parts)


def in_sql(trees: list[Node], rows: list[dict[str, float | None]]) -> list[tuple[float | None, ...]]:
    columns = {column.removeprefix("t."): [row[name] for row in rows] for name, column in COLUMNS.items()}
    table = pa.table({name: pa.array(values, pa.float64()) for name, values in columns.items()})
    with duckdb.connect() as con:
        con.register("given", table.append_column("n", pa.array(range(len(rows)))))
        texts = ", ".join(f"CAST({to_sql(tree, COLUMNS)} AS DOUBLE)" for tree in trees)
        return con.execute(f"SELECT {texts} FROM given t ORDER BY n").fetchall()


@settings(max_examples=100)
@given(st.lists(TREES, min_size=1, max_size=6), ROWS)
def test_sql_is_the_float_interpreter_bit_for_bit(trees: list[Node], rows: list[dict[str, float | None]]) -> None:
    whole = [row for row in rows if all(finite(tree, row) for tree in trees)]
    assume(whole)
    expected = [tuple(evaluate_float(tree, row) for tree in trees) for row in whole]
    assert in_sql(trees, whole) == expected


@settings(max_examples=200)
@given(TREES, st.fixed_dictionaries(dict.fromkeys(NAMES, st.none() | st.integers(-50, 50))))
def test_exact_evaluation_follows_the_same_rules(tree: Node, row: dict[str, int | None]) -> None:
    """On small numbers both interpreters find a value in the same cases: only division makes a difference of size."""
    exact = evaluate(tree, {name: None if v is None else Decimal(v) for name, v in row.items()})
    expected = by_fractions(tree, row)
    if expected is None:
        assert exact is None
    else:
        assert exact is not None
        assert abs(Fraction(exact) - expected) <= abs(expected) * Fraction(1, 10**30)


def by_fractions(node: Node, row: dict[str, int | None]) -> Fraction | None:
    """A third interpreter, over fractions."""
    match node:
        case Number(value, _):
            return Fraction(value)
        case Name(name):
            value = row[name]
            return None if value is None else Fraction(value)
        case Binary(op, left, right):
            a, b = by_fractions(left, row), by_fractions(right, row)
            if a is None or b is None or (op == "/" and b == 0):
                return None
            return Fraction(eval(f"a {op} b", {"a": a, "b": b}))  # noqa: S307
        case Call("if", (condition, then, other)):
            truth = by_fractions(condition, row)
            return None if truth is None else by_fractions(then if truth else other, row)
        case Call("coalesce", args):
            return next((v for arg in args if (v := by_fractions(arg, row)) is not None), None)
        case Call(function, args):
            parts = [by_fractions(arg, row) for arg in args]
            present = [part for part in parts if part is not None]
            return {"min": min, "max": max}[function](present) if len(present) == len(parts) else None
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("a * b + 0.25", {"a": "48.5", "b": "3"}, "145.75"),
        ("a / b", {"a": "1", "b": "0"}, None),
        ("a / b", {"a": "1", "b": None}, None),
        ("a - b / b", {"a": "1", "b": "3"}, "0"),
        ("coalesce(a, b)", {"a": None, "b": "2"}, "2"),
        ("coalesce(a / 0, b)", {"a": "1", "b": "2"}, "2"),
        ("min(a, b)", {"a": "1", "b": None}, None),
        ("max(a, b, 3)", {"a": "1", "b": "2"}, "3"),
        ("if(a < b, a, b)", {"a": "1", "b": None}, None),
        ("if(a == b, 5, a / 0)", {"a": "2", "b": "2.0"}, "5"),
        ("-a", {"a": "2"}, "-2"),
    ],
)
def test_by_hand(text: str, values: dict[str, str | None], expected: str | None) -> None:
    tree = parse(text)
    exact = {name: None if v is None else Decimal(v) for name, v in values.items()}
    wanted = None if expected is None else Decimal(expected)
    assert evaluate(tree, exact) == wanted
    floats = {name: None if v is None else float(v) for name, v in exact.items()}
    assert evaluate_float(tree, floats) == (None if wanted is None else float(wanted))
    given_row = {name: floats.get(name) for name in NAMES}
    assert in_sql([tree], [given_row]) == [(None if wanted is None else float(wanted),)]


def test_products_lean_to_the_left_in_sql_too() -> None:
    """Another order gives another last bit."""
    row: dict[str, float | None] = {"a": 0.1, "b": 0.7, "c.d": 1.1}
    left, right = parse("a * b * c.d"), parse("a * (b * c.d)")
    assert evaluate_float(left, row) != evaluate_float(right, row)
    assert in_sql([left, right], [row]) == [(0.1 * 0.7 * 1.1, 0.1 * (0.7 * 1.1))]
