"""Factors on screen: what is found is what the library has, each use leads to its records, nothing is a neighbour's."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.urls import reverse
from web_site import Page, Site, fresh, text_of

from trede.inventory.footprint import footprint_of
from trede.trace.usage import factors_of, uses
from trede_web.bridge.books import find_standard, open_books
from trede_web.bridge.factors.shelf import COLUMNS
from trede_web.bridge.factors.stairs import BOTTOM, TOP, Series, draw

LIST = "co2emissiefactoren-2026-08-20"
GREY = "elektriciteit/grijze-stroom/kwh"


@pytest.fixture(scope="module")
def kept() -> Iterator[Site]:
    """The application for tests that only read."""
    return fresh()


def look(kept: Site, name: str, *parts: str, language: str = "nl", **asked: object) -> Page:
    answer = kept.client(language=language).get(reverse(name, args=["ours", *parts]), asked)
    assert answer.status_code == 200
    return Page(text_of(answer))


def test_the_shelf_counts_and_filters(kept: Site) -> None:
    books = open_books(kept.ours.folder)
    every = sum(len(library.factors) for library in books.libraries.values())
    assert f"{every:,}".replace(",", ".") in text_of(kept.client().get(reverse("factors", args=["ours"])))
    page = look(kept, "factors", list=LIST, q="stroom")
    names = [a.text for a in page.find("a") if "/factors/of/" in a.attributes["href"]]
    assert any(name.partition(",")[0] == "Grijze Stroom" for name in names)
    assert all(LIST in a.attributes["href"] for a in page.find("a") if "/factors/of/" in a.attributes["href"])
    chosen = [a for a in page.find("a") if a.attributes.get("aria-current") == "true" and "?" in a.attributes["href"]]
    assert any("Factoren 2026" in a.text and LIST not in a.attributes["href"] for a in chosen)


def test_every_count_is_what_its_link_gives(kept: Site) -> None:
    client = kept.client()
    start = reverse("factors", args=["ours"])
    page = look(kept, "factors", year="2024", nature="energy")
    facets = [a for a in page.find("a") if any(x.get("id") == "filter" for _, x in a.inside)]
    assert len(facets) > 20
    for each in facets[1::5]:
        if each.attributes.get("aria-current"):
            continue
        number = "".join(sign for sign in each.text.split()[-1] if sign.isdigit())
        found = json.loads(client.get(start + "json/" + each.attributes["href"]).content)["factors"]
        assert len(found) >= int(number) > 0


def test_the_same_as_csv_and_json(kept: Site) -> None:
    client, asked = kept.client(), {"q": "diesel", "list": LIST}
    found = json.loads(client.get(reverse("factors_json", args=["ours"]), asked).content)["factors"]
    library = open_books(kept.ours.folder).libraries[LIST]
    assert found
    for each in found:
        factor = library.factors[each["factor"]]
        assert list(each) == list(COLUMNS)
        assert each["total"] == (None if factor.total is None else format(factor.total, "f"))
    answer = client.get(reverse("factors_csv", args=["ours"]), asked)
    _, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert [row[1] for row in rows] == [each["factor"] for each in found]
    totals = [row[COLUMNS.index("total")].replace(",", ".") for row in rows]
    assert totals == [each["total"] or "" for each in found]


def test_pages_follow_each_other_without_a_gap(kept: Site) -> None:
    seen: list[str] = []
    where = reverse("factors", args=["ours"]) + f"?list={LIST}&sort=name"
    while where:
        page = Page(text_of(kept.client().get(where)))
        seen += [box.attributes["value"] for box in page.find("input") if box.attributes.get("name") == "f"]
        later = [a.attributes["href"] for a in page.find("a") if a.attributes.get("rel") == "next"]
        where = reverse("factors", args=["ours"]) + later[0] if later else ""
    assert len(seen) == len(set(seen)) == len(open_books(kept.ours.folder).libraries[LIST].factors)


@pytest.mark.parametrize(
    "asked", ["page=0", "page=99", "page=x", "sort=none", "year=none", "nature=none", "unit=x:y", "list=../x", "q=%00"]
)
def test_what_means_nothing_in_an_address_does_no_harm(kept: Site, asked: str) -> None:
    assert kept.client().get(reverse("factors", args=["ours"]) + f"?{asked}").status_code == 200


def test_a_factor_has_its_values_its_papers_and_its_uses(kept: Site) -> None:
    books = open_books(kept.ours.folder)
    text = text_of(kept.client().get(reverse("factor", args=["ours", LIST, GREY])))
    papers = books.libraries[LIST].papers
    assert papers.source_file is not None
    for told in (
        papers.source_file.sha256,
        papers.licence,
        "20-08-2026",
        "0,483",
        "0,649",
        "Factoren 2026 dd 20-08-2026!85",
    ):
        assert told in text, told
    assert "De waarde daalde van 0,526 in 2017 naar 0,483 in 2026" in text
    assert "Trapdiagram in kg CO2e per kWh" in text
    shown = sorted(int(e.attributes["value"]) for e in Page(text).find("data"))
    runs = [books.find_run(str(year)) for year in (2022, 2023, 2024)]
    assert shown == sorted(use.mg for run in runs for use in uses(run, f"{LIST}#{GREY}"))


def test_each_use_leads_to_records_that_add_up_and_on_to_a_cell(kept: Site) -> None:
    client = kept.client()
    page = look(kept, "factor", LIST, "brandstoffen-energieopwekking/gasvormige-brandstoffen/aardgas-g-gas/nm3")
    for figure in page.find("data"):
        [where] = [a["href"] for tag, a in figure.inside if tag == "a"]
        records = Page(text_of(client.get(where)))
        lines = records.find("data")
        assert sum(int(line.attributes["value"]) for line in lines) == int(figure.attributes["value"])
    [cell] = [a["href"] for tag, a in lines[0].inside if tag == "a"]
    assert [e for e in Page(text_of(client.get(cell))).find("td") if e.attributes.get("class") == "cell"]


def test_the_uses_of_all_factors_are_the_footprint(kept: Site) -> None:
    run = open_books(kept.ours.folder).find_run("2024")
    page = look(kept, "factors", used="1")
    refs = {box.attributes["value"] for box in page.find("input") if box.attributes.get("name") == "f"}
    assert refs >= factors_of(run)
    total = footprint_of(run, find_standard("ghg"), "market")
    mg = sum(use.mg for ref in refs for use in uses(run, ref) if use.basis in ("none", "market"))
    assert mg == total.ledger - total.outside


def test_factors_side_by_side(kept: Site) -> None:
    old = f"co2emissiefactoren-secondhand#{GREY}/2019"
    where = reverse("factors_compare", args=["ours"]) + f"?f={quote(f'{LIST}#{GREY}')}&f={quote(old)}&f=none%23x"
    text = text_of(kept.client().get(where))
    assert "+34,4" in text
    assert "niet vermeld" in text
    other = f"&f={quote(LIST + '#brandstoffen-energieopwekking/gasvormige-brandstoffen/aardgas-g-gas/nm3')}"
    assert "verschillende eenheden" in text_of(kept.client().get(where + other))
    assert "Kies minstens twee" in text_of(kept.client().get(reverse("factors_compare", args=["ours"])))


@pytest.mark.parametrize(
    "tail",
    ["factors/of/none/x/", f"factors/of/{LIST}/none/", f"factors/of/{LIST}/../../x/", "factors/records/?of=2024",
     f"factors/records/?of=2024:electricity:none:{LIST}%23{GREY}"],
)  # fmt: skip
def test_what_is_not_there(kept: Site, tail: str) -> None:
    assert kept.client().get(f"/o/ours/{tail}").status_code == 404


def test_a_neighbour_sees_the_lists_and_no_use(kept: Site) -> None:
    client = kept.client("owner@theirs.example")
    text = text_of(client.get(reverse("factor", args=["theirs", LIST, GREY])))
    assert Page(text).find("data") == []
    assert "2022, 2023, 2024" not in text
    of = f"2024:electricity:market:{LIST}#{GREY}"
    assert client.get(reverse("factor_records", args=["theirs"]), {"of": of}).status_code == 404


def test_steps_stand_at_their_values_with_gaps() -> None:
    values = [(Decimal("0.2"), "0,2"), None, (Decimal("0.4"), "0,4")]
    drawn = draw([("2020", False), ("2021", False), ("2022", True)], [Series("chain", values)], str)
    assert drawn.lines[0].path.count("M") == 2
    assert [point.text for point in drawn.lines[0].points] == ["0,2", "0,4"]
    heights = [float(y) for y, _ in drawn.ticks]
    assert (heights[0], heights[-1]) == (BOTTOM, TOP)
    assert [column.marked for column in drawn.columns] == [False, False, True]
    below = draw([("2020", False)], [Series("x", [(Decimal(-1), "−1")])], str)
    assert float(below.zero) < BOTTOM
