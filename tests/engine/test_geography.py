"""Which publisher answers in which country, and that nothing crosses a border or a year on its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from engine_samples import activity, override, petrol, pin, shelf
from hypothesis import given
from hypothesis import strategies as st

from trede.catalogue.bindings import ANY, HOME, bindings, bindings_for, countries, publishers, read_bindings, speaker
from trede.catalogue.files import CATALOGUE
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.periods import Period
from trede.organisation.decisions import Override

SHIPPED = shipped_libraries()
ABROAD = ["BE", "DE", "DK", "FR", "GB", "LU"]
# What a publisher has left out of an edition and not put under another name: no factor for those years, and we say so.
DROPPED = {("desnz-2024", "Wood, Closed-loop source"), ("desnz-2025", "Wood, Closed-loop source")}
NIGHTS = {"country": "nl", "purpose": "business"}


def power(quantity: str, geography: str, year: int, kind: str = "electricity", **given: str) -> dict[str, object]:
    return activity(kind, quantity, geography=geography, when=date(year, 5, 4), **given)


@pytest.mark.parametrize("publisher", publishers())
def test_every_bound_row_has_its_factor_in_each_edition_of_its_publisher(publisher: str) -> None:
    libraries = [SHIPPED[name] for name in SHIPPED.of_publishers((publisher,))]
    path = CATALOGUE / "bindings" / f"{publisher}.csv"
    found = read_bindings(path.read_bytes(), path.name, publisher, libraries)
    assert found.rows == bindings_for(publisher).rows
    if publisher == "co2emissiefactoren":
        return  # its second-hand library holds single values
    for rows in found.rows.values():
        for library in libraries:
            # An edition may have the product under an older name.
            factor = next(filter(None, (library.find(*row.key) for row in rows)), None)
            if (library.id, rows[0].name) in DROPPED:
                assert factor is None, (library.id, rows[0].name)
                continue
            assert factor is not None, (library.id, rows[0].name)
            assert factor.status == "active"
            if rows[0].geography != ANY:
                assert factor.subcategory == rows[0].geography


def test_each_country_has_one_publisher_for_a_type_and_any_country_only_what_no_country_has() -> None:
    heard: dict[tuple[str, str], str] = {}
    for publisher in publishers():
        for kind, _, _, place in bindings_for(publisher).rows:
            assert heard.setdefault((kind, place), publisher) == publisher
    for kind, place in heard:
        assert place != ANY or countries(kind) == []


@given(st.sampled_from(sorted(vocabulary().types)), st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2))
def test_a_country_is_answered_by_its_own_rows_or_by_those_for_any_country(kind: str, country: str) -> None:
    answer = speaker(kind, country)
    for slot in ("main", "location", "market"):
        for row in bindings(kind, {}, slot, country):
            assert answer is not None
            assert (row.publisher, row.geography) == answer
            assert row.geography in (country, ANY)
            assert (row.publisher == "co2emissiefactoren") == (row.geography == HOME)


@pytest.mark.parametrize("country", ABROAD)
@pytest.mark.parametrize("year", [2019, 2024])
def test_power_abroad_takes_the_grid_of_its_country_and_year_on_both_bases(calculate, country: str, year: int) -> None:
    found = calculate([power("1000", country, year)], period=Period.year(year))
    published = next(f for f in SHIPPED[f"ember-{year}"].factors.values() if f.subcategory == country)
    assert published.total is not None
    assert {(r["basis"], r["stage"], r["factor"]) for r in found.ledger} == {
        (basis, "lifecycle", f"ember-{year}#{published.id}") for basis in ("location", "market")
    }
    for row in found.ledger:
        assert abs(row["co2e"] - published.total * 1000 * 10**6) <= 1
        assert row["energy_j"] == 3_600_000_000
    assert sorted(found.codes) == ["grid_factor_not_separable", "market_by_location"]


def test_a_life_cycle_grid_factor_stands_under_not_separable(calculate) -> None:
    found = calculate([power("10", "DE", 2024, "electricity-vehicle", control="controlled", place="public")],
                      period=Period.year(2024))  # fmt: skip
    assert {row["account"] for row in found.ledger} == {"purchased-electricity.vehicles.lifecycle"}
    assert set(found.headings("ghg", "location")) == {"scope-2-not-separable"}


@pytest.mark.parametrize(
    ("row", "year", "code"),
    [
        (power("10", "BE", 2025), 2025, "factor_year_missing"),
        (power("10", "ES", 2024), 2024, "geography_without_factors"),
        (petrol("10", geography="BE"), 2026, "geography_without_factors"),
        (activity("hotel-stay", "2", when=date(2021, 3, 1), **NIGHTS), 2021, "factor_year_missing"),
    ],
)
def test_another_country_or_year_never_stands_in(calculate, row, year: int, code: str) -> None:
    found = calculate([row], period=Period.year(year))
    assert found.ledger == []
    assert found.codes == [code]
    facts = found.issue(code)
    assert facts["other_lists"] if code == "factor_year_missing" else HOME in facts["countries"]


def test_a_pin_helps_abroad_only_with_the_list_of_that_publisher(calculate) -> None:
    row, year = power("10", "BE", 2025), Period.year(2025)
    found = calculate([row], on=shelf(pin(2025, library="ember-2024")), period=year)
    assert {r["factor"].partition("#")[0] for r in found.ledger} == {"ember-2024"}
    assert calculate([row], on=shelf(pin(2025)), period=year).codes == ["factor_year_missing"]
    dutch, _ = shelf(pin(2026, library="ember-2024")).match("electricity", {}, "location", 2026, "electricity")
    assert dutch is not None
    assert dutch.why == "own-year"


@pytest.mark.parametrize("country", ["NL", "GB", "PT"])
@pytest.mark.parametrize("year", [2022, 2025])
def test_what_the_dutch_list_lacks_comes_from_another_publisher_and_says_so(calculate, country: str, year: int) -> None:
    when = date(year, 3, 1)
    rows = [
        activity("hotel-stay", "2", when=when, geography=country, **NIGHTS),
        activity("water", "100", when=when, geography=country),
        activity("waste-water-volume", "100", when=when, geography=country),
        activity("waste-landfill", "3", "t", when=when, geography=country, material="commercial"),
        activity("freight-vehicle", "50", when=when, geography=country, mode="truck-rigid"),
    ]
    found = calculate(rows, period=Period.year(year))
    assert {r["factor"].partition("#")[0] for r in found.ledger} == {f"desnz-{year}"}
    assert len({r["record_id"] for r in found.ledger}) == len(rows)
    assert found.codes.count("factor_of_another_publisher") == len(rows)
    assert "stage_missing" not in found.codes  # upstream of the truck stands in a table of its own
    night = next(r for r in found.ledger if r["activity_type"] == "hotel-stay")
    assert night["co2e"] == Decimal("14.8") * 2 * 10**6


def test_certificates_abroad_have_no_factor_and_the_power_counts_as_uncertified(calculate) -> None:
    claim = power("1000", "DE", 2024, "certificates", technology="wind", proof="cancelled")
    found = calculate([power("1000", "DE", 2024), claim], period=Period.year(2024))
    plain = calculate([power("1000", "DE", 2024)], period=Period.year(2024))
    assert "certificate_without_factor" in found.codes
    assert sum(r["co2e"] for r in found.ledger) == sum(r["co2e"] for r in plain.ledger)


def test_an_override_may_name_a_country(calculate) -> None:
    factor = "electricity-generation/be/belgium/kwh"
    chosen = override("electricity", factor, 2025, library="ember-2024", slot="location", geography="BE")
    on = shelf(chosen)
    found, _ = on.match("electricity", {}, "location", 2025, "electricity", "BE")
    assert found is not None
    assert found.why == "override"
    assert on.match("electricity", {}, "location", 2025, "electricity", "DE")[0] is None
    anywhere = override("electricity", factor, 2025, library="ember-2024", slot="location")
    assert shelf(anywhere).match("electricity", {}, "location", 2025, "electricity", "ES")[0] is not None


def test_an_override_without_a_country_is_stored_as_earlier_versions_did() -> None:
    plain = override("electricity", "f", 2024)
    assert "geography" not in plain.model_dump(mode="json")
    placed = override("electricity", "f", 2024, geography="BE")
    assert Override.model_validate_json(placed.model_dump_json()) == placed
