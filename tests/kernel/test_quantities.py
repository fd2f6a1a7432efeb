"""Units convert exactly, there and back, as a second library has them, and never out of their kind."""

from decimal import Decimal

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trede.catalogue.units import unit_registry
from trede.kernel.errors import TredeError
from trede.kernel.quantities import QUANTUM

REGISTRY = unit_registry()
EVERY_UNIT = sorted({(kind, unit.id) for (kind, _), unit in REGISTRY.units.items() if not REGISTRY.kinds[kind].apart})
PAIRS = [(kind, unit, other) for kind, unit in EVERY_UNIT for same, other in EVERY_UNIT if kind == same]

PINT = {
    "l": "litre", "m3": "metre**3", "gal-us": "gallon", "gal-uk": "imperial_gallon", "kWh": "kWh", "MWh": "MWh",
    "Wh": "Wh", "GWh": "GWh", "GJ": "GJ", "MJ": "MJ", "kg": "kg", "g": "g", "t": "tonne", "km": "km", "mi": "mile",
    "Ml": "megalitre", "h": "hour", "pkm": "count * km", "pmi": "count * mile", "tkm": "tonne * km",
    "short-ton": "US_ton", "short-ton-mi": "US_ton * mile",
    "m2": "meter**2", "ha": "hectare", "sq-ft": "foot**2", "kgCO2e": "kg", "tCO2e": "tonne", "gCO2e": "g", "ft3": "foot**3",
    "lb": "pound", "long-ton": "UK_ton", "TEU": "count",
}  # fmt: skip
UNKNOWN_TO_PINT = {"Nm3", "kg-ds", "VE", "room-night", "scf", "unit", "journey", "n", "person"}
"""Normal cubic metre, dry matter, pollution unit, night in a hotel, standard cubic foot, counts: each alone in its kind."""


@given(st.sampled_from(PAIRS), st.decimals(-(10**9), 10**9, places=6))
def test_there_and_back(pair: tuple[str, str, str], quantity: Decimal) -> None:
    kind, unit, other = pair
    there = REGISTRY.convert(quantity, kind, unit, other)
    back = REGISTRY.convert(there, kind, other, unit)
    assert back.quantize(QUANTUM) == quantity
    assert abs(back - quantity) <= abs(quantity) * Decimal("1e-50")


@pytest.mark.parametrize(("kind", "unit"), EVERY_UNIT)
def test_each_unit_as_pint_has_it(kind: str, unit: str) -> None:
    canonical = REGISTRY.kinds[kind].unit
    if unit in UNKNOWN_TO_PINT:
        assert canonical == unit
        assert REGISTRY.names(kind) == [unit]
        return
    if unit == "FEU":
        assert REGISTRY.multiplier(kind, unit, canonical) == 2  # forty feet are two of twenty
        return
    assert unit in PINT, "give its name in pint, or add it to those that pint does not know"
    oracle = pint.UnitRegistry(non_int_type=Decimal)
    expected = oracle.Quantity(Decimal(1), PINT[unit]).to(PINT[canonical]).magnitude
    near = expected * Decimal("1e-25")  # pint works with 28 digits
    assert abs(REGISTRY.multiplier(kind, unit, canonical) - expected) <= near
    assert abs(REGISTRY.convert(Decimal(3), kind, unit, canonical) - 3 * expected) <= 3 * near


@pytest.mark.parametrize(("kind", "unit", "other"), PAIRS)
def test_multipliers_are_each_other_s_inverse(kind: str, unit: str, other: str) -> None:
    product = REGISTRY.multiplier(kind, unit, other) * REGISTRY.multiplier(kind, other, unit)
    assert abs(product - 1) < Decimal("1e-25")


def test_units_are_found_by_alias_within_their_kind_only() -> None:
    assert REGISTRY.require("liquid-volume", " M³ ").id == "m3"
    assert REGISTRY.require("passenger-distance", "km").id == "pkm"
    assert REGISTRY.require("vehicle-distance", "km").id == "km"
    assert REGISTRY.find("gas-volume-normal", "m3") is None
    assert REGISTRY.find("electricity", "MJ") is None
    assert REGISTRY.find("heat", "MWh") != REGISTRY.find("electricity", "MWh")


def test_units_that_are_no_multiples_never_convert() -> None:
    assert REGISTRY.multiplier("money", "USD", "usd") == 1
    assert REGISTRY.convert(Decimal("1.23"), "money", "€", "EUR") == Decimal("1.23")
    for convert in (
        lambda: REGISTRY.multiplier("money", "USD", "EUR"),
        lambda: REGISTRY.convert(Decimal(1), "money", "GBP", "EUR"),
    ):
        with pytest.raises(TredeError) as caught:
            convert()
        assert [issue.code for issue in caught.value.issues] == ["unit_apart"]


def test_an_unknown_unit_names_those_that_are_known() -> None:
    with pytest.raises(TredeError) as caught:
        REGISTRY.convert(Decimal(1), "electricity", "kWh", "vat")
    (issue,) = caught.value.issues
    assert issue.code == "unit_unknown"
    assert issue.values == {"unit": "vat", "kind": "electricity", "allowed": ["kWh", "GWh", "MWh", "Wh"]}
