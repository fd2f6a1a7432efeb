"""Binary columns with a bound: what they say that they know is what exact decimals give, ties and near ties among it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trede.kernel.quantities import QUANTUM
from trede.methods.bounded import Bounded
from trede.methods.evaluate import evaluate
from trede.methods.formula import COMPARISONS, Binary, Call, Name, Node, Number, parse

NAMES = ("a", "b", "c")

FIGURES = (
    st.integers(-(10**9), 10**12).map(lambda n: Decimal(n).scaleb(-3))
    | st.integers(-9, 9).map(Decimal)
    | st.decimals(-(10**30), 10**30, places=40, allow_nan=False)
    | st.sampled_from(["0.0000005", "1.5e-6", "4503599627.3704955", "1e-300", "1e290", "3", "7"]).map(Decimal)
)


def larger(trees: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    numbers = st.builds(Binary, st.sampled_from(["+", "-", "*", "/", *COMPARISONS]), trees, trees)
    calls = st.builds(Call, st.sampled_from(["min", "max"]), st.lists(trees, min_size=2, max_size=3).map(tuple))
    choices = st.builds(lambda *args: Call("if", args), trees, trees, trees)
    return numbers | calls | choices


LEAVES = st.sampled_from(NAMES).map(Name) | st.decimals(0, 10**9, places=9).map(Number)
TREES = st.recursive(LEAVES, larger, max_leaves=8)
ROWS = st.lists(st.tuples(*[FIGURES] * len(NAMES)), min_size=1, max_size=8)


def columns(rows: list[tuple[Decimal, ...]]) -> Bounded:
    texts = {name: pa.array([f"{row[at]:f}" for row in rows], pa.string()) for at, name in enumerate(NAMES)}
    return Bounded(texts, len(rows))


def exactly(tree: Node, row: tuple[Decimal, ...]) -> Decimal | None:
    return evaluate(tree, dict(zip(NAMES, row, strict=True)))


@settings(max_examples=300, deadline=None)
@example(parse("a / b * c"), [(Decimal(1), Decimal(3), Decimal("0.0000015"))])
@example(parse("a / b"), [(Decimal(1), Decimal(2_000_000), Decimal(0)), (Decimal(1), Decimal(0), Decimal(0))])
@example(parse("a - b"), [(Decimal("1e290"), Decimal("1e290"), Decimal(0))])
@given(TREES, ROWS)
def test_what_is_known_is_exact(tree: Node, rows: list[tuple[Decimal, ...]]) -> None:
    bounded = columns(rows)
    quanta, sure = bounded.quanta(tree)
    for row, found, known, holds in zip(
        rows, quanta.tolist(), sure.tolist(), bounded.holds(tree).tolist(), strict=True
    ):
        value = exactly(tree, row)
        assert not known or value is not None
        if known and value is not None:
            with localcontext() as context:
                context.prec = 60
                assert Decimal(found) * QUANTUM == value.quantize(QUANTUM, ROUND_HALF_UP)
        assert not holds or value


@pytest.mark.parametrize(
    ("formula", "row", "known"),
    [
        ("a / (b + c) * 12.5", ("250000", "7000000", "3100000.5"), True),
        ("a * b / max(c, 0)", ("899999.99", "99999.9", "1000000"), True),
        ("a / b", ("1", "2000000", "0"), False),  # a tie: half of a millionth
        ("a / b", ("1", "0", "0"), False),
        ("a / (b - c)", ("1", "0.3", "0.3"), False),
        ("a * 1000000", ("123456789012.345", "0", "0"), False),  # more digits than a binary number has
        ("if(a, b, c)", ("1", "2", "3"), False),  # no formula of columns
    ],
)
def test_usual_figures_are_known_and_doubtful_ones_are_not(formula: str, row: tuple[str, ...], known: bool) -> None:
    _, sure = columns([tuple(map(Decimal, row))]).quanta(parse(formula))
    assert sure.tolist() == [known]


def test_a_condition_is_known_to_hold_only_where_its_sides_are_apart() -> None:
    bounded = columns(
        [(Decimal(one), Decimal(other), Decimal(0)) for one, other in [("1", "2"), ("0.3", "0.3"), ("2", "1")]]
    )
    assert bounded.holds(parse("a < b")).tolist() == [True, False, False]
    assert bounded.holds(parse("a <= b")).tolist() == [True, False, False]


def test_one_figure_for_all_records() -> None:
    bounded = Bounded({"a": pa.array(["1", "2"]), "b": pa.scalar("0.25")}, 2)
    assert bounded.quanta(parse("a * b"))[0].tolist() == [250_000, 500_000]
    assert bounded.quanta(parse("b * 2"))[0].tolist() == [500_000, 500_000]
