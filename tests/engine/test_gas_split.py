"""Factors that the publisher splits by gas: posted gas by gas, under the GWP set of the run."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from engine_samples import LIST, Outcome, activity, override, pin, shelf
from test_oracle import check_rows, check_totals
from test_second_engine import compile_found, ledger, on_datafusion, tables

from trede.catalogue.factor import Factor
from trede.catalogue.gwp import GWP_SETS, gwp_set
from trede.catalogue.library import Library, build_library
from trede.catalogue.shelves import shipped_libraries
from trede.kernel.amounts import milligrams
from trede.kernel.content import content_hash
from trede.kernel.gases import GAS_COLUMNS
from trede.kernel.issues import Location
from trede.kernel.periods import Period
from trede.methods.model import Method, shipped_methods

BRITISH = "desnz-2024"
Y2024 = Period.year(2024)
PETROL_CAR = "passenger-vehicles/cars-by-size/average-car-petrol/km"
DIESEL_CAR = "passenger-vehicles/cars-by-size/average-car-diesel/km"
"""Its gases do not add up to the published value: what they leave is negative and stands in `unsplit`."""

CAR = {"co2": "0.16382", "ch4": "0.000012857143", "n2o": "0.000001207547"}
"""kg of each gas a kilometre: the British list of 2024 prints 0.16382, 0.00036 and 0.00032 kg CO2e, under AR5."""

POTENTIALS = {
    "AR4": {"co2": "1", "ch4": "25", "n2o": "298"},
    "AR5": {"co2": "1", "ch4": "28", "n2o": "265"},
    "AR6": {"co2": "1", "ch4": "27", "n2o": "273"},
}
"""The values of the three IPCC reports; methane of combustion."""


def driven(quantity: str, fuel: str = "petrol", **given: Any) -> dict[str, Any]:
    """Return kilometres of a private car on business."""
    return activity("travel-car", quantity, **{"fuel": fuel, "purpose": "business", "when": date(2024, 3, 14), **given})


def british(**fuels: str) -> Any:
    """Let factors of the British list answer for private cars of some fuels, and the Dutch list for the rest."""
    chosen = [
        override("travel-car", factor, 2024, library=BRITISH, attributes={"fuel": fuel})
        for fuel, factor in fuels.items()
    ]
    return shelf(*chosen)


def gases(row: dict[str, Any]) -> dict[str, int]:
    return {gas: row[gas] for gas in GAS_COLUMNS if row[gas]}


@pytest.mark.parametrize("name", GWP_SETS)
def test_a_car_by_gas_under_each_set(calculate, name: str) -> None:
    found = calculate([driven("1234.5")], period=Y2024, on=british(petrol=PETROL_CAR), gwp=name)
    (row,) = found.ledger
    per_km = {gas: (Decimal(kg) * Decimal(POTENTIALS[name][gas])).quantize(Decimal("1e-9")) for gas, kg in CAR.items()}
    assert gases(row) == {gas: milligrams(1234.5 * float(kg)) for gas, kg in per_km.items()}
    assert row["co2e"] == sum(gases(row).values())
    assert row["gwp_basis"] == name
    check_rows(found)
    check_totals(found)


def test_under_the_publishers_own_set_the_published_value_comes_out(calculate) -> None:
    found = calculate([driven("1000")], period=Y2024, on=british(petrol=PETROL_CAR), gwp="AR5")
    assert gases(found.ledger[0]) == {"co2": 163_820_000, "ch4": 360_000, "n2o": 320_000}
    assert found.ledger[0]["co2e"] == 164_500_000  # 1,000 km × the published 0.1645


def test_what_the_gases_leave_of_a_value_is_the_same_under_every_set(calculate) -> None:
    for name in GWP_SETS:
        found = calculate([driven("1000", "diesel")], period=Y2024, on=british(diesel=DIESEL_CAR), gwp=name)
        assert found.ledger[0]["unsplit"] == -4_637
        check_rows(found)


def test_a_value_without_gases_stays_as_published_under_every_set(calculate) -> None:
    """The Dutch list gives CO2e only: no set changes it, and the basis stays the publisher's."""
    for name in GWP_SETS:
        found = calculate([driven("100", when=date(2026, 3, 14))], gwp=name)
        assert {tuple(gases(row)) for row in found.ledger} == {("unsplit",)}
        assert {row["gwp_basis"] for row in found.ledger} == {shipped_libraries()[LIST].papers.gwp_basis}


def mixed(calculate, name: str = "AR5") -> Outcome:
    """Split and unsplit factors, credits, units and sites side by side."""
    chance = random.Random(3)  # noqa: S311
    fuels = ["petrol", "diesel", "lpg"]
    rows = [
        driven(
            str(Decimal(chance.randrange(-(10**8), 10**8)).scaleb(-chance.choice([0, 3, 6]))),
            fuels[n % 3],
            unit=chance.choice(["km", "mi"]),
            site=chance.choice([None, "north"]),
            note=str(n),
        )
        for n in range(120)
    ]
    factors = {"petrol": PETROL_CAR, "diesel": DIESEL_CAR}
    chosen = [override("travel-car", f, 2024, library=BRITISH, attributes={"fuel": k}) for k, f in factors.items()]
    return calculate(rows, period=Y2024, on=shelf(*chosen, pin(2024)), gwp=name)


def test_split_and_unsplit_side_by_side_and_on_a_second_engine(calculate) -> None:
    found = mixed(calculate)
    assert {row["gwp_basis"] for row in found.ledger} == {"AR5", shipped_libraries()[LIST].papers.gwp_basis}
    assert {gas for row in found.ledger for gas in gases(row)} == {"co2", "ch4", "n2o", "unsplit"}
    check_rows(found)
    check_totals(found)
    again = ledger(on_datafusion(compile_found(found).select, tables(found, Y2024)))
    assert content_hash(again) == found.result.ledger_content


def test_a_credit_note_cancels_its_invoice_in_every_gas(calculate) -> None:
    for name in GWP_SETS:
        found = calculate(
            [driven("1234.567"), driven("-1234.567")], period=Y2024, on=british(petrol=PETROL_CAR), gwp=name
        )
        sums = {gas: sum(row[gas] for row in found.ledger) for gas in (*GAS_COLUMNS, "co2e")}
        assert set(sums.values()) == {0}


def own(**change: Any) -> Library:
    """Return a library of one car with direct, upstream and total, split as told; its publisher divided by AR5."""
    official = shipped_libraries()[BRITISH]
    given = official.factors[PETROL_CAR].model_dump() | {"name": "own car", "id": "x/y/own-car/km"}
    given |= {"category": "x", "subcategory": "y", "direct": "0.2", "upstream": "0.05", "total": "0.251", "gases": {}}
    factor = Factor.model_validate(given | change)
    papers = official.papers.model_copy(update={"id": "own", "publisher": "own", "kind": "own", "source_file": None})
    return build_library(papers, [(Location("own", 2), factor)])


def posted(calculate, library: Library, name: str) -> dict[str, dict[str, int]]:
    """Return stage → milligrams by column of 1,000 km with the only factor of a library."""
    on = shelf(override("travel-car", "x/y/own-car/km", 2024, library=library.id), libraries=[library])
    found = calculate([driven("1000")], period=Y2024, on=on, gwp=name)
    check_rows(found)
    return {row["stage"]: gases(row) for row in found.ledger}


DIRECT = {"co2": "0.172", "ch4": "0.001"}  # 0.172 + 0.028 = 0.2 under AR5
UPSTREAM = {"co2": "0.05"}
TOTAL = {"co2": "0.223", "ch4": "0.001"}


def test_the_publishers_rounding_by_gas_when_all_its_values_are_split(calculate) -> None:
    library = own(gases={"direct": DIRECT, "upstream": UPSTREAM, "total": TOTAL})
    for name, methane in (("AR4", 25_000_000), ("AR5", 28_000_000), ("AR6", 27_000_000)):
        assert posted(calculate, library, name) == {
            "direct": {"co2": 172_000_000, "ch4": methane},
            "upstream": {"co2": 50_000_000},
            "rounding": {"co2": 1_000_000},
        }


def test_the_publishers_rounding_as_published_when_one_value_is_not_split(calculate) -> None:
    """Else the rounding would hold what another set makes of the gases, and the GHG Protocol leaves the rounding out."""
    library = own(gases={"direct": DIRECT, "total": TOTAL})
    for name, methane in (("AR5", 28_000_000), ("AR6", 27_000_000)):
        assert posted(calculate, library, name) == {
            "direct": {"co2": 172_000_000, "ch4": methane},
            "upstream": {"unsplit": 50_000_000},
            "rounding": {"unsplit": 1_000_000},
        }


def test_the_plan_keeps_kilograms_and_potentials(calculate) -> None:
    found = calculate([driven("1")], period=Y2024, on=british(petrol=PETROL_CAR), gwp="AR4")
    (row,) = found.table("plan").to_pylist()
    assert row["gas"] is None
    assert '"amounts":{"main.direct":"0.000012857143"},"column":"ch4","potential":"25"' in row["gases"]


def test_another_set_is_another_plan_and_ledger_only_for_what_is_split(calculate) -> None:
    split = {name: mixed(calculate, name).result for name in GWP_SETS}
    assert (
        len({result.ledger_content for result in split.values()}) == len({r.plan_content for r in split.values()}) == 3
    )
    whole = [calculate([driven("100", when=date(2026, 3, 14))], gwp=name).result for name in GWP_SETS]
    assert len({result.ledger_content for result in whole}) == 1


def test_a_formula_that_mixes_gases_is_refused() -> None:
    method = shipped_methods()["travel-distance"].model_dump()
    for formula in ("quantity * max(main.direct, main.upstream)", "quantity * main.direct + quantity * 1 [kg/Q]"):
        flow = {**method["flow"][0], "formula": formula, "energy": None}
        with pytest.raises(ValueError, match="not proportional"):
            Method.model_validate({**method, "flow": [flow]})


def test_the_potentials_here_are_those_of_the_sets() -> None:
    for name, values in POTENTIALS.items():
        assert {gas: gwp_set(name)[gas] for gas in values} == {gas: Decimal(value) for gas, value in values.items()}
