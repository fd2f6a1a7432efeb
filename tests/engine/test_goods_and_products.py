"""Purchases by quantity, processing and use of sold products: what counts, in which year, and what is refused."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from engine_samples import Outcome, activity, pin, run, shelf
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.cases.model import Case
from trede.cases.running import run_case
from trede.catalogue.bindings import bindings
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period
from trede.ledger.schema import AMOUNTS

LONG = Period(date(2026, 1, 1), date(2031, 12, 31))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    return (tmp_path_factory.mktemp("goods") for _ in itertools.count())


def record(
    kind: str, quantity: str, unit: str = "", figures: dict[str, str] | None = None, **more: Any
) -> dict[str, Any]:
    return activity(kind, quantity, unit, inputs=canonical_json(figures).decode() if figures else None, **more)


def supplier(quantity: str, factor: str, category: str = "1", boundary: str = "cradle-to-gate", **more: Any) -> Any:
    return record(
        "goods-supplier", quantity, "unit", {"supplier_factor": factor}, category=category, boundary=boundary, **more
    )


def appliance(sold: str, lifetime: str = "years", figures: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    wanted = figures or {"power_per_use": "0.3", "uses_per_year": "240", "lifetime_years": "5"}
    return record("product-power", sold, "unit", wanted, lifetime=lifetime, **more)


def kilograms(found: Outcome, *, basis: str = "location") -> Decimal:
    return Decimal(sum(row["co2e"] for row in found.ledger if row["basis"] in ("none", basis))) / 1_000_000


def codes(found: Outcome) -> list[str]:
    return [row["code"] for row in found.table("unmatched").to_pylist()]


def test_purchases_go_along_with_their_days_and_capital_goods_count_in_full(folders: Iterator[Any]) -> None:
    when = (date(2026, 7, 1), date(2027, 6, 30))
    both = [supplier("365", "10", when=when), supplier("365", "10", "2", when=when)]
    found = run(next(folders), both, Period.year(2026))
    amounts = {row["account"]: row["co2e"] for row in found.ledger}
    assert amounts == {
        "purchased-goods.supplier.lifecycle": 1_840_000_000,  # 184 of 365 days
        "capital-goods.supplier.lifecycle": 3_650_000_000,
    }
    later = run(next(folders), both, Period.year(2027))
    assert {row["account"] for row in later.ledger} == {"purchased-goods.supplier.lifecycle"}


@pytest.mark.parametrize("boundary", ["gate-to-gate", "cradle-to-grave"])
def test_a_suppliers_figure_of_another_boundary_is_refused(boundary: str, folders: Iterator[Any]) -> None:
    found = run(next(folders), [supplier("10", "3", boundary=boundary)])
    wanted = f"boundary_{boundary.replace('-', '_')}"
    assert not found.ledger
    assert codes(found) == [wanted]
    assert [issue.code for issue in found.result.issues] == [wanted]


def test_a_material_without_a_list_needs_an_own_factor(folders: Iterator[Any]) -> None:
    alone = record("goods-material", "10", "kg", category="1", goods="other")
    assert codes(run(next(folders), [alone])) == ["material_needs_factor"]
    own = record("goods-material", "10", "kg", {"own_factor": "2.5"}, category="1", goods="other", factor_from="own")
    assert kilograms(run(next(folders), [own])) == 25


def test_the_suppliers_materials_post_to_the_hybrid_account_by_their_share(folders: Iterator[Any]) -> None:
    rows = [
        record(
            "hybrid-material", "2", "t", {"share": "0.25"}, category="1", goods="paper-primary", when=date(2025, 3, 1)
        ),
        record("goods-material", "500", "kg", category="1", goods="paper-primary", when=date(2025, 3, 1)),
    ]
    found = run(next(folders), rows, Period.year(2025))
    assert {row["account"]: row["co2e"] for row in found.ledger} == {
        "purchased-goods.hybrid.lifecycle": 672_538_950,
        "purchased-goods.materials.lifecycle": 672_538_950,
    }
    assert {row["quality"] for row in found.ledger} == {"measured"}  # a share that is the whole is no assumption


def test_the_producer_is_taken_out_of_the_average(folders: Iterator[Any]) -> None:
    rest = record(
        "hybrid-remainder", "12000", "unit", {"cradle_factor": "6", "producer_factor": "0.4"}, category="1"
    )  # fmt: skip
    assert kilograms(run(next(folders), [rest])) == Decimal("67200")


def test_every_material_of_the_list_is_bound(folders: Iterator[Any]) -> None:
    for value in vocabulary()["material"].attributes["goods"].values:
        assert bindings("material", {"goods": value}, "main")
    assert {*vocabulary()["goods-material"].attributes["goods"].values} == {
        *vocabulary()["material"].attributes["goods"].values, "other",
    }  # fmt: skip


def test_power_of_others_counts_on_both_bases_but_own_certificates_do_not_cover_it(folders: Iterator[Any]) -> None:
    claim = activity(
        "certificates",
        "10000",
        "kWh",
        technology="wind",
        proof="cancelled",
        when=(date(2026, 1, 1), date(2026, 12, 31)),
    )
    own = activity("electricity", "1000", "kWh")
    partner = record("partner-electricity", "2000", "kWh", {"share": "0.5"}, category="10")
    found = run(next(folders), [claim, own, partner, appliance("10")])
    market = {
        row["account"]: row["co2e"] for row in found.ledger if row["basis"] == "market" and row["stage"] == "direct"
    }
    assert market["purchased-electricity.buildings.direct"] == 0
    assert market["processing.power.direct"] > 0
    assert market["use-of-products.power.direct"] > 0
    assert [
        issue.values["unused"] for issue in found.result.issues if issue.code == "certificates_exceed_consumption"
    ] == ["9000"]


def test_the_whole_life_counts_in_the_year_of_sale(folders: Iterator[Any]) -> None:
    found = run(next(folders), [appliance("1000")])
    assert kilograms(found) == Decimal(360_000) * Decimal("0.244")
    by_dates = appliance(
        "1000", "dates", {"power_per_use": "0.3", "uses_per_year": "240"}, when=(date(2026, 3, 14), date(2031, 3, 13))
    )
    longer = run(next(folders), [by_dates], LONG, shelf(pin(2027, 2028, 2029, 2030, 2031)))
    assert kilograms(longer) == kilograms(found)
    assert {row["start"].year for row in longer.ledger} == {2026}
    (row,) = longer.table("derived").to_pylist()
    assert json.loads(row["values"])["period"] == "5"


def test_direct_and_indirect_use_post_apart(folders: Iterator[Any]) -> None:
    scenarios = [
        appliance(
            "2000", "uses", {"uses_per_life": "1000", "power_per_use": use, "scenario_share": share}, use="indirect"
        )
        for use, share in (("0.4", "0.2"), ("0.5", "0.4"), ("1.2", "0.4"))
    ]
    found = run(next(folders), scenarios)
    assert {row["account"].rpartition(".")[0] for row in found.ledger} == {"use-of-products.indirect"}
    assert kilograms(found) == Decimal(1_520_000) * Decimal("0.244")


def test_sold_fuel_posts_its_burning_only(folders: Iterator[Any]) -> None:
    sold = record("sold-fuel", "1000", "l", fuel="diesel-b7")
    found = run(next(folders), [sold])
    (row,) = found.ledger
    assert (row["account"], row["co2e"]) == ("use-of-products.fuel.direct", 2_462_000_000)
    assert row["biogenic_co2"] == 176_000_000
    assert not found.result.issues


def test_sold_fuel_with_one_figure_for_all_stages_is_refused() -> None:
    said = {
        "id": "whole",
        "title": "One figure",
        "source": {"publication": "a test", "address": "here"},
        "settings": {"years": [2026]},
        "factor": [{"name": "x", "activity": "fuel-vehicle", "unit": "l", "total": "3.2", "source": "here"}],
        "activity": [
            {"type": "sold-fuel", "attributes": {"fuel": "diesel-b7"}, "quantity": "10", "unit": "l"},
            {"type": "fuel-vehicle", "attributes": {"fuel": "diesel-b7", "control": "controlled"}, "quantity": "10", "unit": "l"},
        ],
        "expect": [{"what": "account", "account": "use-of-products.fuel.direct", "value": "0", "unit": "kg"}],
    }  # fmt: skip
    found = run_case(Case.model_validate(said, strict=False), "whole.toml")
    assert [issue.code for issue in found.issues] == ["stage_not_apart"]
    assert not found.holds


def test_contained_gas_counts_whole_when_nobody_knows_better(folders: Iterator[Any]) -> None:
    known = record("product-contained-gas", "10", "unit", {"gas_per_product": "2", "released": "0.5"}, species="r-134a")
    unknown = record("product-contained-gas", "10", "unit", {"gas_per_product": "2"}, species="r-134a")
    assert kilograms(run(next(folders), [known])) == Decimal(10 * 1530)
    found = run(next(folders), [unknown])
    assert kilograms(found) == Decimal(20 * 1530)
    assert {row["quality"] for row in found.ledger} == {"default"}


def test_gas_outside_kyoto_in_products_stands_outside_the_scopes(folders: Iterator[Any]) -> None:
    found = run(
        next(folders), [record("product-contained-gas", "10", "unit", {"gas_per_product": "1"}, species="r-22")]
    )
    assert {row["account"] for row in found.ledger} == {"outside-scopes.refrigerants.direct"}


@settings(max_examples=15, deadline=None)
@given(
    sold=st.decimals(1, 5000, places=2), uses=st.decimals("0.01", 900, places=2), years=st.decimals("0.1", 40, places=1),
    first=st.dates(date(2026, 1, 1), date(2026, 6, 30)), days=st.integers(0, 900),
)  # fmt: skip
def test_a_returned_product_cancels_its_sale(
    folders: Iterator[Any], sold: Decimal, uses: Decimal, years: Decimal, first: date, days: int
) -> None:
    figures = {"power_per_use": "0.7", "uses_per_year": f"{uses:f}", "lifetime_years": f"{years:f}"}
    when = (first, date.fromordinal(first.toordinal() + days))
    rows = [
        appliance(f"{sold:f}", figures=figures, when=when, document="A"),
        appliance(f"{-sold:f}", figures=figures, when=when, document="B", credit_of="A"),
    ]
    found = run(next(folders), rows, LONG, shelf(pin(2027, 2028, 2029, 2030, 2031)))
    assert found.ledger
    assert all(sum(row[name] for row in found.ledger) == 0 for name in AMOUNTS)
