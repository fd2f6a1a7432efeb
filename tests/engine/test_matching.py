"""Which factor is chosen, why, and what is said when none is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from engine_samples import EVERY, LIST, SECOND_HAND, activity, override, petrol, pin, shelf, take_in
from hypothesis import given
from hypothesis import strategies as st

from trede.catalogue.factor import Factor
from trede.catalogue.library import Library, build_library
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.vocabulary import vocabulary
from trede.factors.matching import Match, Shelf
from trede.kernel.amounts import milligrams_exact
from trede.kernel.issues import Issue, Location
from trede.kernel.periods import Period
from trede.organisation.decisions import Decision

SHIPPED = list(shipped_libraries().values())
DUTCH = shipped_libraries()[LIST]
BLENDS = "brandstoffen-voertuigen-en-schepen/fossiele-brandstoffen-met-bio-bijmenging"
E10 = f"{BLENDS}/benzine-e10/liter"
B7 = f"{BLENDS}/diesel-b7/liter"
E0 = "brandstoffen-voertuigen-en-schepen/fossiele-brandstoffen/benzine-fossiel-e0/liter"
E10_2024 = f"{BLENDS}/benzine-e10/liter/2024"
SMALL_CAR = "personenvervoer/auto/benzine-klein/voertuigkilometer"
LABEL = "elektriciteit/stroometiket/kwh"
WIND = "elektriciteit/windkracht/kwh"


def edition(
    ident: str, day: date, *years: int, change: Callable[[Factor], Factor] = lambda f: f, **papers: Any
) -> Library:
    """Make another edition of the Dutch list: another id, day of publication and validity, and perhaps other factors."""
    given: dict[str, Any] = {
        "id": ident,
        "edition": day,
        "valid_from": date(min(years), 1, 1),
        "valid_to": date(max(years), 12, 31),
        **papers,
    }
    rows = [(Location("test", n), change(factor)) for n, factor in enumerate(DUTCH.factors.values(), start=2)]
    return build_library(DUTCH.papers.model_copy(update=given), rows)


def withdrawing(*idents: str) -> Callable[[Factor], Factor]:
    nothing = dict.fromkeys(("total", "direct", "upstream", "biogenic", "energy_mj"))
    return lambda f: f.model_copy(update={"status": "withdrawn", **nothing}) if f.id in idents else f


def ask(on: Shelf, year: int, fuel: str = "petrol-e10") -> tuple[Match | None, list[Issue]]:
    return on.match("fuel-vehicle", {"fuel": fuel, "control": "controlled"}, "main", year, "liquid-volume")


def chosen(on: Shelf, year: int, fuel: str = "petrol-e10") -> tuple[str, str, str]:
    match, issues = ask(on, year, fuel)
    assert match is not None, issues
    return match.ref, match.why, match.decision


def refused(on: Shelf, year: int, fuel: str = "petrol-e10") -> Issue:
    match, issues = ask(on, year, fuel)
    assert match is None
    (issue,) = issues
    assert issue.severity == "error"
    return issue


# --- the order of choice ---

NEWER = edition("newer", date(2026, 12, 1), 2026)
FOR_2024 = edition("for-2024", date(2024, 3, 1), 2024)


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([], ("newer#" + E10, "own-year", "")),
        ([take_in(E10_2024)], ("newer#" + E10, "own-year", "")),
        ([pin(2026)], (f"{LIST}#{E10}", "pin", "d1")),
        ([pin(2026), override("fuel-vehicle", E0, 2026)], (f"{LIST}#{E0}", "override", "d2")),
        ([override("fuel-vehicle", E0, 2026), pin(2026)], (f"{LIST}#{E0}", "override", "d1")),
        ([pin(2026), pin(2026, library="newer")], ("newer#" + E10, "pin", "d2")),
        ([override("fuel-vehicle", E0, 2026), override("fuel-vehicle", B7, 2026)], (f"{LIST}#{B7}", "override", "d2")),
    ],
)
def test_with_a_list_of_the_year(decisions: list[Decision], expected: tuple[str, str, str]) -> None:
    on = shelf(*decisions, libraries=[*SHIPPED, NEWER])
    assert chosen(on, 2026) == expected


@pytest.mark.parametrize(
    ("decisions", "libraries", "expected"),
    [
        ([take_in(E10_2024)], SHIPPED, (f"{SECOND_HAND}#{E10_2024}", "taken-in", "d1")),
        ([take_in(E10_2024), pin(2024)], SHIPPED, (f"{LIST}#{E10}", "pin", "d2")),
        ([take_in(E10_2024)], [*SHIPPED, FOR_2024], ("for-2024#" + E10, "own-year", "")),
        ([take_in(E10_2024), override("fuel-vehicle", E0, 2024)], SHIPPED, (f"{LIST}#{E0}", "override", "d2")),
    ],
)
def test_for_an_earlier_year(
    decisions: list[Decision], libraries: list[Library], expected: tuple[str, str, str]
) -> None:
    assert chosen(shelf(*decisions, libraries=libraries), 2024) == expected


def test_own_year_lists_leave_pins_aside_and_nothing_else() -> None:
    decisions = [pin(2024), take_in(E10_2024)]
    assert chosen(shelf(*decisions), 2024)[1] == "pin"
    assert chosen(shelf(*decisions, use_pins=False), 2024)[1] == "taken-in"
    assert refused(shelf(pin(2024), use_pins=False), 2024).code == "factor_year_missing"
    assert chosen(shelf(override("fuel-vehicle", E0, 2024), use_pins=False), 2024)[1] == "override"


def test_a_pin_holds_for_its_years_and_types_only() -> None:
    on = shelf(pin(2023, 2024, activity_types=("fuel-vehicle",)))
    assert chosen(on, 2023)[1] == chosen(on, 2024)[1] == "pin"
    assert refused(on, 2022).code == "factor_year_missing"
    match, _ = on.match("natural-gas", {"reading": "billed"}, "main", 2024, "gas-volume-normal")
    assert match is None


def test_an_override_holds_for_its_attributes_years_and_slot_only() -> None:
    on = shelf(
        override("fuel-vehicle", E0, 2026, attributes={"fuel": "petrol-e10"}),
        override("electricity", WIND, 2026, slot="market"),
    )
    assert chosen(on, 2026) == (f"{LIST}#{E0}", "override", "d1")
    assert chosen(on, 2026, "diesel-b7") == (f"{LIST}#{B7}", "own-year", "")
    assert refused(on, 2025).code == "factor_year_missing"
    found = {slot: on.match("electricity", {}, slot, 2026, "electricity")[0] for slot in ("location", "market")}
    assert {slot: match.why for slot, match in found.items() if match} == {"location": "own-year", "market": "override"}


def test_a_second_hand_library_is_never_pinned_or_taken_for_a_year() -> None:
    assert refused(shelf(pin(2024, library=SECOND_HAND)), 2024).code == "factor_year_missing"
    assert chosen(shelf(pin(2026, library=SECOND_HAND)), 2026) == (f"{LIST}#{E10}", "own-year", "")
    assert chosen(shelf(pin(2024), pin(2024, library=SECOND_HAND)), 2024) == (f"{LIST}#{E10}", "pin", "d1")


def test_a_value_taken_in_holds_for_its_own_year_and_product_only() -> None:
    on = shelf(take_in(E10_2024))
    assert refused(on, 2023).code == refused(on, 2025).code == "factor_year_missing"
    assert refused(on, 2024, "petrol-e0").code == refused(on, 2024, "diesel-b7").code == "factor_year_missing"


def test_a_pin_of_a_library_that_is_not_there_changes_nothing() -> None:
    assert chosen(shelf(pin(2026, library="gone")), 2026)[1] == "own-year"
    assert refused(shelf(pin(2024, library="gone")), 2024).code == "factor_year_missing"


def test_a_library_of_a_publisher_without_bindings_is_for_overrides_only() -> None:
    own = edition("supplier", date(2026, 12, 1), 2026, publisher="supplier", kind="own")
    assert chosen(shelf(libraries=[*SHIPPED, own]), 2026) == (f"{LIST}#{E10}", "own-year", "")
    on = shelf(override("fuel-vehicle", E10, 2026, library="supplier"), libraries=[*SHIPPED, own])
    assert chosen(on, 2026) == (f"supplier#{E10}", "override", "d1")


# --- nothing is guessed ---


def test_a_missing_year_names_other_lists_and_second_hand_values() -> None:
    issue = refused(shelf(), 2024)
    assert (issue.code, issue.values) == (
        "factor_year_missing",
        {
            "activity_type": "fuel-vehicle",
            "attributes": "control=controlled; fuel=petrol-e10",
            "slot": "main",
            "year": 2024,
            "other_lists": [LIST, SECOND_HAND],
            "second_hand": [f"{SECOND_HAND}#{E10_2024}"],
        },
    )


@given(st.sampled_from(EVERY), st.integers(1990, 2100).filter(lambda year: year != 2026))
def test_no_other_year_is_ever_used(what: tuple[str, str, dict[str, str]], year: int) -> None:
    kind, _, attributes = what
    for slot in ("main", "location", "market"):
        assert shelf().match(kind, attributes, slot, year, vocabulary()[kind].kind)[0] is None


def test_a_withdrawn_factor_is_not_replaced_by_a_runner_up() -> None:
    last = edition("last", date(2026, 12, 1), 2026, change=withdrawing(E10))
    issue = refused(shelf(libraries=[*SHIPPED, last]), 2026)
    assert (issue.code, issue.values["library"], issue.values["name"]) == ("factor_withdrawn", "last", "Benzine E10")
    assert chosen(shelf(libraries=[*SHIPPED, last]), 2026, "petrol-e0") == ("last#" + E0, "own-year", "")


def test_a_factor_that_a_list_lacks() -> None:
    kept = [(Location("test", n), f) for n, f in enumerate(DUTCH.factors.values(), start=2) if f.id != E10]
    short = build_library(DUTCH.papers.model_copy(update={"id": "short"}), kept)
    assert refused(shelf(libraries=[short]), 2026).code == "factor_not_in_list"


def test_an_activity_that_no_list_answers() -> None:
    assert refused(shelf(pin(2024)), 2024, "kerosene").code == "factor_unbound"


@pytest.mark.parametrize(
    ("decision", "code"),
    [
        (override("fuel-vehicle", "nothing/like/it", 2026), "override_factor_missing"),
        (override("fuel-vehicle", E10, 2026, library="gone"), "override_factor_missing"),
        (override("fuel-vehicle", LABEL, 2026), "override_kind_differs"),
    ],
)
def test_an_override_that_cannot_be(decision: Decision, code: str) -> None:
    assert refused(shelf(decision), 2026).code == code


@pytest.mark.parametrize(
    ("factor", "given_type", "slot", "code"),
    [
        (SMALL_CAR, activity("travel-car", "100", purpose="business"), "main", "factor_withdrawn"),
        (LABEL, activity("electricity", "100"), "market", "factor_without_value"),
    ],
)
def test_an_override_to_a_factor_without_a_value_posts_nothing_at_all(
    calculate, factor: str, given_type: dict[str, Any], slot: str, code: str
) -> None:
    found = calculate([given_type], on=shelf(override(given_type["activity_type"], factor, 2026, slot=slot)))
    assert found.ledger == []
    assert found.codes == [code]
    assert list(found.unmatched.values()) == [code]


# --- runners-up ---


def test_runners_up_with_reasons() -> None:
    match, issues = ask(shelf(pin(2024)), 2024)
    assert match is not None
    assert issues == []
    assert {(c.library, c.factor): (c.why, c.total) for c in match.runners_up if c.factor in (E0, E10_2024)} == {
        (LIST, E0): ("binding_without_bio", Decimal("3.059")),
        (SECOND_HAND, E10_2024): ("second-hand", Decimal("2.821")),
    }
    others = [c for c in match.runners_up if c.factor == f"{BLENDS}/benzine-e10/liter/2023"]
    assert [c.why for c in others] == ["other-year"]
    assert (LIST, E10) not in {(c.library, c.factor) for c in match.runners_up}


def test_what_was_passed_over_is_a_runner_up() -> None:
    match, _ = ask(shelf(override("fuel-vehicle", E0, 2026), libraries=[*SHIPPED, NEWER]), 2026)
    assert match is not None
    found = {(c.library, c.factor): c.why for c in match.runners_up}
    assert found[LIST, E10] == found["newer", E10] == "eligible"
    assert found["newer", E0] == "binding_without_bio"


def test_a_withdrawn_candidate_says_so() -> None:
    last = edition("last", date(2026, 12, 1), 2026, change=withdrawing(E0))
    match, _ = ask(shelf(libraries=[last]), 2026)
    assert match is not None
    assert [(c.factor, c.why) for c in match.runners_up] == [(E0, "withdrawn")]


# --- in a run ---


def test_what_was_chosen_stands_in_plan_and_ledger(calculate) -> None:
    found = calculate([petrol("10", when=date(2024, 5, 1))], on=shelf(pin(2024)), period=Period.year(2024))
    assert {(row["factor"], row["decision"], row["gwp_basis"]) for row in found.ledger} == {
        (f"{LIST}#{E10}", "d1", "AR6")
    }
    plan = found.table("plan").to_pylist()
    assert all('"why":"pin"' in row["reason"] and E10_2024 in row["reason"] for row in plan)


def test_records_without_a_factor_are_kept_apart_with_the_reason(calculate) -> None:
    rows = [petrol("10", when=date(2024, 5, 1)), petrol("20", when=date(2024, 6, 1)), petrol("30")]
    found = calculate(rows, period=Period.parse("2024..2026"))
    assert found.result.records == 3
    assert {row["quantity"] for row in found.ledger} == {30}
    assert list(found.unmatched.values()) == ["factor_year_missing"] * 2
    assert found.issue("factor_year_missing")["year"] == 2024


def test_two_years_may_rest_on_two_lists(calculate) -> None:
    rows = [petrol("10", when=date(2025, 5, 1)), petrol("10")]
    found = calculate(rows, on=shelf(pin(2025)), period=Period.parse("2025..2026"))
    assert {(row["start"].year, row["decision"]) for row in found.ledger} == {(2025, "d1"), (2026, None)}


@pytest.mark.parametrize("fuel", ["hvo100", "hvo30", "fame"])
def test_renewable_fuel_without_evidence_counts_as_b7_and_says_so(calculate, fuel: str) -> None:
    found = calculate([petrol("61.33", fuel=fuel)])
    assert found.accounts() == {
        ("mobile-combustion.diesel.direct", "none"): 150_994_460,
        ("mobile-combustion.diesel.upstream", "none"): 48_328_040,
        ("mobile-combustion.diesel.rounding", "none"): 61_330,
    }
    assert {row["factor"] for row in found.ledger} == {f"{LIST}#{B7}"}
    assert found.issue("renewable_without_evidence") == {
        "activity_type": "fuel-vehicle", "year": 2026, "given": fuel, "used": "diesel-b7",
    }  # fmt: skip


@pytest.mark.parametrize("delivery", ["fuel-card", "invoice", "book-and-claim"])
def test_renewable_fuel_with_evidence_counts_as_such(calculate, delivery: str) -> None:
    found = calculate([petrol("255", fuel="hvo100", delivery=delivery)])
    assert found.codes == []
    assert {row["account"].partition(".direct")[0] for row in found.ledger if row["stage"] == "direct"} == {
        "mobile-combustion.biodiesel"
    }


def test_nothing_crosses_a_border(calculate) -> None:
    abroad = [petrol("10", geography="BE"), activity("travel-human-powered", "5", purpose="business", geography="BE")]
    found = calculate(abroad)
    assert found.codes == ["geography_without_factors"]
    assert [row["method"] for row in found.ledger] == ["human-powered@1"]


@pytest.mark.parametrize(
    ("given_row", "plain"),
    [
        (activity("electricity", "1.234567", "MWh"), activity("electricity", "1234.567")),
        (activity("electricity", "0.002", "GWh"), activity("electricity", "2000")),
        (activity("electricity", "48320", "Wh"), activity("electricity", "48.32")),
        (petrol("1.5", unit="m3"), petrol("1500")),
    ],
)
def test_other_units_post_as_the_factor_s_own(calculate, given_row: dict[str, Any], plain: dict[str, Any]) -> None:
    converted, direct = calculate([given_row]), calculate([plain])
    assert [row["quantity"] for row in converted.ledger] == [row["quantity"] for row in direct.ledger]
    assert [row["unit"] for row in converted.ledger] == [row["unit"] for row in direct.ledger]
    assert [row["co2e"] for row in converted.ledger] == [row["co2e"] for row in direct.ledger]


def test_a_converted_quantity_is_rounded_in_its_column_and_not_in_the_product(calculate) -> None:
    found = calculate([petrol("0.345678", unit="gal-us")])
    exact = Decimal("0.345678") * Decimal("3.785411784")
    assert {row["quantity"] for row in found.ledger} == {exact.quantize(Decimal("1e-6"))}
    assert found.accounts()["mobile-combustion.petrol.direct", "none"] == milligrams_exact(exact * Decimal("2.139"))


def test_a_factor_in_another_unit_than_the_record_s(calculate) -> None:
    """One over an American gallon is no finite decimal: the quantity is rounded, the run does not stop."""
    gallons = edition(
        "gallons",
        date(2026, 12, 1),
        2026,
        change=lambda f: f.model_copy(update={"unit": "gal-us"}) if f.id == E10 else f,
    )
    on = shelf(override("fuel-vehicle", E10, 2026, library="gallons"), libraries=[*SHIPPED, gallons])
    found = calculate([petrol("1000")], on=on)
    assert {(row["quantity"], row["unit"]) for row in found.ledger} == {(Decimal("264.172052"), "gal-us")}
    assert found.accounts()["mobile-combustion.petrol.direct", "none"] == 565_064_020


@pytest.mark.parametrize("quantity", ["1e10", "-1e10", "1e31", "400000000"])
def test_a_quantity_out_of_range_posts_nothing_at_all(calculate, quantity: str) -> None:
    good = petrol("48.32")
    found = calculate([good, petrol(quantity, document="wrong")])
    assert len(found.ledger) == 2
    assert found.accounts() == calculate([good]).accounts()
    wrong = next(record for record in found.records.to_pylist() if record["document"] == "wrong")
    assert found.unmatched == {wrong["record_id"]: "amount_out_of_range"}
    assert found.issue("amount_out_of_range") == {
        "record": wrong["record_id"], "quantity": str(wrong["quantity"]), "unit": "l",
    }  # fmt: skip


def test_out_of_range_counts_in_the_record_s_own_unit_and_without_a_factor_too(calculate) -> None:
    rows = [activity("travel-human-powered", "1e16", "pmi", purpose="business"), activity("electricity", "1e9", "GWh")]
    found = calculate(rows)
    assert found.ledger == []
    assert found.codes == ["amount_out_of_range"] * 2
