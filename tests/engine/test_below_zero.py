"""Less than nothing: over the whole calendar year, inside the boundary, across units."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from engine_samples import Outcome, activity

from trede.engine.cutting import Cutting
from trede.kernel.periods import Period

Calculate = Callable[..., Outcome]
SECOND_HALF = Period(date(2026, 7, 1), date(2026, 12, 31))


def power(quantity: str, unit: str = "kWh", **given: Any) -> dict[str, Any]:
    return activity("electricity", quantity, unit, **{"meter": "m", **given})


def test_a_credit_of_a_purchase_earlier_in_the_year_is_no_error(calculate: Calculate) -> None:
    rows = [power("100", when=date(2026, 2, 1)), power("-100", when=date(2026, 9, 1))]
    assert calculate(rows, period=SECOND_HALF).codes == []


def test_a_credit_of_another_year_is_an_error_in_every_part_of_its_year(calculate: Calculate) -> None:
    rows = [power("100", when=date(2025, 12, 31)), power("-100", when=date(2026, 2, 1)), power("5")]
    for period in (Period.year(2026), SECOND_HALF):
        found = calculate(rows, period=period).issue("below_zero")
        assert (found["year"], found["quantity"], found["unit"]) == (2026, "-95", "kWh")


def test_a_purchase_before_control_does_not_pay_for_a_credit_after_it(calculate: Calculate) -> None:
    cutting = Cutting(controlled={"firm": (Period(date(2026, 6, 1), date(2026, 12, 31)),)})
    rows = [power("100", when=date(2026, 2, 1)), power("-100", when=date(2026, 9, 1))]
    assert calculate(rows, cutting=cutting).issue("below_zero")["quantity"] == "-100"
    gone = Cutting(controlled={"firm": (Period(date(2020, 1, 1), date(2026, 6, 1)),)})
    assert "below_zero" not in calculate(rows, cutting=gone).codes  # the credit is not ours


def test_units_of_one_kind_are_added_up(calculate: Calculate) -> None:
    assert calculate([power("1", "MWh"), power("-1000")]).codes == []
    found = calculate([power("1", "MWh"), power("-1.5", "MWh"), power("200")]).issue("below_zero")
    assert (found["quantity"], found["unit"]) == ("-300", "kWh")


def test_what_cutting_rounds_is_not_lacking(calculate: Calculate) -> None:
    winter = (date(2025, 11, 3), date(2026, 2, 14))
    rows = [power("0.1", "MWh", when=winter), power("-100", when=winter)]
    for year in (2025, 2026):
        assert "below_zero" not in calculate(rows, period=Period.year(year)).codes


def test_power_bought_in_one_country_is_not_credited_in_another(calculate: Calculate) -> None:
    found = calculate([power("100"), power("-40", geography="BE")]).issue("below_zero")
    assert (found["geography"], found["quantity"]) == ("BE", "-40")
