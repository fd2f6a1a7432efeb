"""Records with inputs: what they come to is what a person would have recorded, exactly, and nothing is guessed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import pytest
from engine_samples import LIST, Outcome, activity, mapped, override, pin, run, shelf
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.activity.records import identify
from trede.catalogue.vocabulary import vocabulary
from trede.engine.plan import GROUP, VIA
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period
from trede.ledger.schema import AMOUNTS
from trede.methods.compiled import compile_decimal
from trede.methods.evaluate import evaluate
from trede.methods.formula import parse
from trede.methods.model import shipped_methods

DERIVING = [kind for kind in vocabulary().types.values() if kind.posts]
SAME = (
    "account",
    "stage",
    "basis",
    "flow",
    "factor",
    "quantity",
    "unit",
    "energy_j",
    "co2e",
    "biogenic_co2",
    "gwp_basis",
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    return (tmp_path_factory.mktemp("derived") for _ in itertools.count())


def inputs(**figures: str) -> str:
    return canonical_json(figures).decode()


def shipment(tonnes: str, km: str, **more: Any) -> dict[str, Any]:
    return activity("freight-shipment", tonnes, "t", mode="truck-articulated", inputs=inputs(distance=km), **more)


def car(km: str, use: str | None = None, **more: Any) -> dict[str, Any]:
    figures = {} if use is None else {"power_per_km": use}
    return activity(
        "distance-vehicle-electric", km, control="controlled", place="public", inputs=inputs(**figures) if figures else None,
        **more,
    )  # fmt: skip


def posted(found: Outcome) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[name] for name in SAME) for row in found.ledger)


def test_a_shipment_is_its_tonne_kilometres(folders: Iterator[Any]) -> None:
    derived = run(next(folders), [shipment("2.4", "185")])
    plain = run(next(folders), [activity("freight", "444", "tkm", mode="truck-articulated")])
    assert posted(derived) == posted(plain)
    assert derived.ledger


def test_electric_kilometres_are_power_on_both_bases(folders: Iterator[Any]) -> None:
    derived = run(next(folders), [car("18500", "0.19")])
    plain = run(next(folders), [activity("electricity-vehicle", "3515", "kWh", control="controlled", place="public")])
    assert posted(derived) == posted(plain)
    assert {row["basis"] for row in derived.ledger} == {"location", "market"}


def test_a_figure_that_stands_in_is_told_and_lowers_the_quality(folders: Iterator[Any]) -> None:
    found = run(next(folders), [car("1000")])
    (row,) = found.table("derived").to_pylist()
    assert row["quantity"] == 225
    assert "electric-car-power" in json.loads(row["origins"])["power_per_km"]
    assert {r["quality"] for r in found.ledger} == {"default"}
    assert {r["quality"] for r in run(next(folders), [car("1000", "0.225")]).ledger} == {"calculated"}


def test_no_estimate_for_a_country_leaves_the_record_unmatched(folders: Iterator[Any]) -> None:
    found = run(next(folders), [car("1000", geography="DE"), car("1000")])
    (left,) = found.table("unmatched").to_pylist()
    assert (left["code"], left["activity_type"]) == ("estimate_missing", "distance-vehicle-electric")
    assert [issue.code for issue in found.result.issues if issue.code == "estimate_missing"] == ["estimate_missing"]
    assert len({row["record_id"] for row in found.ledger}) == 1


def test_a_record_outside_the_period_is_no_open_point(folders: Iterator[Any]) -> None:
    found = run(next(folders), [car("1000", geography="DE", when=date(2025, 3, 1)), car("5")])
    assert not found.table("unmatched").num_rows


@settings(max_examples=20, deadline=None)
@given(
    tonnes=st.decimals(-500, 500, places=6).filter(bool), km=st.decimals(0, 9_000, places=6),
    first=st.dates(date(2025, 1, 1), date(2026, 6, 1)), days=st.integers(0, 400),
)  # fmt: skip
def test_a_credit_cancels_and_parts_add_up(
    folders: Iterator[Any], tonnes: Decimal, km: Decimal, first: date, days: int
) -> None:
    last = date.fromordinal(first.toordinal() + days)
    rows = [
        shipment(f"{tonnes:f}", f"{km.normalize():f}", when=(first, last), document="A"),
        shipment(f"{-tonnes:f}", f"{km.normalize():f}", when=(first, last), document="B", credit_of="A"),
    ]
    period = Period(date(2025, 1, 1), date(2027, 12, 31))
    found = run(next(folders), rows, period, shelf(pin(2025, 2026, 2027)))
    assert all(sum(row[name] for row in found.ledger) == 0 for name in AMOUNTS)
    whole = {row["record_id"]: row["quantity"] for row in found.table("derived").to_pylist()}
    with localcontext() as context:
        context.prec = 60
        assert max(whole.values()) == abs(tonnes * km).quantize(Decimal("0.000001"), "ROUND_HALF_UP")
    parts: dict[str, Decimal] = dict.fromkeys(whole, Decimal(0))
    for row in found.ledger:
        if row["flow"] == "direct":
            parts[row["record_id"]] += row["quantity"]
    assert parts == whole


def test_an_override_of_what_is_posted_counts(folders: Iterator[Any]) -> None:
    library = "goederenvervoer/bulk-en-stukgoederen-spoorvervoer/trein-elektrisch/tonkilometer"
    changed = run(next(folders), [shipment("2", "100")], on=shelf(override("freight", library, 2026)))
    assert {row["factor"] for row in changed.ledger} == {f"{LIST}#{library}"}


def test_records_without_inputs_keep_their_identity(folders: Iterator[Any]) -> None:
    plain = activity("freight", "444", "tkm", mode="truck-articulated")
    with_others = run(next(folders), [plain, shipment("2.4", "185")]).records.to_pylist()
    alone = run(next(folders), [plain]).records.to_pylist()
    assert alone[0]["record_id"] == with_others[0]["record_id"]
    assert (
        len({row["record_id"] for row in run(next(folders), [shipment("2.4", "185"), shipment("2.4", "190")]).ledger})
        == 2
    )


def test_the_derived_activity_says_where_it_comes_from(folders: Iterator[Any]) -> None:
    plan = run(next(folders), [shipment("2.4", "185")]).table("plan").to_pylist()
    assert {json.loads(row["attributes"])[VIA] for row in plan} == {"freight-shipment.transport"}
    assert all(GROUP not in json.loads(row["reason"])["attributes"] for row in plan)


FORMULAS = sorted({leg.formula for method in shipped_methods().methods.values() for leg in method.leg})


@pytest.mark.parametrize("formula", [*FORMULAS, "quantity * a / (b - c)", "min(quantity * a, quantity * b) + quantity"])
def test_the_compiled_formula_gives_what_the_interpreter_gives(formula: str) -> None:
    tree = parse(formula)
    names = sorted(
        {
            "quantity",
            "a",
            "b",
            "c",
            "days",
            "year_days",
            "period",
            *(n for m in shipped_methods().methods.values() for n in m.inputs),
        }
    )
    compiled = compile_decimal(tree)

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.decimals(-1000, 1000, places=4) | st.none(), min_size=len(names), max_size=len(names)))
    def check(values: list[Decimal | None]) -> None:
        known = dict(zip(names, values, strict=True))
        with localcontext() as context:
            context.prec = 60
            assert compiled(known) == evaluate(tree, known)

    check()


@pytest.mark.parametrize("kind", DERIVING, ids=lambda kind: kind.id)
def test_every_type_that_derives_has_a_sample_of_all_its_attributes(kind: Any) -> None:
    assert kind.sample is not None
    assert set(kind.sample.inputs) <= set(kind.inputs)
    assert {name for name, i in kind.inputs.items() if i.needed} <= set(kind.sample.inputs)
    assert {name for name, a in kind.attributes.items() if a.default is None} <= set(kind.sample.attributes)


def test_records_are_identified_by_their_inputs() -> None:
    two = identify(mapped([shipment("2", "100"), shipment("2", "200")]), "x")["record_id"].to_pylist()
    assert len(set(two)) == 2


def test_figures_that_contradict_each_other_are_an_issue(folders: Iterator[Any]) -> None:
    def office(own: str, **more: Any) -> dict[str, Any]:
        figures = inputs(own_area=own, total_area="1000", occupancy="0.5")
        return activity("asset-power", "1000", relation="leased-in", allocation="area", inputs=figures, **more)

    found = run(next(folders), [office("501"), office("500")])
    (left,) = found.table("unmatched").to_pylist()
    assert (left["code"], left["activity_type"]) == ("derivation_contradicts", "asset-power")
    assert {row["account"].rpartition(".")[0] for row in found.ledger} == {"upstream-leased.power"}
    assert {row["quantity"] for row in found.ledger} == {Decimal(1000)}


def test_a_part_of_the_year_counts_by_its_days(folders: Iterator[Any]) -> None:
    rows = [
        activity(
            "asset-average-area", "850", relation="leased-out", inputs=inputs(emissions_per_area="40"),
            when=(date(2026, 4, 1), date(2026, 12, 31)),
        )
    ]  # fmt: skip
    (row,) = run(next(folders), rows).ledger
    assert row["quantity"] == (Decimal(850 * 40 * 275) / 365).quantize(Decimal("0.000001"))
