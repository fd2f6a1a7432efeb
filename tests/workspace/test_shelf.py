"""The shelf of all factors, looked through; and where a factor is used."""

from __future__ import annotations

from collections import Counter

import pytest

from trede.catalogue.standards import find_standard
from trede.engine.runs import Run
from trede.inventory.footprint import footprint_of
from trede.kernel.errors import TredeError
from trede.trace.usage import choices, factors_of, records_of, uses
from trede.workspace import Workspace
from trede.workspace.shelf import FACETS, Shelf, shelf_of
from workspaces import LIST_2026

GREY = "elektriciteit/grijze-stroom/kwh"


@pytest.fixture(scope="module")
def shelf(example: Workspace) -> Shelf:
    return shelf_of(example)


@pytest.fixture(scope="module")
def year(example: Workspace) -> Run:
    return example.find_run("2024")


def test_every_factor_of_every_list_is_there_once(example: Workspace, shelf: Shelf) -> None:
    every = [f"{library.id}#{ident}" for library in example.libraries.values() for ident in library.factors]
    assert sorted(item.ref for item in shelf.items) == sorted(every)
    assert len(shelf.browse().items) == len(every)


def test_what_is_chosen_narrows_and_counts_say_what_else_there_would_be(shelf: Shelf) -> None:
    dutch, year = {"publisher": {"CO2emissiefactoren.nl"}}, {"year": {"2024", "2025"}}
    found = shelf.browse("", {**dutch, **year})  # type: ignore[dict-item]
    expected = [
        item for item in shelf.items
        if item.library.papers.publisher_name == "CO2emissiefactoren.nl" and set(item.years) & {2024, 2025}
    ]  # fmt: skip
    assert found.items == expected
    assert found.counts["year"] == Counter(
        str(each) for item in shelf.items if item.library.papers.publisher_name == "CO2emissiefactoren.nl"
        for each in item.years
    )  # fmt: skip
    assert found.counts["publisher"]["CO2emissiefactoren.nl"] == len(expected)
    assert len(found.counts["publisher"]) > 1
    assert shelf.browse("", {"region": {"XX"}}).items == []
    assert shelf.browse("", {"region": {"XX"}}).counts["list"] == {}


def test_words_come_before_order_and_forgive_a_typing_error(shelf: Shelf) -> None:
    first = [item.factor.name for item in shelf.browse("diesel b7").items]
    assert first[0] == "Diesel B7"
    assert "Diesel B7" in [item.factor.name for item in shelf.browse("deisel b7").items]
    assert shelf.browse("zzzzz").items == []


def test_what_is_used_comes_first_or_alone(shelf: Shelf, year: Run) -> None:
    used = factors_of(year)
    first = shelf.browse(first=used).items
    assert {item.ref for item in first[: len(used)]} == used
    assert {item.ref for item in shelf.browse(among=used).items} == used


def test_editions_of_a_product_follow_each_other(shelf: Shelf) -> None:
    found = shelf.editions(shelf.get(LIST_2026, GREY))
    assert [item.years for item in found] == [(2017,), (2019,), (2024,), (2025,), (2026,)]
    renamed = next(
        item for item in shelf.items if item.library.id == "desnz-2025" and "Energy Recovery" in item.factor.name
    )
    assert [(item.library.id, item.factor.name) for item in shelf.editions(renamed)] == [
        *((f"desnz-{year}", "Average construction, Combustion") for year in (2022, 2023, 2024)),
        ("desnz-2025", "Average construction, Incineration with Energy Recovery"),
    ]


def test_facets_are_full(shelf: Shelf) -> None:
    for facet in FACETS:
        values = [item.facets[facet] for item in shelf.items]
        assert facet == "activity" or all(values), facet
    belgium = next(item for item in shelf.items if item.library.id == "ember-2023" and item.factor.name == "Belgium")
    assert belgium.facets["region"] == ("BE",)
    assert belgium.facets["activity"]


@pytest.mark.parametrize(("library", "code"), [("none", "library_unknown"), (LIST_2026, "factor_unknown")])
def test_what_is_not_there_is_said(shelf: Shelf, library: str, code: str) -> None:
    with pytest.raises(TredeError) as error:
        shelf.get(library, "none")
    assert [issue.code for issue in error.value.issues] == [code]


@pytest.mark.parametrize("basis", ["location", "market"])
def test_uses_add_up_to_the_ledger(year: Run, basis: str) -> None:
    everything = [use for ref in factors_of(year) for use in uses(year, ref) if use.basis in ("none", basis)]
    footprint = footprint_of(year, find_standard("ghg"), basis)
    assert sum(use.mg for use in everything) == footprint.ledger - footprint.outside


def test_records_add_up_to_their_use(year: Run) -> None:
    ref = f"{LIST_2026}#{GREY}"
    for use in uses(year, ref):
        lines = records_of(year, ref, use.activity_type, use.basis, 10_000)
        assert sum(line.mg for line in lines) == use.mg
        assert sum(line.quantity for line in lines) == use.quantity
        assert len({line.record for line in lines}) == len(lines) == use.records
        assert [abs(line.mg) for line in lines] == sorted((abs(line.mg) for line in lines), reverse=True)
        assert records_of(year, ref, use.activity_type, use.basis, 1) == lines[:1]
    assert uses(year, f"{LIST_2026}#none") == ()


def test_choices_say_why(year: Run) -> None:
    grey = [each for each in choices(year) if each.factor == f"{LIST_2026}#{GREY}"]
    assert {(each.basis, each.why) for each in grey} == {("market", "pin")}
    assert all(each.decision for each in grey)
    assert {each.uncertainty for each in grey} == {10}
