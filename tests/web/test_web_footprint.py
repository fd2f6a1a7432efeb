"""The table of a footprint: each basis beside the other, rows and quantities of the ledger, intervals of the library."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from web_site import Page, Site, text_of

from trede.analysis.uncertainty import intervals
from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint_of
from trede.inventory.intensity import figure_of
from trede_web.bridge.books import View, open_books
from trede_web.bridge.results.footprint import FootprintPage, Line, footprint_page
from trede_web.bridge.speaking import PlainVoice

VIEWS = ["ladder:market", "ghg:location", "ghg:market", "iso:market"]


def page_of(site: Site, view: str) -> FootprintPage:
    """Return the footprint of 2024."""
    books = open_books(site.ours.folder)
    run = books.run_of("2024")
    assert run is not None
    return footprint_page(books, run, View.read(*view.split(":")), PlainVoice("en"))


def accounts(page: FootprintPage) -> dict[str, Line]:
    """Return the lines of accounts."""
    return {line.account: line for line in page.lines if line.account}


@pytest.mark.parametrize("view", VIEWS)
def test_each_basis_stands_beside_the_other(site: Site, view: str) -> None:
    page, run = page_of(site, view), open_books(site.ours.folder).run_of("2024")
    assert run is not None
    standard = find_standard(view.partition(":")[0])
    for number, basis in enumerate(standard.bases):
        found = footprint_of(run, standard, basis)
        tops = [line for line in page.lines if line.depth == 0]
        assert sum(line.bases[number].mg for line in tops) == found.total == page.bases[number][1].mg
        known = {account: mg for line in found.lines for account, mg in line.accounts.items()}
        assert {name: line.bases[number].mg for name, line in accounts(page).items()} == known


def test_rows_and_quantities_are_those_of_the_ledger(site: Site) -> None:
    page, run = page_of(site, "ghg:market"), open_books(site.ours.folder).run_of("2024")
    assert run is not None
    rows: Counter[str] = Counter()
    quantities: dict[str, Decimal] = {}
    for row in run.table("ledger").to_pylist():
        if row["basis"] in ("none", "market"):
            rows[row["account"]] += 1
            quantities[row["account"]] = quantities.get(row["account"], Decimal(0)) + row["quantity"]
    found = accounts(page)
    assert {name: line.rows for name, line in found.items()} == {name: rows[name] for name in found}
    assert page.rows == sum(rows[name] for name in found) > 1000
    told = {name: line.quantity for name, line in found.items() if line.unit}
    assert told == {name: quantities[name] for name in told}
    assert told["mobile-combustion.petrol.direct"] > 30_000
    assert found["mobile-combustion.petrol.direct"].unit == "l"


def test_intervals_are_the_librarys(site: Site) -> None:
    page, run = page_of(site, "ghg:market"), open_books(site.ours.folder).run_of("2024")
    assert run is not None
    name = "purchased-electricity.buildings.direct"
    scope_2 = frozenset(
        (each, basis)
        for each, heading in find_standard("ghg").heading_of.items()
        if heading == "scope-2"
        for basis in ("none", "market")
    )
    account, heading = intervals(run, [frozenset({(name, "none"), (name, "market")}), scope_2])
    line = accounts(page)[name]
    assert (line.margin.low, line.margin.high) == account.bounds
    assert 0 < account.share < 1
    assert " of " in line.said_margin
    [top] = [each for each in page.lines if not each.account and each.figure.query.endswith("/scope-2")]
    assert (top.margin.low, top.margin.high) == heading.bounds
    assert accounts(page)["business-travel.car.direct"].said_margin == ""  # no uncertainty of it is known


def test_a_total_is_divided_by_what_the_organisation_states(site: Site) -> None:
    books = open_books(site.ours.folder)
    page, run = page_of(site, "ladder:market"), books.run_of("2024")
    assert run is not None
    people = books.organisation.denominator[page.per_unit[0].chart - 1]
    stated = figure_of(people, run.period)
    assert stated is not None
    exact = Decimal(page.total.mg) / stated.value / 10**9
    assert abs(Decimal(page.per_unit[0].text) - exact) <= Decimal("0.005")
    shown = Page(text_of(site.client().get("/o/ours/2024/footprint/")))
    ids = {element.attributes.get("id") for element in shown.find("h2")}
    divided = [e for e in shown.find("data") if "#per-" in e.attributes["data-query"]]
    assert len(divided) == len(page.per_unit) == 2
    for element in divided:
        [link] = [attributes["href"] for tag, attributes in element.inside if tag == "a"]
        assert link.partition("#")[2] in ids
