"""Transport, storage, waste and end of life: who pays, what is shared, what is never lost and what is never taken along.

The figures of examples 4.3 are those of the GHG Protocol, Technical Guidance for Calculating Scope 3 Emissions v1.0 (2013),
p. 63-64 (Deutsche Post DHL).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from engine_samples import Outcome, activity, override, run, shelf

from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import vocabulary
from trede.engine.plan import Key, make_plan
from trede.factors.matching import Shelf
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period
from trede.methods.evaluate import evaluate
from trede.methods.model import shipped_methods

BRITISH = "desnz-2024"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    return (tmp_path_factory.mktemp("transport") for _ in itertools.count())


def record(kind: str, quantity: str, unit: str, figures: dict[str, str], **more: Any) -> dict[str, Any]:
    return activity(kind, quantity, unit, inputs=canonical_json(figures).decode(), **more)


def accounts(found: Outcome) -> set[str]:
    return {row["account"] for row in found.ledger}


@pytest.mark.parametrize(
    ("loads", "published", "within"),
    [
        ((240, 150, 250), ("11.8", "7.4", "12.3"), "0.05"),
        ((240, 150, 100), ("15.43", "9.64", "6.43"), "0.005"),
    ],
    ids=["driven", "great circle"],
)
def test_one_trip_shared_by_tonne_kilometres(loads: tuple[int, ...], published: tuple[str, ...], within: str) -> None:
    tree = shipped_methods().find_leg("carrier-reported", "share").tree
    trip = {"quantity": Decimal("31.5"), "total_load": Decimal(sum(loads))}
    parts = [evaluate(tree, {**trip, "own_load": Decimal(load)}) for load in loads]
    assert all(abs(part - Decimal(p)) <= Decimal(within) for part, p in zip(parts, published, strict=True))
    assert abs(sum(parts) - Decimal("31.5")) < Decimal("1e-20")


def test_who_pays_decides_the_category_and_nothing_else(folders: Iterator[Any]) -> None:
    def shipment(**more: Any) -> Outcome:
        return run(
            next(folders), [record("freight-shipment", "2", "t", {"distance": "100"}, mode="train-electric", **more)]
        )

    ours, theirs, unsaid = shipment(paid_by="us"), shipment(paid_by="others"), shipment()
    assert accounts(ours) == accounts(unsaid) == {"freight.rail.direct", "freight.rail.upstream"}
    assert accounts(theirs) == {"downstream-freight.rail.direct", "downstream-freight.rail.upstream"}
    assert sorted(row["co2e"] for row in ours.ledger) == sorted(row["co2e"] for row in theirs.ledger)


def test_a_carriers_power_takes_none_of_our_certificates(folders: Iterator[Any]) -> None:
    own = activity("electricity", "1000", "kWh")
    claim = activity("certificates", "1000", "kWh", technology="wind", proof="cancelled")
    site = record("storage-power", "4000", "kWh", {"own_volume": "1", "total_volume": "4"})
    found = run(next(folders), [own, claim, site])
    market = {row["account"]: row["co2e"] for row in found.ledger if row["basis"] == "market"}
    assert sum(mg for account, mg in market.items() if account.startswith("purchased-electricity")) == 0
    alone = {row["account"]: row["co2e"] for row in run(next(folders), [site]).ledger if row["basis"] == "market"}
    assert {account: mg for account, mg in market.items() if account.startswith("upstream-storage")} == alone
    assert sum(alone.values()) > 0


def test_a_trip_for_us_alone_needs_no_loads_and_a_shared_one_does(folders: Iterator[Any]) -> None:
    facts = {"fuel": "diesel-b7", "delivery": "none"}
    whole = run(next(folders), [record("freight-fuel", "40", "l", {}, allocation="whole", **facts)])
    loads = {"own_load": "1", "total_load": "4"}
    shared = run(next(folders), [record("freight-fuel", "160", "l", loads, allocation="volume", **facts)])
    assert sorted(r["co2e"] for r in whole.ledger) == sorted(r["co2e"] for r in shared.ledger)
    assert {account.rpartition(".")[0] for account in accounts(whole)} == {"freight.energy"}
    unsaid = run(next(folders), [record("freight-fuel", "160", "l", {}, allocation="mass", **facts)])
    assert [row["code"] for row in unsaid.table("unmatched").to_pylist()] == ["derivation_without_leg"]
    both = run(next(folders), [record("freight-fuel", "160", "l", loads, allocation="whole", **facts)])
    assert [row["code"] for row in both.table("unmatched").to_pylist()] == ["part_without_leg"]


def test_a_share_that_no_treatment_takes_is_an_open_point(folders: Iterator[Any]) -> None:
    shares = {"share_recycled": "0.5", "share_incinerated": "0.5"}
    found = run(next(folders), [record("product-end-of-life", "2", "t", shares, material="mixed")])
    assert not found.ledger
    assert [row["code"] for row in found.table("unmatched").to_pylist()] == ["share_without_leg"]
    (issue,) = (issue for issue in found.result.issues if issue.code == "share_without_leg")
    assert dict(issue.params)["shares"] == "share_recycled"


def test_the_end_of_life_counts_in_full_in_the_year_of_sale(folders: Iterator[Any]) -> None:
    sold = record(
        "product-end-of-life", "3", "t", {"share_recycled": "0.25", "share_incinerated": "0.75"}, material="plastics",
        start=Period.year(2026).start, end=Period.year(2027).end,
    )  # fmt: skip
    found = run(next(folders), [sold])
    assert sum(row["quantity"] for row in found.ledger) == 3
    assert accounts(found) == {"end-of-life.materials.lifecycle"}


@pytest.mark.parametrize("material", vocabulary()["product-end-of-life"].attributes["material"].values)
def test_each_leg_is_posted_once_for_a_material(material: str) -> None:
    legs = [p.leg for p in vocabulary()["product-end-of-life"].posts if material in p.when["material"]]
    assert legs
    assert len(legs) == len(set(legs))


def plan(kind: str, year: int, on: Shelf, **attributes: str) -> tuple[list[dict[str, Any]], set[str]]:
    unit = unit_registry().kinds[vocabulary()[kind].kind].unit
    key = Key(kind, canonical_json(attributes).decode(), unit, "NL", year)
    made = make_plan([key], vocabulary(), shipped_methods(), on)
    return made.flows.to_pylist(), {issue.code for issue in made.issues[key]}


def test_the_stage_before_use_is_a_row_with_its_own_factor() -> None:
    rows, codes = plan("freight-vehicle", 2024, Shelf(list(shipped_libraries().values())), mode="van")
    factors = {row["flow"]: row["factor"].partition("#")[2].partition("/")[0] for row in rows}
    assert factors == {"direct": "freighting-goods", "upstream-apart": "wtt-delivery-vehs-freight"}
    assert "stage_missing" not in codes


def test_a_factor_that_somebody_chose_is_not_completed() -> None:
    chosen = override(
        "freight-vehicle", "delivery-vehicles/vans/average-up-to-3-5-tonnes-diesel/km", 2024, library=BRITISH
    )
    rows, codes = plan("freight-vehicle", 2024, shelf(chosen), mode="van")
    assert [row["flow"] for row in rows] == ["direct"]
    assert "stage_missing" in codes


@pytest.mark.parametrize(("year", "name"), [(2024, "combustion"), (2025, "incineration-with-energy-recovery")])
def test_a_treatment_is_found_under_the_name_of_its_edition(year: int, name: str) -> None:
    rows, _ = plan("waste-material", year, Shelf(list(shipped_libraries().values())), stream="glass-incineration")
    assert [row["factor"] for row in rows] == [f"desnz-{year}#waste-disposal/other/glass-{name}/tonnes"]


def test_units_of_goods_are_exact() -> None:
    registry = unit_registry()
    assert registry.multiplier("mass", "lb", "kg") * 2000 == registry.multiplier("mass", "short-ton", "kg")
    assert registry.multiplier("mass", "lb", "kg") * 2240 == registry.multiplier("mass", "long-ton", "kg")
    assert registry.multiplier("goods-volume", "ft3", "m3") == (Decimal("0.3048")) ** 3
    assert registry.multiplier("containers", "FEU", "TEU") == 2


def test_the_derived_activity_keeps_its_shares_of_the_whole(folders: Iterator[Any]) -> None:
    shares = {"share_recycled_paper": "0.35", "share_composted": "0.15", "share_incinerated": "0.5"}
    found = run(next(folders), [record("waste-average", "40", "t", shares)])
    derived = {row["leg"]: row["quantity"] for row in found.table("derived").to_pylist()}
    assert derived == {"recycled-paper": 14, "composted": 6, "incinerated": 20}
    assert {json.loads(row["attributes"])["account-group"] for row in found.table("derived").to_pylist()} == {
        "waste.average"
    }
