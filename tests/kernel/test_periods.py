"""Periods of whole days, and splitting a quantity so that nothing is lost."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trede.kernel.errors import TredeError
from trede.kernel.periods import Period, split_quantity
from trede.kernel.quantities import QUANTUM

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
PERIODS = st.builds(lambda a, b: Period(min(a, b), max(a, b)), DAYS, DAYS)
QUANTITIES = st.decimals(-(10**31), 10**31, places=6)
WEIGHTS = st.lists(st.integers(0, 400), min_size=1, max_size=30).filter(any)


@given(PERIODS)
def test_written_and_read_back(period: Period) -> None:
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("text", "start", "end", "shown"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "2024"),
        ("2022..2024", date(2022, 1, 1), date(2024, 12, 31), "2022..2024"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-02-01..2024-02-29"),
        ("2023-Q4", date(2023, 10, 1), date(2023, 12, 31), "2023-10-01..2023-12-31"),
        ("2023-H1", date(2023, 1, 1), date(2023, 6, 30), "2023-01-01..2023-06-30"),
        ("2024-03-05", date(2024, 3, 5), date(2024, 3, 5), "2024-03-05..2024-03-05"),
        ("2023-11..2024-02", date(2023, 11, 1), date(2024, 2, 29), "2023-11-01..2024-02-29"),
        ("2024-01-01..2024-12-31", date(2024, 1, 1), date(2024, 12, 31), "2024"),
    ],
)
def test_forms(text: str, start: date, end: date, shown: str) -> None:
    period = Period.parse(text)
    assert period == Period(start, end)
    assert str(period) == shown


@given(PERIODS)
def test_a_name_is_read_back(period: Period) -> None:
    assert Period.parse(period.name) == period
    assert len(period.name) <= len(str(period))


@pytest.mark.parametrize(
    "text", ["2024", "2022..2024", "2024-02", "2023-Q4", "2023-H1", "2023-07..2024-06", "2024-03-05..2024-03-06"]
)
def test_a_name_is_as_people_write_it(text: str) -> None:
    assert Period.parse(text).name == text


@given(PERIODS)
def test_months_cover_and_touch_it(period: Period) -> None:
    months = period.by_month()
    assert all(month.overlap(period) for month in months)
    assert all(a.next_day() == b.start for a, b in pairwise(months))
    assert months[0].start <= period.start
    assert period.end <= months[-1].end


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "2024-13", "2024-Q5", "2024-Q0", "2024-H3", "2024-H", "2024..", "2024-02-30", "1..2..3", "2024-"),
        *("9999", "2024..9999", "9999-12", "9999-Q4", "1989", "1989-12..2024", "2101-01-01"),
    ],
)
def test_unreadable(text: str) -> None:
    with pytest.raises(TredeError) as caught:
        Period.parse(text)
    assert [issue.code for issue in caught.value.issues] == ["period_unreadable"]


def test_reversed_is_refused() -> None:
    with pytest.raises(TredeError) as caught:
        Period.parse("2024..2022")
    assert [issue.code for issue in caught.value.issues] == ["period_reversed"]


@given(PERIODS)
def test_by_year_covers_exactly(period: Period) -> None:
    years = period.by_year()
    assert years[0].start == period.start
    assert years[-1].end == period.end
    assert all(year.start.year == year.end.year for year in years)
    assert all(a.next_day() == b.start for a, b in pairwise(years))
    assert sum(year.days for year in years) == period.days


@given(PERIODS, PERIODS)
def test_overlap_is_what_both_contain(one: Period, other: Period) -> None:
    shared = one.overlap(other)
    assert shared == other.overlap(one)
    if shared is None:
        assert one.end < other.start or other.end < one.start
    else:
        assert one.contains(shared)
        assert other.contains(shared)
        for outside in (shared.start - timedelta(1), shared.next_day()):
            day = Period(outside, outside)
            assert not (one.contains(day) and other.contains(day))


@given(QUANTITIES, WEIGHTS)
def test_parts_add_up_exactly_and_lie_within_a_millionth_of_the_ideal(quantity: Decimal, weights: list[int]) -> None:
    parts = split_quantity(quantity, weights)
    assert len(parts) == len(weights)
    assert sum(Fraction(part) for part in parts) == Fraction(quantity)
    for part, weight in zip(parts, weights, strict=True):
        assert Fraction(part) / Fraction(QUANTUM) == int(Fraction(part) / Fraction(QUANTUM))
        assert abs(Fraction(part) - Fraction(quantity) * weight / sum(weights)) < Fraction(QUANTUM)


@given(QUANTITIES, WEIGHTS)
def test_splitting_is_symmetric_in_sign(quantity: Decimal, weights: list[int]) -> None:
    parts = split_quantity(quantity, weights)
    assert split_quantity(quantity.copy_negate(), weights) == [part.copy_negate() for part in parts]


def test_the_largest_remainder_gets_the_millionth_and_the_earlier_of_equals() -> None:
    assert split_quantity(Decimal("0.000001"), [1, 2]) == [0, QUANTUM]
    assert split_quantity(Decimal("0.000002"), [1, 1, 1]) == [QUANTUM, QUANTUM, 0]
    assert split_quantity(Decimal(366), [184, 182]) == [184, 182]


@pytest.mark.parametrize("weights", [[], [0, 0], [3, -1]])
def test_weights_that_mean_nothing(weights: list[int]) -> None:
    with pytest.raises(ValueError, match=r"^\["):
        split_quantity(Decimal(1), weights)
