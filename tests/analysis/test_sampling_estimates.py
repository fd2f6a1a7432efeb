"""The ratio estimator and its interval against published examples; quantiles of t against published tables."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trede.analysis.sampling import Estimate, Pair, ratio_estimate, together
from trede.analysis.students_t import quantile, within

T_TABLE = {
    1: "12.706", 2: "4.303", 3: "3.182", 4: "2.776", 5: "2.571", 6: "2.447", 7: "2.365", 8: "2.306", 9: "2.262", 10: "2.228",
    15: "2.131", 20: "2.086", 25: "2.060", 29: "2.045", 30: "2.042", 40: "2.021", 60: "2.000", 100: "1.984", 120: "1.980",
}  # fmt: skip
"""Abramowitz and Stegun, table 26.10, A = 0.95, rounded to three decimals; the same in the NIST e-Handbook, 1.3.6.7.2."""

CITIES = """138 143, 93 104, 61 69, 179 260, 48 75, 37 63, 29 50, 23 48, 30 111, 2 50, 38 52, 46 53, 71 79, 25 57, 298 317,
74 93, 50 58, 76 80, 381 464, 387 459, 78 106, 60 57, 507 634, 50 64, 77 89, 64 77, 40 60, 136 139, 243 291, 256 288, 94 85,
36 46, 45 53, 67 67, 120 115, 172 183, 66 86, 46 65, 121 113, 44 58, 64 63, 56 142, 40 64, 116 130, 87 105, 43 61, 43 50,
161 232, 36 54"""
"""Cochran, Sampling Techniques (1977), p. 152: 49 of the 196 largest cities of the United States, in thousands: 1920, 1930.
As in the data set bigcity of the R package boot."""

TREES = "0.3 6, 0.5 9, 0.4 7, 0.9 19, 0.7 15, 0.2 5, 0.6 12, 0.5 9, 0.8 20, 0.4 9, 0.8 18, 0.6 13"
"""Scheaffer, Mendenhall and Ott, Elementary Survey Sampling, exercise 6.1: basal area and volume of 12 of 250 trees."""


def pairs(text: str) -> list[Pair]:
    """Return (amount, auxiliary) of a text `auxiliary amount, auxiliary amount`."""
    rows = [tuple(map(Decimal, part.split())) for part in text.split(",")]
    return [(y, x) for x, y in rows]


@pytest.mark.parametrize(("freedom", "printed"), T_TABLE.items())
def test_quantiles_are_those_of_the_table(freedom: int, printed: str) -> None:
    assert quantile(freedom).quantize(Decimal("0.001")) == Decimal(printed)


def test_other_shares_are_those_of_the_table() -> None:
    assert quantile(9, 0.99).quantize(Decimal("0.001")) == Decimal("3.250")
    assert quantile(4, 0.90).quantize(Decimal("0.001")) == Decimal("2.132")


def test_a_quantile_goes_to_that_of_the_normal_distribution() -> None:
    assert Decimal("1.959964") < quantile(20_000) < Decimal("1.9601")
    assert within(0, 7) == 0


def test_cochrans_cities() -> None:
    """Chapter 6 of the book: 28,397 by the ratio, with a standard error of 604."""
    found = ratio_estimate(pairs(CITIES), 196, Decimal(22_919))
    assert round(found.total) == 28_397
    assert found.error is not None
    assert round(found.error) == 604
    assert found.half is not None
    assert abs(found.half - quantile(48) * found.error) < Decimal("1e-20")


def test_cochrans_cities_without_the_auxiliary() -> None:
    sample = [(y, Decimal(1)) for y, _ in pairs(CITIES)]
    assert ratio_estimate(sample, 196, Decimal(196)).total == 25_048


def test_the_trees() -> None:
    """As solved in print: total 1,589.55, variance 8,678.564."""
    found = ratio_estimate(pairs(TREES), 250, Decimal(75))
    assert round(found.total, 2) == Decimal("1589.55")
    assert found.error is not None
    assert round(found.error**2, 2) == Decimal("8678.56")


def test_strata_with_a_finite_population() -> None:
    """The data set fpc of R's package survey: svymean gives 5.4481 with a standard error of 0.616 over 27 units."""
    strata = [(15, "2.8 4.1 6.8 6.8 9.2"), (12, "3.7 6.6 4.2")]
    found = together(
        ratio_estimate([(Decimal(y), Decimal(1)) for y in text.split()], size, Decimal(size)) for size, text in strata
    )
    assert round(found.total / 27, 4) == Decimal("5.4481")
    assert found.error is not None
    assert round(found.error / 27, 3) == Decimal("0.616")


def test_a_whole_stratum_adds_no_error() -> None:
    sample = [(Decimal(3), Decimal(1)), (Decimal(5), Decimal(2))]
    assert ratio_estimate(sample, 2, Decimal(3)) == Estimate(Decimal(8), Decimal(0), Decimal(0))
    drawn = ratio_estimate(pairs(TREES), 250, Decimal(75))
    both = together([drawn, ratio_estimate(sample, 2, Decimal(3))])
    assert both.half is not None
    assert drawn.half is not None
    assert abs(both.half - drawn.half) < Decimal("1e-30")


def test_one_unit_tells_nothing_of_its_error() -> None:
    one = ratio_estimate([(Decimal(4), Decimal(2))], 10, Decimal(20))
    assert one == Estimate(Decimal(40), None, None)
    assert together([one, ratio_estimate(pairs(TREES), 250, Decimal(75))]).half is None


amounts = st.decimals("0.01", 10_000, places=2)


@given(st.lists(amounts, min_size=2, max_size=12), amounts, st.integers(1, 100))
def test_a_fixed_ratio_has_no_error(auxiliaries: list[Decimal], ratio: Decimal, more: int) -> None:
    sample = [(x * ratio, x) for x in auxiliaries]
    whole = sum(auxiliaries) * more
    found = ratio_estimate(sample, len(sample) + more, whole)
    assert found.error is not None
    assert abs(found.total - whole * ratio) <= whole * ratio * Decimal("1e-30")
    assert found.error <= found.total * Decimal("1e-15")


@given(st.lists(st.tuples(amounts, amounts), min_size=2, max_size=12), st.integers(1, 50))
def test_the_interval_does_not_depend_on_order_or_unit(sample: list[Pair], more: int) -> None:
    size, auxiliary = len(sample) + more, Decimal(1000)
    found = ratio_estimate(sample, size, auxiliary)
    again = ratio_estimate([(y * 1000, x) for y, x in reversed(sample)], size, auxiliary)
    assert found.half is not None
    assert again.half is not None
    assert abs(again.half - found.half * 1000) <= Decimal("1e-12") * (1 + found.total)
