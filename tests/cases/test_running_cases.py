"""What a case calculates, and when a figure holds."""

from decimal import Decimal

import pytest
from case_samples import SMALL, changed, expecting, load, run

from trede.cases.model import Expect
from trede.kernel.issues import Severity


def got(text: str) -> Decimal:
    (comparison,) = run(text).comparisons
    return comparison.got


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (('what = "total"', 'standard = "ladder"', 'unit = "kg"'), "81"),
        (('what = "total"', 'standard = "ghg"', 'basis = "market"', 'unit = "t"'), "0.081"),
        (('what = "heading"', 'standard = "ghg"', 'basis = "location"', 'heading = "scope-1"', 'unit = "g"'), "63000"),
        (('what = "heading"', 'standard = "ghg"', 'basis = "market"', 'heading = "scope-3"', 'unit = "mg"'), "18000000"),
        (('what = "account"', 'account = "mobile-combustion.petrol.upstream"', 'unit = "kg"'), "18"),
        (('what = "biogenic"', 'unit = "kg"'), "4.5"),
        (('what = "energy"', 'unit = "MJ"'), "930"),
        (('what = "energy"', 'unit = "GJ"'), "0.93"),
    ],
)  # fmt: skip
def test_what_can_be_expected(lines: tuple[str, ...], value: str) -> None:
    text = expecting(*lines, f"value = {value}", "tolerance = 0")
    assert got(text) == Decimal(value)
    assert run(text).holds


def test_energy_in_kilowatt_hours_and_mass_in_pounds() -> None:
    assert got(expecting('what = "energy"', "value = 0", 'unit = "kWh"')) * Decimal("3.6") == pytest.approx(930)
    pounds = got(expecting('what = "total"', 'standard = "ladder"', "value = 0", 'unit = "lb"'))
    assert pounds * Decimal("0.45359237") == pytest.approx(Decimal(81))


@pytest.mark.parametrize(
    ("value", "allowed"),
    [("81", "0.5"), ("81.0", "0.05"), ("81.000", "0.0005"), ("8.10e1", "0.05"), ('"81.00"', "0.005"), ("1e3", "0.5")],
)
def test_the_printed_digits_are_the_tolerance(value: str, allowed: str) -> None:
    case = load(changed(("value = 81.0", f"value = {value}")))
    assert case.expect[0].allowed == Decimal(allowed)


@pytest.mark.parametrize(
    ("value", "tolerance", "holds"),
    [
        ("81.05", None, False), ("81.1", None, False), ("81.5", None, False), ("80.9", "0.1", True),
        ("80.9", "0.09", False), ("81.000000", "0", True), ("81.000001", "0", False), ("-81.0", None, False),
    ],
)  # fmt: skip
def test_a_difference_at_the_border_holds_and_beyond_it_does_not(
    value: str, tolerance: str | None, *, holds: bool
) -> None:
    more = f"\ntolerance = {tolerance}" if tolerance else ""
    assert run(changed(("value = 81.0", f"value = {value}{more}"))).holds is holds


def test_the_border_itself_is_half_a_digit() -> None:
    text = changed(("quantity = 20", "quantity = 20.185"))  # 30.185 l × 2.70 kg/l = 81.4995 kg
    assert run(changed(("value = 81.0", "value = 81"))).holds
    assert run(text.replace("value = 81.0", "value = 81")).holds
    assert not run(text.replace("value = 81.0", "value = 82.0")).holds
    assert run(text.replace("value = 81.0", "value = 81.499")).comparisons[0].difference == Decimal("0.0005")
    assert run(text.replace("value = 81.0", "value = 81.499")).holds


def test_a_total_of_its_own_is_published_rounding() -> None:
    text = changed(("biogenic = 0.15", "biogenic = 0.15\ntotal = 2.701"), ("value = 81.0", "value = 81.03"))
    assert run(text).holds


def test_a_factor_known_as_total_only_is_not_separable() -> None:
    text = expecting('what = "heading"', 'standard = "ghg"', 'basis = "market"', 'heading = "scope-1-not-separable"',
                     "value = 81.0", 'unit = "kg"')  # fmt: skip
    assert run(text.replace("direct = 2.10\nupstream = 0.60", "total = 2.70")).holds


def test_an_own_factor_counts_for_its_attributes_only() -> None:
    result = run(changed(('{ fuel = "petrol-e10", control', '{ fuel = "diesel-b7", control')))
    # 10 l of diesel by the list of 2026 (3.251), 20 l by the own factor
    assert result.comparisons[0].got == Decimal("86.51")


def test_without_an_own_factor_the_list_of_the_year_counts() -> None:
    text = SMALL.partition("[[factor]]")[0] + "[[activity]]" + SMALL.partition("[[activity]]")[2]
    assert got(text) == 30 * Decimal("2.794")
    other = text.replace("2026", "2024")
    result = run(other)
    assert not result.holds
    assert {issue.code for issue in result.issues} == {"factor_year_missing"}
    pinned = other.replace("years = [2024]", 'years = [2024]\npins = ["co2emissiefactoren-2026-08-20"]')
    assert got(pinned) == 30 * Decimal("2.794")


def test_a_record_that_does_not_count_fails_the_case_although_its_figure_is_zero() -> None:
    text = changed(('document = "B1"', 'geography = "BE"'), ("value = 81.0", "value = 54.0"))
    text = text.partition("[[factor]]")[0] + "[[activity]]" + text.partition("[[activity]]")[2]
    country = run(text.replace("quantity = 20", 'geography = "BE"\nquantity = 20').replace("54.0", "0"))
    assert [c.holds for c in country.comparisons] == [True]
    assert {issue.severity for issue in country.issues} == {Severity.ERROR}
    assert not country.holds


def test_warnings_are_told_and_do_not_fail() -> None:
    text = changed(("upstream = 0.60\n", ""), ("value = 81.0", "value = 63.0"))
    result = run(text)
    assert result.holds
    assert {issue.code for issue in result.issues} == {"stage_missing"}


@pytest.mark.parametrize("days", ["year = 2026", "start = 2026-01-01\nend = 2026-12-31", ""])
def test_when_a_record_was(days: str) -> None:
    assert run(changed(("date = 2026-03-14", days))).holds


def test_a_period_over_years_is_cut_at_the_case_s_years() -> None:
    days = ("date = 2026-03-14", "start = 2025-12-31\nend = 2026-01-09")  # nine of ten days in 2026
    assert got(changed(days)) == 29 * Decimal("2.70")
    both = changed(days, ("years = [2026]", 'years = [2025, 2026]\npins = ["co2emissiefactoren-2026-08-20"]'))
    assert run(both).holds


def test_a_credit_reverses_its_document() -> None:
    text = changed(("quantity = 20", 'quantity = -10\ncredit_of = "B1"'), ("value = 81.0", "value = 0.000000"))
    assert run(text).holds


def test_a_title_in_two_languages_or_one() -> None:
    assert load(SMALL).title_in("nl") == load(SMALL).title_in("en") == "Two fills"
    both = load(changed(('"Two fills"', '{ nl = "Twee", en = "Two" }')))
    assert (both.title_in("nl"), both.title_in("en")) == ("Twee", "Two")


def test_tolerance_is_never_below_zero_digits() -> None:
    assert Expect(what="energy", value=Decimal("1E+3"), unit="J").allowed == Decimal("0.5")
