"""Whole milligrams: one rounding, the same in Python, in exact decimals and in SQL."""

import math
import random
from decimal import Decimal
from itertools import groupby

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trede.kernel.amounts import MAX_ROW_KG, milligrams, milligrams_exact, milligrams_sql, shown

IN_RANGE = st.floats(-MAX_ROW_KG, MAX_ROW_KG)
QUANTITIES = st.decimals(-10_000_000, 10_000_000, places=3)
FACTORS = st.decimals(0, 10_000, places=5)


@given(IN_RANGE)
def test_reversal(kg: float) -> None:
    assert milligrams(-kg) == -milligrams(kg)


@given(IN_RANGE)
def test_any_float_is_within_a_milligram_of_exact(kg: float) -> None:
    assert abs(milligrams(kg) - milligrams_exact(Decimal(kg))) <= 1


@given(st.decimals(-(10**12), 10**12, places=6), FACTORS)
def test_any_product_in_range_is_within_a_milligram_of_exact(quantity: Decimal, factor: Decimal) -> None:
    if abs(quantity * factor) <= Decimal(MAX_ROW_KG):
        assert abs(milligrams(float(quantity) * float(factor)) - milligrams_exact(quantity * factor)) <= 1


@given(QUANTITIES, FACTORS)
def test_products_under_a_hundred_tonnes_are_exact(quantity: Decimal, factor: Decimal) -> None:
    if abs(quantity * factor) < 100_000:
        assert milligrams(float(quantity) * float(factor)) == milligrams_exact(quantity * factor)


def test_many_products_under_a_hundred_tonnes_are_exact() -> None:
    """Halves of a milligram are where binary noise would show: a quantity in thousandths, a factor that ends in 5."""
    chance = random.Random(3)  # noqa: S311
    for _ in range(50_000):
        quantity = Decimal(chance.randrange(1, 10**7)).scaleb(-3)
        factor = Decimal(chance.randrange(1, 10**6) * 10 + 5).scaleb(-5)
        if quantity * factor < 100_000:
            assert milligrams(float(quantity) * float(factor)) == milligrams_exact(quantity * factor)


@pytest.mark.parametrize(
    ("kg", "mg"),
    [("0", 0), ("0.0000005", 1), ("-0.0000005", -1), ("0.000000499", 0), ("48.32", 48_320_000), ("-0.0000015", -2)],
)
def test_halves_round_away_from_zero(kg: str, mg: int) -> None:
    assert milligrams(float(kg)) == milligrams_exact(Decimal(kg)) == mg


@pytest.mark.parametrize("kg", [math.inf, -math.inf, math.nan, math.nextafter(MAX_ROW_KG, math.inf), -1e300])
def test_out_of_range_raises(kg: float) -> None:
    with pytest.raises(OverflowError):
        milligrams(kg)


def test_the_limit_itself_is_in_range() -> None:
    assert milligrams(-MAX_ROW_KG) == -(10**15)


def generated(count: int) -> list[float]:
    """Doubles of every size: whole numbers, short decimals, halves of a milligram, and random bits."""
    chance = random.Random(7)  # noqa: S311
    found = [0.0, -0.0, MAX_ROW_KG, -MAX_ROW_KG, 5e-324, 5e-7, -5e-7, 1.5e-6]
    for _ in range(count):
        size = 10.0 ** chance.randint(-12, 8)
        found += [
            chance.uniform(-size, size),
            round(chance.uniform(-1000, 1000), chance.randint(0, 9)),
            (chance.randint(-(10**9), 10**9) + 0.5) / 1e6,
        ]
    return found


def test_sql_is_python_bit_for_bit() -> None:
    values = generated(5_000)
    table = pa.table({"n": range(len(values)), "kg": pa.array(values, pa.float64())})
    with duckdb.connect() as con:
        con.register("given", table)
        found = con.sql(f"SELECT {milligrams_sql('kg')} AS mg FROM given ORDER BY n").fetchall()
        kind = con.sql(f"SELECT typeof({milligrams_sql('kg')}) FROM given LIMIT 1").fetchall()
    assert [mg for (mg,) in found] == [milligrams(kg) for kg in values]
    assert kind == [("BIGINT",)]


@given(st.lists(st.tuples(st.integers(0, 3), IN_RANGE), max_size=40), st.randoms(use_true_random=False))
def test_sums_do_not_depend_on_grouping_or_order(rows: list[tuple[int, float]], chance: random.Random) -> None:
    amounts = [(group, milligrams(kg)) for group, kg in rows]
    total = sum(mg for _, mg in amounts)
    chance.shuffle(amounts)
    by_group = {g: sum(mg for _, mg in found) for g, found in groupby(sorted(amounts), key=lambda row: row[0])}
    assert sum(by_group.values()) == sum(mg for _, mg in amounts) == total


# --- shown figures ---


@pytest.mark.parametrize(
    ("mg", "figure"),
    [
        (50_000_000, "0.1"),
        (49_999_999, "0.0"),
        (-50_000_000, "-0.1"),
        (-49_999_999, "0.0"),
        (250_000_000, "0.3"),
        (-250_000_000, "-0.3"),
        (26_645_196_000, "26.6"),
        (0, "0.0"),
    ],
)
def test_shown_rounds_half_away_from_zero(mg: int, figure: str) -> None:
    assert str(shown(mg)) == figure


@pytest.mark.parametrize(("decimals", "figure"), [(0, "27"), (1, "26.6"), (3, "26.645"), (9, "26.645196000")])
def test_shown_places(decimals: int, figure: str) -> None:
    assert str(shown(26_645_196_000, decimals=decimals)) == figure


@given(st.integers(-(10**17), 10**17), st.integers(0, 6))
def test_shown_is_symmetric_and_at_most_half_a_place_off(mg: int, decimals: int) -> None:
    figure = shown(mg, decimals=decimals)
    assert shown(-mg, decimals=decimals) == -figure
    assert abs(figure - Decimal(mg) / 10**9) <= Decimal("0.5").scaleb(-decimals)
