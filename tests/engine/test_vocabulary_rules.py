"""What the activity types post and where: each binding gives quantity × the published total, and the rules for kinds hold."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from engine_samples import EVERY, LIST, Outcome, activity, override, run, shelf

from trede.activity.quality import hold_down_quality
from trede.catalogue.bindings import bindings_for
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.standards import find_standard
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, vocabulary
from trede.intake.fields import MAPPED
from trede.kernel.amounts import milligrams
from trede.kernel.periods import Period
from trede.methods.model import shipped_methods

DUTCH = shipped_libraries()[LIST]
BINDINGS = bindings_for("co2emissiefactoren")
QUANTITY = Decimal("8196")
ELECTRIC_CAR = "personenvervoer/auto/elektrisch-grijze-stroom/voertuigkilometer"


def counted_as(kind: ActivityType, attributes: dict[str, str]) -> dict[str, str]:
    for rule in kind.substitute:
        if all(attributes[name] in allowed for name, allowed in rule.when.items()):
            attributes = {**attributes, **rule.set}
    return attributes


def test_every_binding_gives_quantity_times_total_under_the_ladder(tmp_path: Path) -> None:
    canonical = {(k.id, k.unit) for k in unit_registry().kinds.values()}
    chosen = [what for what in EVERY if (vocabulary()[what[0]].kind, what[1]) in canonical]
    rows = [activity(kind, QUANTITY, unit, note=str(n), **given) for n, (kind, unit, given) in enumerate(chosen)]
    found = run(tmp_path, rows)
    ladder = find_standard("ladder")
    posted: dict[str, int] = defaultdict(int)
    for row in found.ledger:
        if row["account"] not in ladder.heading_of:
            assert row["account"] in ladder.reason_of
            assert row["account"].startswith(("outside-scopes.", "investments-apart."))
        posted[row["record_id"]] += row["co2e"] if row["basis"] != "location" else 0
    used = set()
    for record in found.records.to_pylist():
        kind = vocabulary()[record["activity_type"]]
        slots = shipped_methods()[kind.method].slots
        if not slots or kind.id not in BINDINGS.choosing:
            continue  # zero or potentials by definition, or answered by another publisher's list
        attributes = counted_as(kind, json.loads(record["attributes"]))
        (first, *_) = BINDINGS.ordered(kind.id, attributes, "market" if "market" in slots else "main")
        factor = DUTCH.find(*first.key)
        assert factor is not None
        value = factor.total if factor.total is not None else factor.direct
        multiplier = unit_registry().multiplier(kind.kind, record["unit"], factor.unit)
        expected = milligrams(float(QUANTITY) * float(multiplier) * float(value))
        assert posted[record["record_id"]] == expected, (kind.id, attributes)
        used.add((kind.id, first.attributes))
    bound = {(activity_type, attributes) for activity_type, attributes, *_ in BINDINGS.rows}
    refused = {("distance-vehicle", "fuel=electric"), ("distance-vehicle", "fuel=hydrogen")}
    assert bound - used == refused


def test_every_usable_row_of_the_list_answers_an_activity() -> None:
    """Kilograms of gas let go and refrigerants are another matter; a passenger has no evidence of what a bus burns."""
    answers = {rows[0].key for rows in BINDINGS.rows.values()}
    left = {f.id for f in DUTCH.factors.values() if f.status == "active" and f.nature != "gas" and f.key not in answers}
    bus = "personenvervoer/openbaar-vervoer/bus"
    assert left == {f"{bus}-biodiesel-hvo100/reizigerskilometer", f"{bus}-groengas/reizigerskilometer"}


RENEWABLE = [
    ("fuel-vehicle", "fuel", "hvo100", "diesel-b7"),
    ("fuel-vehicle", "fuel", "ethanol", "petrol-e10"),
    ("fuel-vehicle-gas", "fuel", "bio-cng", "cng"),
    ("fuel-vehicle-gas", "fuel", "bio-lng", "lng"),
    ("fuel-vehicle-gas", "fuel", "hydrogen-green", "hydrogen-grey"),
    ("fuel-machinery", "fuel", "hvo30", "diesel-b7"),
    ("fuel-machinery-gas", "fuel", "bio-cng", "cng"),
    ("fuel-vessel", "fuel", "saf", "kerosene"),
    ("fuel-vessel", "fuel", "e-methanol", "methanol"),
    ("fuel-stationary", "fuel", "bio-propane", "propane"),
    ("fuel-stationary-gas", "fuel", "bio-lng", "lng"),
    ("green-gas", "origin", "average", "natural-gas"),
    ("distance-vehicle", "fuel", "hvo100", "diesel"),
    ("travel-hired-car", "fuel", "bio-cng", "cng"),
    ("travel-coach", "mode", "coach-hvo100", "coach-diesel"),
]


@pytest.mark.parametrize(("kind", "name", "renewable", "fossil"), RENEWABLE)
def test_renewable_fuel_counts_as_such_only_with_evidence(
    tmp_path: Path, kind: str, name: str, renewable: str, fossil: str
) -> None:
    base = {n: a.values[0] for n, a in vocabulary()[kind].attributes.items() if n not in (name, "delivery")}

    def posted(part: str, value: str, delivery: str) -> tuple[Outcome, dict[tuple[str, str], int]]:
        row = activity(kind, "100", **{**base, name: value, "delivery": delivery})
        outcome = run(tmp_path / part, [row])
        return outcome, outcome.accounts()

    without, as_fossil = posted("without", renewable, "none")
    assert as_fossil == posted("fossil", fossil, "none")[1]
    assert without.codes == ["renewable_without_evidence"]
    assert (without.issue(without.codes[0])["given"], without.issue(without.codes[0])["used"]) == (renewable, fossil)
    evidenced, counted = posted("with", renewable, "invoice")
    assert evidenced.codes == []
    assert sum(counted.values()) < sum(as_fossil.values())


@pytest.mark.parametrize("fuel", ["electric", "hydrogen"])
def test_kilometres_of_an_electric_car_under_control_are_refused(tmp_path: Path, fuel: str) -> None:
    found = run(tmp_path, [activity("distance-vehicle", "1000", fuel=fuel, control="controlled")])
    assert found.codes == ["factor_without_direct"]
    assert list(found.unmatched.values()) == ["factor_without_direct"]
    assert found.ledger == []


def test_an_override_cannot_bring_such_a_factor_in_either(tmp_path: Path) -> None:
    row = activity("distance-vehicle", "1000", fuel="petrol", control="controlled")
    found = run(tmp_path, [row], on=shelf(override("distance-vehicle", ELECTRIC_CAR, 2026)))
    assert found.codes == ["factor_without_direct"]
    private = activity("travel-car", "1000", fuel="electric-grey", purpose="business")
    assert run(tmp_path / "private", [private]).headings("ghg") == {"scope-3": 111_000_000, "scope-3.6": 111_000_000}


def test_kilometres_instead_of_litres_are_scope_1_and_calculated(tmp_path: Path) -> None:
    row = activity("distance-vehicle", "1000", fuel="petrol", control="controlled")
    found = run(tmp_path, [row])
    assert found.headings("ghg") == {
        "scope-1": 150_000_000, "scope-1.mobile": 150_000_000, "scope-3": 46_000_000, "scope-3.3": 46_000_000,
    }  # fmt: skip
    other = activity("travel-car", "1000", purpose="business")
    table = hold_down_quality(_mapped(row, {**row, "quality": "estimated"}, {**row, "quality": None}, other))
    assert table["quality"].to_pylist() == ["calculated", "estimated", None, "measured"]


def _mapped(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in MAPPED.names} for row in rows], schema=MAPPED)


def test_of_waste_only_the_total_counts(tmp_path: Path) -> None:
    found = run(tmp_path, [activity("waste", "2500", "kg", stream="residual-energy"), activity("waste-water", "12")])
    assert {(row["stage"], row["account"], row["co2e"]) for row in found.ledger} == {
        ("lifecycle", "waste.incineration.lifecycle", 95_000_000),
        ("lifecycle", "waste.water.lifecycle", 315_240_000),
    }
    assert found.headings("ghg") == {"scope-3": 410_240_000, "scope-3.5": 410_240_000}
    assert found.headings("iso") == {"category-4": 410_240_000}
    assert found.headings("ladder") == {"scope-3": 410_240_000, "scope-3.waste": 410_240_000}


@pytest.mark.parametrize(
    ("purpose", "ladder", "ghg", "iso"),
    [
        ("business", "business-travel", "scope-3.6", "category-3"),
        ("commuting", "scope-3.commuting", "scope-3.7", "category-3"),
        ("subcontractor", "scope-3.subcontractors", "scope-3.1", "category-4"),
    ],
)
def test_the_purpose_decides_where_travel_stands(tmp_path: Path, purpose: str, ladder: str, ghg: str, iso: str) -> None:
    kinds = [kind for kind in vocabulary().types.values() if kind.id.startswith("travel-") and not kind.posts]
    at_home = {kind for kind, *_ in BINDINGS.rows}
    for year, asked in (
        (2026, [kind for kind in kinds if kind.id in at_home]),
        (2025, [kind for kind in kinds if kind.id not in at_home]),  # of the British list, which goes to 2025
    ):
        assert asked
        rows = []
        for kind in asked:
            first = {name: a.values[0] for name, a in kind.attributes.items()}
            rows.append(activity(kind.id, "100", when=date(year, 3, 14), **{**first, "purpose": purpose}))
        found = run(tmp_path / str(year), rows, Period.year(year))
        assert found.unmatched == {}
        total = sum(row["co2e"] for row in found.ledger)
        assert total > 0
        for standard, heading in (("ladder", ladder), ("ghg", ghg), ("iso", iso)):
            assert found.under(standard, "market").line(heading).mg == total
        assert len({find_standard("ghg").heading_of[row["account"]] for row in found.ledger}) == 1


def test_freight_that_is_paid_for_is_category_4(tmp_path: Path) -> None:
    found = run(tmp_path, [activity("freight", "48000", mode="truck-lhv")])  # 0.085, but 0.067 + 0.021
    assert found.accounts() == {
        ("freight.road.direct", "none"): 3_216_000_000,
        ("freight.road.upstream", "none"): 1_008_000_000,
        ("freight.road.rounding", "none"): -144_000_000,
    }
    for standard, heading in (("ladder", "scope-3.freight"), ("ghg", "scope-3.4"), ("iso", "category-3")):
        assert found.under(standard, "market").line(heading).mg == 4_080_000_000


def test_own_power_with_its_certificates_sold_is_as_bought_on_the_market_basis(tmp_path: Path) -> None:
    found = run(tmp_path, [activity("own-generation-sold", "1000")])
    group = "purchased-electricity.certificates-sold"
    assert found.accounts() == {
        (f"{group}.direct", "market"): 401_000_000,
        (f"{group}.upstream", "market"): 82_000_000,
    }
    assert found.accounts("energy_j") == dict.fromkeys(
        ((f"{group}.direct", "location"), (f"{group}.direct", "market")), 3_600_000_000
    )
    covering = activity("certificates", "400", technology="wind", proof="cancelled")
    covered = run(tmp_path / "covered", [activity("own-generation-sold", "1000"), covering])
    assert covered.accounts()[f"{group}.direct", "market"] == 600 * 401_000


def test_a_type_that_no_bound_list_has_counts_with_a_chosen_factor_only(tmp_path: Path) -> None:
    assert run(tmp_path, [activity("cold", "10", "GJ")]).codes == ["factor_unbound"]


def test_green_gas_has_biogenic_carbon_and_no_direct_emissions(tmp_path: Path) -> None:
    found = run(tmp_path, [activity("green-gas", "1000", origin="average", reading="billed", delivery="certificate")])
    assert found.accounts() == {("stationary-combustion.green-gas.upstream", "none"): 305_000_000}
    assert found.accounts("biogenic_co2") == {("stationary-combustion.green-gas.direct", "none"): 1_779_000_000}
