"""Published worked examples of the arithmetic itself: units, products, sums of gases, roundings.

Sources: US EPA, Emission Factors for Greenhouse Gas Inventories (9 March 2018), table 1, and the revision history of its
equivalencies calculator; NZ Ministry for the Environment, Measuring Emissions Catalogue, tables 3.2 and 5; UK DESNZ
conversion factors split by gas (a third party's copy, edition not stated); Microsoft Learning IC-002T00, lab 3.
"""

from decimal import Decimal

import pytest

from trede.kernel.amounts import milligrams, milligrams_exact, shown
from trede.kernel.gases import GAS_COLUMNS
from trede.methods.evaluate import evaluate
from trede.methods.formula import parse

PRODUCT = parse("quantity * main.total")

# name: heat content in mmBtu per unit; then per gas the factor per mmBtu, the published product and half its last digit
FUELS = {
    "anthracite": ("25.09", ("103.69", "2602", "0.5"), ("11", "276", "0.5"), ("1.6", "40", "0.5")),
    "bituminous": ("24.93", ("93.28", "2325", "0.5"), ("11", "274", "0.5"), ("1.6", "40", "0.5")),
    "sub-bituminous": ("17.25", ("97.17", "1676", "0.5"), ("11", "190", "0.5"), ("1.6", "28", "0.5")),
    "lignite": ("14.21", ("97.72", "1389", "0.5"), ("11", "156", "0.5"), ("1.6", "23", "0.5")),
    "mixed, commercial": ("21.39", ("94.27", "2016", "0.5"), ("11", "235", "0.5"), ("1.6", "34", "0.5")),
    "mixed, power": ("19.73", ("95.52", "1885", "0.5"), ("11", "217", "0.5"), ("1.6", "32", "0.5")),
    "mixed, industrial": ("22.35", ("94.67", "2116", "0.5"), ("11", "246", "0.5"), ("1.6", "36", "0.5")),
    "peat": ("8.0", ("111.84", "895", "0.5"), ("32", "256", "0.5"), ("4.2", "34", "0.5")),
    "natural gas": ("0.001026", ("53.06", "0.05444", "0.000005"), ("1.0", "0.00103", "0.000005")),
}


@pytest.mark.parametrize("name", FUELS)
def test_heat_content_times_factor(name: str) -> None:
    heat, *gases = FUELS[name]
    assert gases
    for factor, published, half in gases:
        values = {"quantity": Decimal(heat), "main.total": Decimal(factor)}
        exact = milligrams_exact(evaluate(PRODUCT, values))
        assert abs(Decimal(exact) / 10**6 - Decimal(published)) <= Decimal(half)
        assert milligrams(float(heat) * float(factor)) == exact


# name: CO2, CH4 and N2O in kg CO2e per unit, the published sum, half of its last digit (three of them for rounded parts)
SUMS = {
    "diesel, commercial": ("2.66380534", "0.0102388965", "0.0058142305", "2.679858468", "0.000000003"),
    "coal, lignite": ("1.420447873", "0.0040579866", "0.0057608917", "1.430266751", "0.000000003"),
    "coal, sub-bituminous": ("1.991009477", "0.0057572401", "0.0081732248", "2.004939942", "0.000000003"),
    "heavy fuel oil": ("3.036601404", "0.0108366525", "0.0061536705", "3.053591727", "0.000000003"),
    "natural gas, GJ": ("54.05790879", "0.126", "0.02385", "54.20775879", "0.000000003"),
    "natural gas, kWh": ("0.1946084717", "0.0004536", "0.00008586", "0.1951479317", "0.000000003"),
    "grid 2020": ("0.1185907619", "0.0029089182", "0.0001918553", "0.1216915353", "0.0000000003"),
    "grid 2022": ("0.0790391248", "0.0027617069", "0.0000940788", "0.0818949105", "0.0000000003"),
    "grid 2023": ("0.0741168037", "0.0024372846", "0.000076146", "0.0766302343", "0.0000000003"),
    "grid 2024": ("0.0981990601", "0.0027303581", "0.0001895301", "0.1011189484", "0.0000000003"),
    "small car, km": ("0.12995", "0.00036", "0.00032", "0.13063", "0.000011"),
    "coach, passenger-km": ("0.02727", "0.00001", "0.00048", "0.02776", "0.000011"),
    "rigid lorry, km": ("0.82844", "0.00019", "0.00888", "0.83751", "0.000011"),
}
MANY = 10**6


@pytest.mark.parametrize("name", SUMS)
def test_a_sum_of_gases_is_the_published_total(name: str) -> None:
    *gases, total, tolerance = SUMS[name]
    columns = dict(zip(("co2", "ch4", "n2o"), gases, strict=True))
    assert set(columns) <= set(GAS_COLUMNS)
    mg = {gas: milligrams(MANY * float(factor)) for gas, factor in columns.items()}
    assert mg == {gas: milligrams_exact(MANY * Decimal(factor)) for gas, factor in columns.items()}
    published = MANY * Decimal(total) * 10**6
    assert abs(sum(mg.values()) - published) <= MANY * Decimal(tolerance) * 10**6


def test_a_half_is_shown_away_from_zero() -> None:
    gallons, tonnes = Decimal(8500), Decimal("8.81e-3")
    mg = milligrams_exact(evaluate(PRODUCT, {"quantity": gallons, "main.total": tonnes * 1000}))
    assert mg == 74_885_000_000
    assert shown(mg, decimals=2) == Decimal("74.89")


def test_miles_to_kilowatt_hours() -> None:
    driven = {"quantity": Decimal("7484.724"), "main.total": Decimal("0.49")}
    power = evaluate(PRODUCT, driven)
    assert power == Decimal("3667.51476")
    assert abs(power - Decimal("3667.515")) <= Decimal("0.0005")
