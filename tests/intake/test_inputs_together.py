"""Figures of one row that hang together: needed with an attribute, or not larger than another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from trede.catalogue.inputs import Input
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.periods import Period

NAME = {"nl": "x", "en": "x"}


@pytest.mark.parametrize(
    ("attributes", "given", "wanted"),
    [
        ({"lifetime": "uses"}, {"power_per_use": "1", "uses_per_life": "5"}, []),
        ({"lifetime": "uses"}, {"power_per_use": "1"}, ["uses_per_life"]),
        ({"lifetime": "years"}, {"power_per_use": "1", "uses_per_year": "2"}, ["lifetime_years"]),
        ({"lifetime": "dates"}, {"power_per_use": "1", "uses_per_year": "2"}, []),
        ({"lifetime": "dates"}, {"uses_per_year": "2"}, ["power_per_use"]),
    ],
)  # fmt: skip
def test_what_is_needed_follows_from_the_attributes(
    attributes: dict[str, str], given: dict[str, str], wanted: list[str]
) -> None:
    kind = vocabulary()["product-power"]
    missing = [name for name, declared in kind.inputs.items() if declared.needed_with(attributes) and name not in given]
    assert missing == wanted


def test_a_part_is_not_heavier_than_the_whole() -> None:
    given = {"part_mass": Decimal(30), "whole_mass": Decimal(20)}
    for ident in ("intermediate-power", "intermediate-emissions"):
        assert [facts["part"] for facts in vocabulary()[ident].excess(given)] == ["part_mass"]
    remainder = {"producer_factor": Decimal("6.1"), "cradle_factor": Decimal(6)}
    assert list(vocabulary()["hybrid-remainder"].excess(remainder))


def test_an_input_says_one_thing_of_what_is_not_given() -> None:
    with pytest.raises(ValueError, match="neither optional"):
        Input.model_validate({"name": NAME, "whole": True, "optional": True})
    with pytest.raises(ValueError, match="needed_when"):
        Input.model_validate({"name": NAME, "needed_when": {"a": ["b"]}})


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), Decimal(1)),
        (date(2026, 3, 14), date(2036, 3, 13), Decimal(10)),
        (date(2024, 2, 29), date(2025, 2, 28), Decimal(1)),
        (date(2024, 2, 29), date(2028, 2, 28), Decimal(4)),
        (date(2026, 1, 1), date(2026, 1, 1), Decimal(1) / 365),
        (date(2028, 1, 1), date(2028, 7, 1), Decimal(183) / 366),
        (date(2026, 1, 1), date(2028, 7, 1), 2 + Decimal(183) / 366),
    ],
)
def test_the_length_of_a_life_in_calendar_years(start: date, end: date, years: Decimal) -> None:
    assert abs(Period(start, end).calendar_years - years) < Decimal("1e-20")
