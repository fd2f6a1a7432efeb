"""Hand-made bridges, each with one thing changed, and the figures worked out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from bridge_samples import (
    SHIPPED,
    by_account,
    causes,
    edition,
    everything,
    litres,
    narrowed,
    on,
    petrol_at,
    raised,
    side,
)
from engine_samples import activity, override, petrol, shelf

from trede.activity.records import identify
from trede.analysis.bridge import CAUSES, Bridge, make_bridge
from trede.analysis.counterfactual import FACTOR_COLUMNS, KEY_COLUMNS, METHOD_COLUMNS, with_method
from trede.analysis.measuring import Side
from trede.catalogue.gwp import gwp_set
from trede.catalogue.shelves import shipped_libraries
from trede.engine.cutting import Cutting
from trede.engine.plan import PLAN
from trede.kernel.errors import RunError
from trede.kernel.periods import Period
from trede.methods.model import Flow, Leg, Method, Methods, shipped_methods

DIRECT, UPSTREAM = ("mobile-combustion.petrol.direct", "none"), ("mobile-combustion.petrol.upstream", "none")
WIND = "Windkracht"
OLD, NEW = petrol_at("2.000", "0.500"), petrol_at("2.200", "0.400")

Folders = Iterator[Path]


def total_causes(bridge: Bridge) -> dict[str, int]:
    return causes(everything(bridge))


def test_every_cause_has_its_place_and_every_column_of_a_plan_is_of_one_kind() -> None:
    assert CAUSES == ("corrections", "boundary", "method", "gwp", "factors", "activity")
    assert sorted([*KEY_COLUMNS, *METHOD_COLUMNS, *FACTOR_COLUMNS]) == sorted(PLAN.names)


def test_a_side_beside_itself_has_no_difference(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2026), activity("electricity", "500")], 2026, on(SHIPPED, 2026))
    bridge = make_bridge(one, one)
    assert {row.what for row in bridge.rows} == {"before", "after"}
    assert everything(bridge).before == everything(bridge).after > 0


def test_only_litres_changed_is_all_activity(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2024)], 2024, on(OLD, 2024))
    two = side(next(folders), [litres("1300", 2025)], 2025, on(OLD, 2025))
    bridge = make_bridge(one, two)
    assert total_causes(bridge) == {"activity": 300 * 2_500_000}
    assert causes(by_account(bridge)[DIRECT]) == {"activity": 300 * 2_000_000}


def test_only_the_factor_changed_is_all_factors(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2024)], 2024, on(OLD, 2024))
    two = side(next(folders), [litres("1000", 2025)], 2025, on(NEW, 2025))
    bridge = make_bridge(one, two)
    assert causes(by_account(bridge)[DIRECT]) == {"factors": 200_000_000}
    assert causes(by_account(bridge)[UPSTREAM]) == {"factors": -100_000_000}
    assert total_causes(bridge) == {"factors": 100_000_000}


def test_both_changed_is_shared_evenly_whatever_the_order(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2024)], 2024, on(OLD, 2024))
    two = side(next(folders), [litres("1300", 2025)], 2025, on(NEW, 2025))
    bridge = make_bridge(one, two)
    # direct: 2.0 → 2.2 kg/l over (1000 + 1300) / 2 litres; 300 litres at (2.0 + 2.2) / 2 kg/l
    assert causes(by_account(bridge)[DIRECT]) == {"factors": 230_000_000, "activity": 630_000_000}
    # upstream: −0.1 × 1150 and 300 × 0.45
    assert causes(by_account(bridge)[UPSTREAM]) == {"factors": -115_000_000, "activity": 135_000_000}
    # Swapping what changed swaps the shares: the factor as the activity and the activity as the factor.
    swapped = make_bridge(
        side(next(folders), [litres("2000", 2024)], 2024, on(petrol_at("1.000", "0.500"), 2024)),
        side(next(folders), [litres("2200", 2025)], 2025, on(petrol_at("1.300", "0.500"), 2025)),
    )
    assert causes(by_account(swapped)[DIRECT]) == {"factors": 630_000_000, "activity": 230_000_000}


def test_half_a_milligram_goes_to_activity(folders: Folders) -> None:
    # 0 l at first and 1 ml later: from 2 to 2.001 kg/l is 1 mg for that millilitre, half of it the factor's.
    rows = [litres("0.001", 2025)]
    one = side(next(folders), [litres("0", 2024)], 2024, on(petrol_at("2.000", "0.500"), 2024))
    two = side(next(folders), rows, 2025, on(petrol_at("2.001", "0.500"), 2025))
    assert causes(by_account(make_bridge(one, two))[DIRECT]) == {"activity": 2_001}
    back = make_bridge(two, one)
    assert causes(by_account(back)[DIRECT]) == {"activity": -2_001}
    assert back.turned


def test_a_key_on_one_side_only_is_activity_with_its_own_factor(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2024)], 2024, on(OLD, 2024))
    two = side(next(folders), [litres("1000", 2025, fuel="diesel-b7")], 2025, on(NEW, 2025))
    bridge = make_bridge(one, two)
    steps = everything(bridge)
    assert causes(steps) == {"activity": steps.after - 2_500_000_000}
    # So is the same fuel in another unit: the unit is of the key.
    other = side(next(folders), [litres("1", 2025, unit="m3")], 2025, on(NEW, 2025))
    assert total_causes(make_bridge(one, other)) == {"activity": 100_000_000}


def test_a_factor_that_was_missing_is_of_the_factors(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2024)], 2024, on(OLD, 2020), "1")
    two = side(next(folders), [litres("1000", 2024)], 2024, on(OLD, 2024), "2")
    assert one.run.table("unmatched").num_rows == 1
    assert total_causes(make_bridge(one, two)) == {"factors": 2_500_000_000}


def test_an_entity_that_came_is_boundary_at_the_factors_of_before(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2024)], 2024, on(OLD, 2024))
    bought = [litres("1000", 2025), litres("200", 2025, entity="daughter")]
    two = side(next(folders), bought, 2025, on(NEW, 2025))
    bridge = make_bridge(one, two)
    assert causes(by_account(bridge)[DIRECT]) == {"boundary": 400_000_000, "factors": 240_000_000}
    by_entity = bridge.group(lambda place: place.entity)
    assert causes(by_entity["daughter"]) == {"boundary": 500_000_000, "factors": 20_000_000}
    # And one that went leaves with what it had.
    gone = side(next(folders), [litres("1000", 2026)], 2026, on(NEW, 2026))
    assert total_causes(make_bridge(two, gone)) == {"boundary": -520_000_000}


def test_a_site_that_closes_is_activity(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2024), litres("50", 2024, site="south")], 2024, on(OLD, 2024))
    two = side(next(folders), [litres("1000", 2025)], 2025, on(OLD, 2025))
    bridge = make_bridge(one, two)
    assert total_causes(bridge) == {"activity": -125_000_000}
    assert causes(bridge.group(lambda place: place.site or "")["south"]) == {"activity": -125_000_000}


def test_what_differs_within_one_period_is_a_correction(folders: Folders) -> None:
    kept = [litres("1000", 2024, document="1")]
    one = side(next(folders), [*kept, litres("10", 2024, document="2")], 2024, on(OLD, 2024), "1")
    mended = [*kept, litres("12", 2024, document="2"), litres("5", 2024, document="3")]
    two = side(next(folders), mended, 2024, on(NEW, 2024), "2")
    bridge = make_bridge(one, two)
    assert bridge.same_period
    # The corrections at the old factors: 12 + 5 − 10 litres; the new factors over all that stands then.
    assert causes(by_account(bridge)[DIRECT]) == {"corrections": 14_000_000, "factors": 203_400_000}
    acquired = [*kept, litres("10", 2024, document="2"), litres("5", 2024, entity="daughter")]
    restated = side(next(folders), acquired, 2024, on(OLD, 2024), "3")
    assert total_causes(make_bridge(one, restated)) == {"boundary": 12_500_000}


def with_whole_in_one() -> Methods:
    """Return the methods with a next version of fuel that posts the total as direct."""
    fuel = shipped_methods().methods["fuel-combustion"]
    flow = Flow(id="direct", stage="direct", formula="quantity * main.total", biogenic="quantity * main.biogenic")
    changed = Method(**{**fuel.model_dump(), "version": fuel.version + 1, "flow": (flow,)})
    return Methods({**shipped_methods().methods, "fuel-combustion": changed})


def test_another_method_is_method_at_the_factors_of_before(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2024)], 2024, on(OLD, 2024))
    two = side(next(folders), [litres("1000", 2025)], 2025, on(NEW, 2025), methods=with_whole_in_one())
    bridge = make_bridge(one, two)
    assert causes(by_account(bridge)[DIRECT]) == {"method": 500_000_000, "factors": 100_000_000}
    assert causes(by_account(bridge)[UPSTREAM]) == {"method": -500_000_000}
    assert total_causes(bridge) == {"factors": 100_000_000}


def shipment(document: str, kilometres: str = "100") -> dict[str, Any]:
    given = {"mode": "truck-articulated", "inputs": f'{{"distance":"{kilometres}"}}', "document": document}
    return activity("freight-shipment", "2", "t", when=date(2024, 3, 14), **given)


def with_a_detour() -> Methods:
    """Return the methods with a next version of mass × distance that adds 5 %."""
    known = shipped_methods().methods["shipment-distance"]
    leg = Leg(**{**known.leg[0].model_dump(), "formula": "quantity * distance * 1.05"})
    return Methods(
        {**shipped_methods().methods, known.id: Method(**{**known.model_dump(), "version": 2, "leg": (leg,)})}
    )


def test_another_formula_of_a_derivation_is_method_and_no_correction(folders: Folders) -> None:
    lists, kept = on(SHIPPED, 2024), [shipment("1")]
    one = side(next(folders), kept, 2024, lists, "1")
    before = everything(make_bridge(one, one)).before
    two = side(next(folders), kept, 2024, lists, "2", methods=with_a_detour())
    assert total_causes(make_bridge(one, two)) == {"method": before // 20}
    assert total_causes(make_bridge(two, one)) == {"method": -(before // 20)}
    late = side(next(folders), [*kept, shipment("2")], 2024, lists, "3", methods=with_a_detour())
    assert total_causes(make_bridge(one, late)) == {"method": before // 20, "corrections": before + before // 20}
    same = side(next(folders), [*kept, shipment("2")], 2024, lists, "4")
    assert total_causes(make_bridge(one, same)) == {"corrections": before}


def test_a_new_method_brings_the_values_that_the_old_factors_lack() -> None:
    factor = {"factor": "old", "decision": None, "unit": "l", "multiplier": "1", "gas": "unsplit", "gwp_basis": "AR5"}
    fixed = {"account": "a", "stage": "direct", "basis": "none", "flow": "direct", "minus": "[]", "reason": "{}"}
    beside = {"biogenic": None, "energy": "quantity * main.energy"}
    old = {**factor, **fixed, **beside, "method": "m@1", "formula": "quantity * main.direct"}
    old |= {"gases": None, "values": '{"main.direct": "2", "main.energy": "30"}'}
    new = {**old, "method": "m@2", "factor": "new", "values": '{"main.total": "3", "main.energy": "31"}'}
    lacking = {**new, "formula": "quantity * main.total"}
    assert with_method([old], [lacking]) == [lacking]
    twice = {**new, "formula": "quantity * main.direct * 2", "values": '{"main.direct": "3", "main.energy": "31"}'}
    (found,) = with_method([old], [twice])
    assert (found["method"], found["formula"], found["factor"]) == ("m@2", twice["formula"], "old")
    assert found["values"] == '{"main.direct": "2", "main.energy": "30"}'
    assert with_method([old], [{**old, "factor": "new"}]) == [old], "the same method: only the factor changed"


def powered(year: int, kwh: str, certificates: str = "0") -> list[dict[str, Any]]:
    """Return power and a claim of cancelled wind for a year."""
    when = (date(year, 1, 1), date(year, 12, 31))
    claim = activity("certificates", certificates, technology="wind", proof="cancelled", when=when)
    return [activity("electricity", kwh, when=when), *([claim] if certificates != "0" else [])]


def test_certificates_are_paired_by_technology_not_by_claim(folders: Folders) -> None:
    dearer = edition(
        "dearer", lambda _, f: raised(f.model_copy(update={"memo": {}}), Decimal("0.1")) if f.name == WIND else f
    )
    one = side(next(folders), powered(2024, "1000", "1000"), 2024, on(SHIPPED, 2024))
    two = side(next(folders), powered(2025, "1000", "1000"), 2025, on(dearer, 2025))
    bridge = make_bridge(one, two)
    assert causes(bridge.total(lambda place: place.basis == "location")) == {}
    market = bridge.total(lambda place: place.basis == "market")
    assert causes(market) == {"factors": 100_000_000}
    assert market.before == 0


def test_power_that_becomes_covered_is_another_key(folders: Folders) -> None:
    one = side(next(folders), powered(2024, "1000"), 2024, on(SHIPPED, 2024), "1")
    two = side(next(folders), powered(2025, "1000", "1000"), 2025, on(SHIPPED, 2025), "2")
    bridge = make_bridge(one, two)
    assert causes(bridge.total(lambda place: place.basis == "market")) == {"activity": -483_000_000}
    assert causes(bridge.total(lambda place: place.basis == "location")) == {}
    # A claim that came to light later for the same year is a correction.
    later = side(next(folders), powered(2024, "1000", "600"), 2024, on(SHIPPED, 2024), "3")
    assert total_causes(make_bridge(one, later)) == {"corrections": -289_800_000}


def test_parts_of_a_run_are_sides_too(folders: Folders) -> None:
    rows = [
        litres("100", 2025),
        activity("natural-gas", "365", reading="billed", when=(date(2025, 1, 1), date(2025, 12, 31))),
    ]
    one = side(next(folders), rows, 2025, on(SHIPPED, 2025))
    first, second = narrowed(one, "2025-H1"), narrowed(one, "2025-H2")
    bridge = make_bridge(first, second)
    petrol = by_account(bridge)[DIRECT]
    assert (petrol.before, petrol.after) == (213_900_000, 0)
    gas = by_account(bridge)["stationary-combustion.natural-gas.direct", "none"]
    whole = by_account(make_bridge(one, one))["stationary-combustion.natural-gas.direct", "none"].before
    assert gas.before + gas.after == whole
    assert gas.causes["activity"] == gas.after - gas.before > 0, "184 days against 181"


def test_years_are_paired_in_their_order(folders: Folders) -> None:
    two_years = Period.parse("2023..2024")
    one = side(next(folders), [litres("100", 2023), litres("100", 2024)], two_years, on(OLD, 2023, 2024))
    two = side(next(folders), [litres("100", 2025)], 2025, on(NEW, 2025))
    # 2023 stands beside 2025 and its factor changed; 2024 stands beside nothing and went.
    steps = everything(make_bridge(one, two))
    assert causes(steps) == {"factors": 10_000_000, "activity": -250_000_000}


def test_a_run_whose_batches_changed_is_not_compared(folders: Folders) -> None:
    one = side(next(folders), [litres("1000", 2024)], 2024, on(OLD, 2024))
    two = side(next(folders), [litres("1000", 2025)], 2025, on(OLD, 2025))
    path = one.inputs[0].path
    records = pq.read_table(path)
    pq.write_table(identify(records.drop_columns(["record_id"]).slice(0, 0), "test"), path)
    with pytest.raises(RunError) as error:
        make_bridge(one, two)
    assert error.value.issues[0].code == "bridge_run_differs"


# --- dated ownership


@pytest.mark.parametrize("moved", ["2024", "2025"])
def test_an_entity_outside_the_boundary_on_one_side_is_boundary(tmp_path: Path, moved: str) -> None:
    """Its records are there on both sides; they count on one of them only."""
    days = Period.parse("2025" if moved == "2024" else "2024")
    cutting = Cutting(controlled={"daughter": (days,)})
    sides = []
    for year in (2024, 2025):
        rows = [litres("10", year), litres("7", year, entity="daughter")]
        folder = tmp_path / str(year)
        folder.mkdir()
        sides.append(side(folder, rows, year, on(SHIPPED, 2024, 2025), cutting=cutting))
    steps = everything(make_bridge(*sides))
    assert causes(steps) == {"boundary": (1 if moved == "2024" else -1) * 7 * 2_794_000}


def test_another_description_of_the_same_days_is_boundary(tmp_path: Path) -> None:
    """The entity has other records inside on both sides; what stands outside on one of them moved, it was no correction."""
    rows = [litres("10", 2025, entity="daughter"), petrol("7", when=date(2025, 9, 1), entity="daughter")]
    sides = []
    for number, cutting in enumerate((Cutting(), Cutting(controlled={"daughter": (Period.parse("2025-H1"),)}))):
        folder = tmp_path / str(number)
        folder.mkdir()
        sides.append(side(folder, rows, 2025, on(SHIPPED, 2025), made_at=str(number), cutting=cutting))
    assert causes(everything(make_bridge(*sides))) == {"boundary": -7 * 2_794_000}
    assert causes(everything(make_bridge(sides[1], sides[0]))) == {"boundary": 7 * 2_794_000}


CAR = "passenger-vehicles/cars-by-size/average-car-petrol/km"
"""1 km in the British list of 2024: 0.16382 kg CO2, 0.36 g CO2e of methane and 0.32 g of nitrous oxide, under AR5."""


def driven(folders: Folders, kilometres: str, year: int, gwp: str, library: str = "desnz-2024") -> Side:
    """Return a year of a private car whose factor is split by gas, under a GWP set."""
    row = activity("travel-car", kilometres, fuel="petrol", purpose="business", when=date(year, 3, 14))
    chosen = override("travel-car", CAR, year, library=library)
    libraries = [shipped_libraries()[library]]
    return side(next(folders), [row], year, shelf(chosen, libraries=libraries), str(year), gwp=gwp)


def test_only_another_gwp_set_is_all_of_that_cause(folders: Folders) -> None:
    one, two = driven(folders, "1000000", 2023, "AR4"), driven(folders, "1000000", 2024, "AR6")
    bridge = make_bridge(one, two)
    nine = Decimal("1e-9")
    methane = [(Decimal("0.000012857143") * gwp).quantize(nine) for gwp in (25, 27)]
    nitrous = [(Decimal("0.000001207547") * gwp).quantize(nine) for gwp in (298, 273)]
    assert total_causes(bridge) == {"gwp": (methane[1] - methane[0] + nitrous[1] - nitrous[0]) * 10**12}
    assert total_causes(make_bridge(two, one)) == {"gwp": -total_causes(bridge)["gwp"]}


def test_a_gwp_set_that_changes_nothing_is_no_cause(folders: Folders) -> None:
    rows = [litres("1000", 2024)], [litres("1300", 2025)]
    one = side(next(folders), rows[0], 2024, on(OLD, 2024), gwp="AR4")
    two = side(next(folders), rows[1], 2025, on(NEW, 2025), "2", gwp="AR6")
    plain = make_bridge(
        side(next(folders), rows[0], 2024, on(OLD, 2024)), side(next(folders), rows[1], 2025, on(NEW, 2025), "2")
    )
    assert total_causes(make_bridge(one, two)) == total_causes(plain)
    assert set(total_causes(plain)) == {"factors", "activity"}


def test_set_factors_and_activity_together_get_their_mean_over_the_six_orders(folders: Folders) -> None:
    """Each counterfactual is calculated here by itself: kilometres × kilograms of gas × potential."""
    one = driven(folders, "1000000", 2023, "AR4", "desnz-2023")
    two = driven(folders, "1500000", 2024, "AR6")
    masses = [shipped_libraries()[name].factors[CAR].gases["direct"] for name in ("desnz-2023", "desnz-2024")]

    def amount(gwp: int, factor: int, activity_: int) -> Decimal:
        potentials = gwp_set(("AR4", "AR6")[gwp])
        split = masses[factor].items()
        per_km = sum(
            ((kg * potentials[gas]).quantize(Decimal("1e-9")) if gas != "unsplit" else kg) for gas, kg in split
        )
        return (1_000_000, 1_500_000)[activity_] * per_km * 10**6

    means = dict.fromkeys(("gwp", "factors", "activity"), Decimal(0))
    for order in itertools.permutations(range(3)):
        at = [0, 0, 0]
        for which in order:
            before = amount(*at)
            at[which] = 1
            means[("gwp", "factors", "activity")[which]] += amount(*at) - before
    bridge = make_bridge(one, two)
    found = everything(bridge)
    assert found.before == amount(0, 0, 0)
    assert found.after == amount(1, 1, 1)
    for cause, mean in means.items():
        assert abs(found.causes[cause] - mean / 6) <= 2, cause
        assert found.causes[cause] != 0


def test_a_record_that_came_late_counts_at_the_earlier_set_first(folders: Folders) -> None:
    rows = [
        activity("travel-car", kilometres, fuel="petrol", purpose="business", when=date(2024, 3, day))
        for day, kilometres in ((1, "1000000"), (2, "500000"))
    ]
    on_ = shelf(override("travel-car", CAR, 2024, library="desnz-2024"), libraries=[shipped_libraries()["desnz-2024"]])
    one = side(next(folders), rows[:1], 2024, on_, "1", gwp="AR5")
    two = side(next(folders), rows, 2024, on_, "2", gwp="AR6")
    found = total_causes(make_bridge(one, two))
    assert found["corrections"] == 82_250_000_000  # 500,000 km × 0.1645 under AR5
    assert set(found) == {"corrections", "gwp"}
