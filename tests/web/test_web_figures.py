"""Figures: none without a question and a way back; each says what the library answers; the cell is four clicks away."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from web_site import Element, Page, Site, kept, text_of

import trede
from trede.catalogue.accounts import chart
from trede.catalogue.standards import standards
from trede.trace.record import RecordTrail
from trede.workspace.explaining import explain

PAGES = ("year", "footprint", "publish", "doubles", "calculate")


def figures(page: Page) -> list[Element]:
    """Return the figures of a page."""
    return page.find("data")


def walk(site: Site, first: list[str], most: int = 60) -> dict[str, Page]:
    """Follow the figures of pages, some of each kind, down to records."""
    client = site.client()
    seen: dict[str, Page] = {}
    waiting = list(first)
    while waiting and len(seen) < most:
        where = waiting.pop(0)
        if where in seen:
            continue
        answer = client.get(where)
        assert answer.status_code == 200, where
        seen[where] = page = Page(text_of(answer))
        found = [a.attributes["href"] for a in page.find("a") if "/trace/" in a.attributes.get("href", "")]
        waiting += list(dict.fromkeys(found[:3] + found[-3:]))
    return seen


def walk_on(site: Site) -> dict[str, Page]:
    """Follow the figures of the pages of two years."""
    return walk(site, [reverse(name, args=["ours", year]) for name in PAGES for year in (2023, 2024)])


@pytest.fixture
def site() -> Site:
    """The application as it was walked through: the tests of this file only look."""
    return kept("walked", walk_on)[0]


@pytest.fixture
def walked() -> dict[str, Page]:
    """The pages of that walk."""
    return kept("walked", walk_on)[1]


def test_no_figure_without_a_question_and_a_link(walked: dict[str, Page]) -> None:
    count = 0
    for where, page in walked.items():
        for element in figures(page):
            count += 1
            assert element.attributes.get("data-query"), where
            links = [attributes["href"] for tag, attributes in element.inside if tag == "a"]
            assert len(links) == 1, where
            assert links[0].startswith("/o/ours/trace/"), where
    assert count > 300


def test_amounts_in_tonnes_stand_in_figures_alone(walked: dict[str, Page]) -> None:
    """Nothing on a page looks like an amount of CO2e but a figure, and the library's own sentence about a double count."""
    amount = re.compile(r"\d[\d.,]*[ \u00a0](?:t|ton)\b")
    for where, page in walked.items():
        if "/doubles/" not in where:
            [main] = page.find("main")
            text = main.text
            for element in figures(page):
                text = text.replace(element.text, "figure", 1)
            assert amount.findall(text) == [], where


def test_a_double_count_leads_to_its_records(site: Site) -> None:
    client = site.client()
    page = Page(text_of(client.get(reverse("doubles", args=["ours", 2024]))))
    links = [link for link in page.links() if "/trace/" in link]
    assert len(links) == 3
    assert "cell" in text_of(client.get(links[0]))


def test_figures_are_what_the_library_answers(site: Site, walked: dict[str, Page]) -> None:
    books = trede.open_books(site.ours.folder)
    checked: set[tuple[str, str]] = set()
    for page in walked.values():
        for element in figures(page):
            query, _, beside = element.attributes["data-query"].partition("#")
            amount = int(element.attributes["value"])
            if beside or (query, str(amount)) in checked:
                continue
            checked.add((query, str(amount)))
            _, found = explain(books.workspace, query)
            if isinstance(found, RecordTrail):
                assert amount in {posting.row["co2e"] for posting in found.postings}, query
            else:
                assert [rung.mg for rung in found] == [amount], query
    assert len(checked) > 100


def test_figures_beside_are_the_footprints(site: Site) -> None:
    books = trede.open_books(site.ours.folder)
    page = Page(text_of(site.client().get(reverse("footprint", args=["ours", 2024]))))
    [biogenic] = [e for e in figures(page) if e.attributes["data-query"].endswith("#biogenic")]
    from trede.inventory.footprint import footprint_of

    run = books.workspace.find_run("2024")
    assert (
        int(biogenic.attributes["value"])
        == footprint_of(run, standards()["co2-prestatieladder-3.1"], "market").biogenic
    )


@pytest.mark.parametrize("view", ["ladder:market", "ghg:location", "ghg:market", "iso:location", "iso:market"])
def test_a_footprint_is_that_of_the_face(site: Site, view: str) -> None:
    standard, basis = view.split(":")
    table = trede.open_books(site.ours.folder).calculation(2024).footprint(standard, basis)
    known = {row["heading"]: row["mg"] for row in table.to_pylist()}
    page = Page(text_of(site.client().get(reverse("footprint", args=["ours", 2024]), {"view": view})))
    shown = {}
    for element in figures(page):
        _, name, *rest = element.attributes["data-query"].partition("#")[0].split("/")
        part = rest[0] if rest else ""
        if name == view and len(rest) < 2 and ":" not in part and "#" not in element.attributes["data-query"]:
            shown[rest[0] if rest else "total"] = int(element.attributes["value"])
    assert shown["total"] == known["total"]
    assert {k: v for k, v in known.items() if v} == {k: v for k, v in shown.items() if v}


@pytest.mark.parametrize("year", [2022, 2023, 2024])
def test_from_the_total_to_the_cell_in_four_clicks(site: Site, year: int) -> None:
    client = site.client()
    page = Page(text_of(client.get(reverse("year", args=["ours", year]))))
    clicks = 0
    [where] = [a.attributes["href"] for a in page.find("a") if a.attributes.get("class") == "fig trede-trace"]
    for depth in ("total", "account", "month", "record"):
        page = Page(text_of(client.get(where)))
        clicks += 1
        if depth == "record":
            break
        parts = 4 if depth == "total" else 5
        links = [a for a in page.links() if "/trace/" in a and a.partition("/trace/")[2].count("/") == parts]
        links = [a for a in links if a.rstrip("/").split("/")[-1] not in chart().groups]
        if depth == "month":
            links = [a for a in page.links() if "?from=" in a]
        where = links[0]
    assert clicks == 4
    assert [e for e in page.find("td") if e.attributes.get("class") == "cell"]


def test_parts_add_up_to_the_figure_above(walked: dict[str, Page]) -> None:
    checked = 0
    for page in walked.values():
        rows = [e for e in page.elements if e.tag == "tr" and e.attributes.get("class") == "tot"]
        if not rows or not page.find("ol") or "trede-ladder" not in page.find("ol")[-1].attributes.get("class", ""):
            continue
        table = [
            e
            for e in figures(page)
            if ("tbody", {}) in e.inside and any("utrecht-table" in a.get("class", "") for _, a in e.inside)
        ]
        *parts, total = [int(e.attributes["value"]) for e in table]
        assert sum(parts) == total
        checked += 1
    assert checked > 5
