"""The worked rows of the accounting rules: what a record posts, to the milligram, and where a standard reads it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from engine_samples import LIST, Outcome, activity, petrol, pin, shelf

from trede.catalogue.standards import find_standard
from trede.kernel.periods import Period

Headings = dict[str, int]


@dataclass(frozen=True)
class Example:
    """One row of the worked examples. `postings`: (basis, stage) → mg; rounding that is 0 makes no row."""

    number: int
    given: dict[str, Any]
    group: str
    postings: dict[tuple[str, str], int]
    ladder: Headings
    ghg: dict[str, Headings]
    biogenic: int = 0


def fuel(quantity: str, fuel_id: str, **given: str) -> dict[str, Any]:
    return petrol(quantity, fuel=fuel_id, delivery="fuel-card", **given)


def stages(direct: int, upstream: int, rounding: int = 0, basis: str = "none") -> dict[tuple[str, str], int]:
    rows = {(basis, "direct"): direct, (basis, "upstream"): upstream}
    return rows | ({(basis, "rounding"): rounding} if rounding else {})


def burnt(kind: str, direct: int, upstream: int) -> dict[str, Headings]:
    one = {"scope-1": direct, f"scope-1.{kind}": direct, "scope-3": upstream, "scope-3.3": upstream}
    return {"location": one, "market": one}


def power(scale: int) -> dict[str, Any]:
    """A thousand kilowatt-hours divided by `scale`, without certificates."""
    return {
        "postings": stages(200_000_000 // scale, 44_000_000 // scale, basis="location")
        | stages(401_000_000 // scale, 82_000_000 // scale, basis="market"),
        "ladder": {"scope-2": 483_000_000 // scale},
        "ghg": {
            "location": {
                "scope-2": 200_000_000 // scale,
                "scope-3": 44_000_000 // scale,
                "scope-3.3": 44_000_000 // scale,
            },
            "market": {
                "scope-2": 401_000_000 // scale,
                "scope-3": 82_000_000 // scale,
                "scope-3.3": 82_000_000 // scale,
            },
        },
    }


def travel(total: int) -> dict[str, Any]:
    one = {"scope-3": total, "scope-3.6": total} if total else {}
    return {"ladder": {"business-travel": total} if total else {}, "ghg": {"location": one, "market": one}}


EXAMPLES = [
    Example(
        1, fuel("48.32", "petrol-e10", document="F1"), "mobile-combustion.petrol", stages(103_356_480, 31_649_600),
        {"scope-1": 135_006_080}, burnt("mobile", 103_356_480, 31_649_600), 7_199_680,
    ),
    Example(
        2, fuel("-48.32", "petrol-e10", credit_of="F1"), "mobile-combustion.petrol", stages(-103_356_480, -31_649_600),
        {"scope-1": -135_006_080}, burnt("mobile", -103_356_480, -31_649_600), -7_199_680,
    ),
    Example(
        3, fuel("61.33", "diesel-b7"), "mobile-combustion.diesel", stages(150_994_460, 48_328_040, 61_330),
        {"scope-1": 199_383_830}, burnt("mobile", 150_994_460, 48_328_040), 10_794_080,
    ),
    Example(
        4, fuel("8196", "diesel-b7"), "mobile-combustion.diesel", stages(20_178_552_000, 6_458_448_000, 8_196_000),
        {"scope-1": 26_645_196_000}, burnt("mobile", 20_178_552_000, 6_458_448_000), 1_442_496_000,
    ),
    Example(
        5, fuel("255", "hvo100"), "mobile-combustion.biodiesel", stages(6_630_000, 112_710_000),
        {"scope-1": 119_340_000}, burnt("mobile", 6_630_000, 112_710_000), 623_730_000,
    ),
    Example(
        6, fuel("38382", "petrol-e10"), "mobile-combustion.petrol", stages(82_099_098_000, 25_140_210_000),
        {"scope-1": 107_239_308_000}, burnt("mobile", 82_099_098_000, 25_140_210_000), 5_718_918_000,
    ),
    Example(
        7, activity("natural-gas", "1900", reading="billed"), "stationary-combustion.natural-gas",
        stages(3_380_100_000, 674_500_000), {"scope-1": 4_054_600_000},
        burnt("stationary", 3_380_100_000, 674_500_000),
    ),
    Example(8, activity("electricity", "1000"), "purchased-electricity.buildings", **power(1)),
    Example(
        10, activity("electricity-vehicle", "100", control="controlled", place="public"),
        "purchased-electricity.vehicles", **power(10),
    ),
    Example(
        11, activity("travel-rail", "100", purpose="business"), "business-travel.rail", stages(200_000, 2_800_000),
        **travel(3_000_000),
    ),
    Example(
        12, activity("travel-air", "1000", haul="european", purpose="business"), "business-travel.air",
        stages(152_000_000, 21_000_000, -1_000_000), **travel(172_000_000),
    ),
    Example(
        13, activity("travel-car", "100", fuel="unknown", purpose="business"), "business-travel.car",
        stages(14_200_000, 4_800_000), **travel(19_000_000),
    ),
    Example(
        14, activity("travel-human-powered", "150904", purpose="business"), "business-travel.human-powered",
        {("none", "direct"): 0}, **travel(0),
    ),
]  # fmt: skip
BY_NUMBER = {example.number: example for example in EXAMPLES}
EACH = pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: str(e.number))


def same_as(example: Example, found: Outcome) -> None:
    assert found.unmatched == {}
    assert {(row["basis"], row["stage"]): row["co2e"] for row in found.ledger} == example.postings
    assert {row["account"] for row in found.ledger} == {f"{example.group}.{stage}" for _, stage in example.postings}
    assert sum(row["biogenic_co2"] for row in found.ledger) == example.biogenic
    assert all(row["unsplit"] == row["co2e"] for row in found.ledger)
    assert all(row["quantity"] == example.given["quantity"] for row in found.ledger)
    assert found.headings("ladder") == example.ladder
    for basis, headings in example.ghg.items():
        assert found.headings("ghg", basis) == headings
    for view in (found.under("ladder", "market"), found.under("ghg", "location"), found.under("ghg", "market")):
        assert view.total + sum(view.not_covered.values()) == view.ledger


@EACH
def test_an_activity_of_the_list_s_own_year(calculate, example: Example) -> None:
    found = calculate([example.given])
    same_as(example, found)
    assert found.codes == (
        ["below_zero"] if example.given["quantity"] < 0 else []
    )  # a credit alone is less than nothing
    assert {row["decision"] for row in found.ledger} == {None}


@EACH
def test_an_earlier_year_with_the_list_pinned(calculate, example: Example) -> None:
    day = date(2024, 2, 29)
    rows = [{**example.given, "start": day, "end": day}]
    found = calculate(rows, on=shelf(pin(2022, 2023, 2024)), period=Period.year(2024))
    same_as(example, found)
    assert {row["decision"] for row in found.ledger} == ({None} if example.number == 14 else {"d1"})
    assert {(row["factor"] or "").partition("#")[0] for row in found.ledger} == (
        {""} if example.number == 14 else {LIST}
    )


def test_a_credit_note_with_its_invoice_is_zero_everywhere(calculate) -> None:
    found = calculate([BY_NUMBER[1].given, BY_NUMBER[2].given])
    assert len(found.ledger) == 4
    assert found.accounts() == {}
    assert found.accounts("biogenic_co2") == {}
    assert found.accounts("energy_j") == {}
    assert all(
        total["co2e"] == total["biogenic_co2"] == total["quantity"] == 0 for total in found.table("totals").to_pylist()
    )
    for name in ("ladder", "ghg"):
        for basis in find_standard(name).bases:
            view = found.under(name, basis)
            assert [line.mg for line in view.lines] == [0] * len(view.lines)
            assert (view.total, view.biogenic, view.energy_j, view.ledger) == (0, 0, 0, 0)


def test_the_rounding_of_diesel_stands_in_the_ladder_only(calculate) -> None:
    found = calculate([BY_NUMBER[3].given])
    rounding = {"mobile-combustion.diesel.rounding": 61_330}
    assert found.under("ladder", "market").not_covered == {}
    assert found.under("ghg", "location").not_covered == rounding
    assert found.under("ghg", "market").not_covered == rounding


def test_a_cycled_kilometre_is_zero_by_a_recorded_method(calculate) -> None:
    found = calculate([BY_NUMBER[14].given])
    (row,) = found.ledger
    assert (row["method"], row["factor"], row["quantity"], row["unit"]) == ("human-powered@1", None, 150_904, "pkm")


def test_all_of_them_together_are_the_sum_of_each(calculate) -> None:
    found = calculate([example.given for example in EXAMPLES])
    assert found.result.records == len(EXAMPLES)
    assert found.headings("ladder") == {
        heading: sum(example.ladder.get(heading, 0) for example in EXAMPLES)
        for heading in ("scope-1", "scope-2", "business-travel")
    }
    for basis in ("location", "market"):
        headings = {heading for example in EXAMPLES for heading in example.ghg[basis]}
        assert found.headings("ghg", basis) == {
            heading: sum(example.ghg[basis].get(heading, 0) for example in EXAMPLES) for heading in headings
        }
