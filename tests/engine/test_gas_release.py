"""Refrigerants and process emissions: kilograms × share × potential of the run's set, one row a species."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from engine_samples import LIST, activity, override, shelf
from test_oracle import check_rows, check_totals

from trede.catalogue.gwp import GWP_SETS, gwp_set
from trede.catalogue.standards import standards
from trede.catalogue.substances import Substance, substances
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.gases import GAS_COLUMNS


def refill(species: str, quantity: str = "1", unit: str = "kg") -> dict[str, Any]:
    return activity("refrigerant", quantity, unit, species=species)


def posted(found: Any) -> dict[str, tuple[str, str, int]]:
    """Return species → account, column and milligrams."""
    return {
        row["factor"].partition("#")[2]: (row["account"], next(g for g in GAS_COLUMNS if row[g]), row["co2e"])
        for row in found.ledger
    }


@pytest.mark.parametrize(("name", "hfc", "hcfc"), [("AR4", 1430, 1810), ("AR5", 1300, 1760), ("AR6", 1530, 1960)])
def test_one_kilogram_under_each_set(calculate, name: str, hfc: int, hcfc: int) -> None:
    """The published worked rows: HFC-134a in scope 1, R-22 outside the scopes."""
    found = calculate([refill("r-134a"), refill("r-22")], gwp=name)
    assert posted(found) == {
        "hfc-134a": ("fugitive.refrigerants.direct", "hfc", hfc * 10**6),
        "hcfc-22": ("outside-scopes.refrigerants.direct", "other", hcfc * 10**6),
    }
    assert {row["gwp_basis"] for row in found.ledger} == {name}
    check_rows(found)
    check_totals(found)


def test_a_blend_is_a_row_for_each_species(calculate) -> None:
    found = calculate([refill("r-410a", "2.4")])
    assert posted(found) == {
        "hfc-32": ("fugitive.refrigerants.direct", "hfc", 925_200_000),  # 2.4 × 0.5 × 771
        "hfc-125": ("fugitive.refrigerants.direct", "hfc", 4_488_000_000),  # 2.4 × 0.5 × 3,740
    }
    assert {row["flow"] for row in found.ledger} == {"direct.hfc-32", "direct.hfc-125"}
    assert [row["quantity"] for row in found.ledger] == [Decimal("2.4")] * 2


def test_a_blend_of_hfc_and_hcfc_stands_in_both_accounts(calculate) -> None:
    found = calculate([refill("r-401a")])
    assert {species: account for species, (account, _, _) in posted(found).items()} == {
        "hfc-152a": "fugitive.refrigerants.direct",
        "hcfc-22": "outside-scopes.refrigerants.direct",
        "hcfc-124": "outside-scopes.refrigerants.direct",
    }
    inside = Decimal("0.13") * 164 * 10**6
    for standard, basis in (("ladder", "market"), ("ghg", "location"), ("iso", "market")):
        view = found.under(standard, basis)
        assert view.total == inside
        assert view.not_covered == {"outside-scopes.refrigerants.direct": sum(r["co2e"] for r in found.ledger) - inside}


def test_a_blend_is_worth_what_the_dutch_list_prints(calculate) -> None:
    """The list of 2026 rounds to whole kilograms. Its 148 for R-454C is not 0.215 × 771 + 0.785 × 0.501 = 166."""
    names = ("r404a", "r407a", "r407c", "r407f", "r410a", "r417a", "r449a", "r452a", "r513a")
    factors = {
        factor.id: factor for library in shelf().libraries if library.id == LIST for factor in library.factors.values()
    }
    for name in names:
        found = calculate([refill(f"{name[0]}-{name[1:]}")])
        published = factors[f"koudemiddelen/blends/{name}/kg"].total
        assert abs(Decimal(sum(row["co2e"] for row in found.ledger)).scaleb(-6) - published) <= Decimal("1"), name


def test_a_component_without_a_potential_is_told_and_nothing_is_posted(calculate) -> None:
    found = calculate([refill("r-448a"), refill("r-513a")], gwp="AR4")
    assert found.ledger == []
    assert set(found.unmatched.values()) == {"gwp_species_missing"}
    missing = [issue.values["species"] for issue in found.result.issues]
    assert missing == [["hfo-1234yf", "hfo-1234ze"], ["hfo-1234yf"]]


def test_the_value_of_a_list_counts_only_when_somebody_chose_it(calculate) -> None:
    chosen = override("refrigerant", "koudemiddelen/blends/r448a/kg", 2026, attributes={"species": "r-448a"})
    old = override("refrigerant", "koudemiddelen/hcfk-s/r22/kg", 2026, attributes={"species": "r-22"})
    found = calculate([refill("r-448a", "3"), refill("r-22"), refill("r-32")], on=shelf(chosen, old), gwp="AR4")
    assert posted(found) == {
        "koudemiddelen/blends/r448a/kg": ("fugitive.refrigerants.direct", "hfc", 3 * 1494 * 10**6),
        "koudemiddelen/hcfk-s/r22/kg": ("outside-scopes.refrigerants.direct", "other", 1960 * 10**6),
        "hfc-32": ("fugitive.refrigerants.direct", "hfc", 675 * 10**6),
    }
    by_decision = {row["factor"]: row["gwp_basis"] for row in found.ledger if row["decision"]}
    assert set(by_decision.values()) == {"AR6"}  # the list's own


@pytest.mark.parametrize(
    ("gas", "column", "potential"),
    [("ch4-fossil", "ch4_fossil", "29.8"), ("ch4-biogenic", "ch4", "27"), ("sf6", "sf6", "24300"), ("co2", "co2", "1")],
)
def test_process_emissions_of_2026(calculate, gas: str, column: str, potential: str) -> None:
    found = calculate([activity("process-emission", "12.5", species=gas, geography="BE")])
    (row,) = found.ledger
    assert (row["account"], row[column]) == (
        "process-emissions.direct",
        int(Decimal("12.5") * Decimal(potential) * 10**6),
    )
    assert row["co2e"] == row[column]


def test_anaesthetics_are_outside_the_kyoto_protocol(calculate) -> None:
    found = calculate([activity("process-emission", "1", species="hfe-236ea2")])
    assert posted(found) == {"hfe-236ea2": ("outside-scopes.process.direct", "other", 2_590_000_000)}


def test_a_refill_taken_back_leaves_nothing(calculate) -> None:
    found = calculate([refill("r-407c", "1.234567"), refill("r-407c", "-1.234567")])
    assert {gas: sum(row[gas] for row in found.ledger) for gas in ("hfc", "co2e")} == {"hfc": 0, "co2e": 0}


def test_every_substance_is_in_the_vocabulary_and_known_under_a_set() -> None:
    offered = {
        value for kind in vocabulary().types.values() if kind.release for value in kind.attributes["species"].values
    }
    assert offered == set(substances())
    known = set().union(*(gwp_set(name).values for name in GWP_SETS))
    unknown = {s.id for s in substances().values() if not set(s.species) <= known}
    assert unknown == {"r-600a", "r-422d", "r-438a", "r-448a", "r-450a"}


def test_a_composition_that_does_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Substance(id="x", name="x", species={"hfc-32": Decimal("0.5"), "hfc-125": Decimal("0.4")})


def test_gases_outside_kyoto_are_in_no_heading() -> None:
    for standard in standards().values():
        outside = {account for account in standard.reason_of if account.startswith("outside-scopes.")}
        assert outside == {"outside-scopes.refrigerants.direct", "outside-scopes.process.direct"}
